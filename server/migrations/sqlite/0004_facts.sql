-- Facts: what is known of people and households.
-- They are never overwritten: each row says when it is true (valid_from, valid_until, half-open) and when it
-- was known (recorded_at, superseded_at). Outside numbers are dated attributes; ids are ours. An index
-- `…_current` holds what is known now; what was known at an earlier moment is read by the person's other index.

-- 変更記録: who changed facts, when and why, with an imported file or an edit at the screen.
CREATE TABLE change_record (
    id INTEGER PRIMARY KEY,
    -- The rooms say what kinds there are.
    kind TEXT NOT NULL CHECK (kind <> ''),
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

-- 国保上の世帯主: an insured member who takes the place of a head who is not insured.
CREATE TABLE payer_fact (
    id INTEGER PRIMARY KEY,
    household_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    since TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    superseded_at INTEGER,
    recorded_by TEXT NOT NULL,
    end_reason TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX payer_fact_current ON payer_fact (household_id) WHERE superseded_at IS NULL;
CREATE INDEX payer_fact_person ON payer_fact (person_id);

-- 学生特例 (法116条): somebody who lives elsewhere for study and is deemed to belong to the household.
CREATE TABLE student_fact (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL,
    starts_on TEXT NOT NULL,
    school TEXT NOT NULL,
    place TEXT NOT NULL,
    expected_end TEXT NOT NULL,
    ended_on TEXT,
    end_reason TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    superseded_at INTEGER,
    recorded_by TEXT NOT NULL,
    CHECK (expected_end > starts_on),
    CHECK (ended_on IS NULL OR ended_on >= starts_on)
) STRICT;
CREATE UNIQUE INDEX student_fact_current ON student_fact (person_id, starts_on) WHERE superseded_at IS NULL;

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

-- 所得の内訳: what a clerk typed by kind, from which the income beside it was made.
CREATE TABLE entered_kinds_fact (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL,
    change_id INTEGER NOT NULL REFERENCES change_record (id),
    income_year INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    superseded_at INTEGER,
    kinds TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX entered_kinds_fact_current ON entered_kinds_fact (person_id, income_year)
    WHERE superseded_at IS NULL;

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

-- 特例の事情: a job lost (離職日), a birth (出産予定日), insurance as 旧被扶養者 (資格取得日), and a stay in a
-- 介護保険適用除外施設, with two days (入所日, 退所日).
CREATE TABLE circumstance_fact (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL,
    change_id INTEGER NOT NULL REFERENCES change_record (id),
    recorded_at INTEGER NOT NULL,
    superseded_at INTEGER,
    kind TEXT NOT NULL CHECK (kind IN ('involuntary', 'maternity', 'former_dependant', 'care_exempt')),
    on_day TEXT NOT NULL,
    -- 退所日; only for a stay, open while the person is there.
    until_day TEXT,
    -- 多胎; only for a birth.
    multiple INTEGER NOT NULL,
    CHECK (kind = 'maternity' OR NOT multiple),
    CHECK (kind = 'care_exempt' OR until_day IS NULL)
) STRICT;
CREATE UNIQUE INDEX circumstance_fact_current ON circumstance_fact (person_id, kind, on_day)
    WHERE superseded_at IS NULL;
CREATE INDEX circumstance_fact_person ON circumstance_fact (person_id);

-- 支援措置: persons whose whereabouts nobody is shown without a reason. A measure that has run out
-- still hides until somebody ends it.
CREATE TABLE protection_fact (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL,
    valid_from TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    superseded_at INTEGER,
    reason TEXT NOT NULL,
    CHECK (valid_until > valid_from)
) STRICT;
CREATE UNIQUE INDEX protection_fact_current ON protection_fact (person_id) WHERE superseded_at IS NULL;

-- 支援措置: the households to which somebody under a measure belongs or belonged.
CREATE VIEW guarded_household AS
    SELECT m.household_id FROM membership m
    JOIN protection_fact pr ON pr.person_id = m.person_id AND pr.superseded_at IS NULL
    WHERE m.superseded_at IS NULL;

-- 支援措置: where anybody lives now who shares a household with somebody under a measure.
CREATE VIEW guarded_place AS
    SELECT p.place FROM person_fact p
    JOIN membership_fact m ON m.person_id = p.person_id AND m.superseded_at IS NULL
    JOIN membership_fact o ON o.household_id = m.household_id AND o.superseded_at IS NULL
    JOIN protection_fact pr ON pr.person_id = o.person_id AND pr.superseded_at IS NULL
    WHERE p.superseded_at IS NULL;
