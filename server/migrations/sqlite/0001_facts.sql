-- Facts are never overwritten: each row says when it is true (valid_from, valid_until,
-- half-open) and when it was known (recorded_at, superseded_at, microseconds since 1970).
-- Outside numbers are dated attributes; ids are ours.

-- The next free id of each kind.
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    next INTEGER NOT NULL
) STRICT;

-- Who changed facts, when and why: an imported file or an edit at the screen.
CREATE TABLE change_record (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('residents', 'incomes', 'eligibility', 'edit')),
    recorded_at INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    file_name TEXT,
    sha256 TEXT,
    lines INTEGER NOT NULL,
    control_total INTEGER NOT NULL,
    added INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    unchanged INTEGER NOT NULL
) STRICT;
-- The same file is taken in once.
CREATE UNIQUE INDEX change_record_file ON change_record (kind, sha256) WHERE sha256 IS NOT NULL;

-- 住民 (resident).
CREATE TABLE person_fact (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL,
    change_id INTEGER NOT NULL REFERENCES change_record (id),
    valid_from TEXT NOT NULL,
    valid_until TEXT,
    recorded_at INTEGER NOT NULL,
    superseded_at INTEGER,
    resident_number TEXT NOT NULL,
    name TEXT NOT NULL,
    kana TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    kana_folded TEXT NOT NULL,
    birth_date TEXT NOT NULL,
    sex INTEGER NOT NULL,
    postcode TEXT NOT NULL,
    address TEXT NOT NULL,
    ward TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX person_fact_current ON person_fact (person_id) WHERE superseded_at IS NULL;
CREATE INDEX person_fact_number ON person_fact (resident_number);
CREATE INDEX person_fact_kana ON person_fact (kana_folded);
CREATE INDEX person_fact_birth ON person_fact (birth_date);

-- 世帯員 (membership of a household).
CREATE TABLE membership_fact (
    id INTEGER PRIMARY KEY,
    household_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    change_id INTEGER NOT NULL REFERENCES change_record (id),
    valid_from TEXT NOT NULL,
    valid_until TEXT,
    recorded_at INTEGER NOT NULL,
    superseded_at INTEGER,
    household_number TEXT NOT NULL,
    relation TEXT NOT NULL,
    head INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX membership_fact_current ON membership_fact (person_id) WHERE superseded_at IS NULL;
CREATE INDEX membership_fact_household ON membership_fact (household_id);
CREATE INDEX membership_fact_number ON membership_fact (household_number);

-- 所得 (incomes of one calendar year), in yen.
CREATE TABLE income_fact (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL,
    change_id INTEGER NOT NULL REFERENCES change_record (id),
    income_year INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    superseded_at INTEGER,
    status TEXT NOT NULL CHECK (status IN ('known', 'undeclared', 'unknown')),
    salary_receipts INTEGER,
    salary_income INTEGER NOT NULL CHECK (salary_income >= 0),
    pension_receipts INTEGER,
    pension_income INTEGER NOT NULL CHECK (pension_income >= 0),
    other_income INTEGER NOT NULL CHECK (other_income >= 0),
    total_income INTEGER,
    transfer_special_deduction INTEGER NOT NULL,
    casualty_loss INTEGER NOT NULL,
    family_pay_deducted INTEGER NOT NULL,
    family_pay_received INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX income_fact_current ON income_fact (person_id, income_year) WHERE superseded_at IS NULL;

-- 資格 (eligibility): valid from the acquisition until the loss.
CREATE TABLE eligibility_fact (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL,
    change_id INTEGER NOT NULL REFERENCES change_record (id),
    valid_from TEXT NOT NULL,
    valid_until TEXT,
    recorded_at INTEGER NOT NULL,
    superseded_at INTEGER,
    insurer_number TEXT NOT NULL,
    insured_number TEXT NOT NULL,
    branch TEXT NOT NULL,
    acquired_reason TEXT NOT NULL,
    lost_reason TEXT NOT NULL,
    CHECK (valid_until IS NULL OR valid_until >= valid_from)
) STRICT;
CREATE UNIQUE INDEX eligibility_fact_current ON eligibility_fact (person_id, valid_from) WHERE superseded_at IS NULL;
CREATE INDEX eligibility_fact_number ON eligibility_fact (insured_number);

-- 賦課決定 (decision): its inputs, the parameters' bytes by hash, and what came out, as JSON.
CREATE TABLE decision (
    id INTEGER PRIMARY KEY,
    household_id INTEGER NOT NULL,
    fiscal_year INTEGER NOT NULL,
    decided_at INTEGER NOT NULL,
    decided_by TEXT NOT NULL,
    revision INTEGER NOT NULL,
    parameters TEXT NOT NULL,
    parameters_sha256 TEXT NOT NULL,
    rule_version INTEGER NOT NULL,
    total INTEGER NOT NULL CHECK (total >= 0),
    inputs TEXT NOT NULL,
    result TEXT NOT NULL
) STRICT;
CREATE INDEX decision_household ON decision (household_id, fiscal_year);

-- 利用者 (accounts) and their sessions; only hashes are kept.
CREATE TABLE account (
    login TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL
) STRICT;
CREATE TABLE session (
    token_sha256 TEXT PRIMARY KEY,
    login TEXT NOT NULL REFERENCES account (login),
    expires_at INTEGER NOT NULL
) STRICT;
