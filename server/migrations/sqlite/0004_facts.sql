-- Facts: what is known of people and households.
-- They are never overwritten: each row says when it is true (valid_from, valid_until, half-open) and when it
-- was known (recorded_at, superseded_at). Outside numbers are dated attributes; ids are ours. An index
-- `…_current` holds what is known now; what was known at an earlier moment is read by the person's other index.

-- 変更の種類: whoever changes facts says which there are, in the file of its own tables.
CREATE TABLE change_kind (
    kind TEXT PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO change_kind (kind) VALUES ('edit');

-- 変更記録: who changed facts, when and why, with an imported file or an edit at the screen.
CREATE TABLE change_record (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL REFERENCES change_kind (kind),
    recorded_at INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    -- 業務日: letters tell this day, not the one of the machine's clock.
    business_date TEXT,
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

-- The newest change of each household: an edit that only ends something leaves no row of its own,
-- but whoever still looks at the household before it must not write over it.
CREATE TABLE household_change (
    household_id INTEGER PRIMARY KEY,
    change_id INTEGER NOT NULL REFERENCES change_record (id)
) STRICT;

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
    ward TEXT NOT NULL,
    -- 居所: the address in one spelling, so that two rows of one place are known as one.
    place TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX person_fact_current ON person_fact (person_id) WHERE superseded_at IS NULL;
CREATE INDEX person_fact_number ON person_fact (resident_number);
CREATE INDEX person_fact_kana ON person_fact (kana_folded);
CREATE INDEX person_fact_birth ON person_fact (birth_date);
CREATE INDEX person_fact_history ON person_fact (person_id);
CREATE INDEX person_fact_place ON person_fact (place) WHERE superseded_at IS NULL;
-- Whom a change was about is asked when a place becomes guarded.
CREATE INDEX person_fact_change ON person_fact (change_id);

-- 確認を要する文字: characters of names and addresses at which somebody has to look.
CREATE TABLE rare_character (
    person_fact_id INTEGER NOT NULL REFERENCES person_fact (id),
    field TEXT NOT NULL,
    character TEXT NOT NULL,
    sort TEXT NOT NULL,
    PRIMARY KEY (person_fact_id, field, character)
) STRICT;

-- 世帯員 (membership of a household). A household here is one 納付義務者, so a person may have belonged to
-- several: this table keeps the newest household of each person.
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
    head INTEGER NOT NULL,
    -- On valid_from the person came from another household, and belongs to this one only since then.
    moved_in INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX membership_fact_current ON membership_fact (person_id) WHERE superseded_at IS NULL;
CREATE INDEX membership_fact_household ON membership_fact (household_id);
CREATE INDEX membership_fact_number ON membership_fact (household_number);
CREATE INDEX membership_fact_history ON membership_fact (person_id);

-- 以前の世帯: the households before the newest one, each until the day of the move (世帯の異動).
CREATE TABLE earlier_membership_fact (
    id INTEGER PRIMARY KEY,
    household_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    change_id INTEGER NOT NULL REFERENCES change_record (id),
    valid_from TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    superseded_at INTEGER,
    household_number TEXT NOT NULL,
    relation TEXT NOT NULL,
    head INTEGER NOT NULL,
    moved_in INTEGER NOT NULL,
    CHECK (valid_until > valid_from)
) STRICT;
CREATE UNIQUE INDEX earlier_membership_current ON earlier_membership_fact (person_id, valid_from)
    WHERE superseded_at IS NULL;
CREATE INDEX earlier_membership_household ON earlier_membership_fact (household_id);
CREATE INDEX earlier_membership_person ON earlier_membership_fact (person_id);

-- Every household a person belongs or belonged to; `moved_out`: until valid_until, for another one.
CREATE VIEW membership AS
    SELECT household_id, person_id, change_id, valid_from, valid_until, recorded_at, superseded_at,
        household_number, relation, head, moved_in, 0 AS moved_out FROM membership_fact
    UNION ALL
    SELECT household_id, person_id, change_id, valid_from, valid_until, recorded_at, superseded_at,
        household_number, relation, head, moved_in, 1 FROM earlier_membership_fact;

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
    family_pay_received INTEGER NOT NULL,
    -- 固定資産税額 of the fiscal year after the income year, where a city levies 資産割.
    fixed_asset_tax INTEGER NOT NULL DEFAULT 0 CHECK (fixed_asset_tax >= 0)
) STRICT;
CREATE UNIQUE INDEX income_fact_current ON income_fact (person_id, income_year) WHERE superseded_at IS NULL;
CREATE INDEX income_fact_history ON income_fact (person_id, income_year);

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
CREATE INDEX eligibility_fact_history ON eligibility_fact (person_id);

-- 特別徴収対象者情報: what the pension body says of a person's pension.
CREATE TABLE pension_fact (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL,
    change_id INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    superseded_at INTEGER,
    -- 作成年月日 of the list.
    listed_on TEXT NOT NULL,
    -- 年額, and 介護保険料 of one payment; none = it is not deducted.
    annual INTEGER NOT NULL CHECK (annual >= 0),
    care_each INTEGER CHECK (care_each >= 0),
    -- 口座振替 chosen instead.
    account_transfer INTEGER NOT NULL CHECK (account_transfer IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX pension_fact_current ON pension_fact (person_id) WHERE superseded_at IS NULL;
