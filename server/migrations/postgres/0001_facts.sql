-- Facts are never overwritten: each row says when it is true (valid_from, valid_until,
-- half-open) and when it was known (recorded_at, superseded_at, microseconds since 1970).
-- Outside numbers are dated attributes; ids are ours.

-- The next free id of each kind.
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    next BIGINT NOT NULL
);

-- Who changed facts, when and why: an imported file or an edit at the screen.
CREATE TABLE change_record (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('residents', 'incomes', 'eligibility', 'edit')),
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    file_name TEXT,
    sha256 TEXT,
    lines BIGINT NOT NULL,
    control_total BIGINT NOT NULL,
    added BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    unchanged BIGINT NOT NULL
);
-- The same file is taken in once.
CREATE UNIQUE INDEX change_record_file ON change_record (kind, sha256) WHERE sha256 IS NOT NULL;

-- 住民 (resident).
CREATE TABLE person_fact (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    change_id BIGINT NOT NULL REFERENCES change_record (id),
    valid_from DATE NOT NULL,
    valid_until DATE,
    recorded_at BIGINT NOT NULL,
    superseded_at BIGINT,
    resident_number TEXT NOT NULL,
    name TEXT NOT NULL,
    kana TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    kana_folded TEXT NOT NULL,
    birth_date DATE NOT NULL,
    sex BIGINT NOT NULL,
    postcode TEXT NOT NULL,
    address TEXT NOT NULL,
    ward TEXT NOT NULL
);
CREATE UNIQUE INDEX person_fact_current ON person_fact (person_id) WHERE superseded_at IS NULL;
CREATE INDEX person_fact_number ON person_fact (resident_number);
CREATE INDEX person_fact_kana ON person_fact (kana_folded text_pattern_ops);
CREATE INDEX person_fact_birth ON person_fact (birth_date);

-- 世帯員 (membership of a household).
CREATE TABLE membership_fact (
    id BIGINT PRIMARY KEY,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    change_id BIGINT NOT NULL REFERENCES change_record (id),
    valid_from DATE NOT NULL,
    valid_until DATE,
    recorded_at BIGINT NOT NULL,
    superseded_at BIGINT,
    household_number TEXT NOT NULL,
    relation TEXT NOT NULL,
    head BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX membership_fact_current ON membership_fact (person_id) WHERE superseded_at IS NULL;
CREATE INDEX membership_fact_household ON membership_fact (household_id);
CREATE INDEX membership_fact_number ON membership_fact (household_number);

-- 所得 (incomes of one calendar year), in yen.
CREATE TABLE income_fact (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    change_id BIGINT NOT NULL REFERENCES change_record (id),
    income_year BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    superseded_at BIGINT,
    status TEXT NOT NULL CHECK (status IN ('known', 'undeclared', 'unknown')),
    salary_receipts BIGINT,
    salary_income BIGINT NOT NULL CHECK (salary_income >= 0),
    pension_receipts BIGINT,
    pension_income BIGINT NOT NULL CHECK (pension_income >= 0),
    other_income BIGINT NOT NULL CHECK (other_income >= 0),
    total_income BIGINT,
    transfer_special_deduction BIGINT NOT NULL,
    casualty_loss BIGINT NOT NULL,
    family_pay_deducted BIGINT NOT NULL,
    family_pay_received BIGINT NOT NULL
);
CREATE UNIQUE INDEX income_fact_current ON income_fact (person_id, income_year) WHERE superseded_at IS NULL;

-- 資格 (eligibility): valid from the acquisition until the loss.
CREATE TABLE eligibility_fact (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    change_id BIGINT NOT NULL REFERENCES change_record (id),
    valid_from DATE NOT NULL,
    valid_until DATE,
    recorded_at BIGINT NOT NULL,
    superseded_at BIGINT,
    insurer_number TEXT NOT NULL,
    insured_number TEXT NOT NULL,
    branch TEXT NOT NULL,
    acquired_reason TEXT NOT NULL,
    lost_reason TEXT NOT NULL,
    CHECK (valid_until IS NULL OR valid_until >= valid_from)
);
CREATE UNIQUE INDEX eligibility_fact_current ON eligibility_fact (person_id, valid_from) WHERE superseded_at IS NULL;
CREATE INDEX eligibility_fact_number ON eligibility_fact (insured_number);

-- 賦課決定 (decision): its inputs, the parameters' bytes by hash, and what came out, as JSON.
CREATE TABLE decision (
    id BIGINT PRIMARY KEY,
    household_id BIGINT NOT NULL,
    fiscal_year BIGINT NOT NULL,
    decided_at BIGINT NOT NULL,
    decided_by TEXT NOT NULL,
    revision BIGINT NOT NULL,
    parameters TEXT NOT NULL,
    parameters_sha256 TEXT NOT NULL,
    rule_version BIGINT NOT NULL,
    total BIGINT NOT NULL CHECK (total >= 0),
    inputs TEXT NOT NULL,
    result TEXT NOT NULL
);
CREATE INDEX decision_household ON decision (household_id, fiscal_year);

-- 利用者 (accounts) and their sessions; only hashes are kept.
CREATE TABLE account (
    login TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL
);
CREATE TABLE session (
    token_sha256 TEXT PRIMARY KEY,
    login TEXT NOT NULL REFERENCES account (login),
    expires_at BIGINT NOT NULL
);
