-- 資格 (eligibility): notices, what papers need to know of a person, 個人番号, double enrolment, 要処理.
-- Who is insured since when, and in which household, stands in 0004_facts.sql.

-- Works of this room.
INSERT INTO job_kind (kind) VALUES ('renewal'), ('income_reports');

-- 届出: what was reported of a person's eligibility, when it happened, when it was due and when it
-- came. The facts it made are those of its change.
CREATE TABLE notice (
    id BIGINT PRIMARY KEY,
    change_id BIGINT NOT NULL REFERENCES change_record (id),
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('acquire', 'lose', 'void')),
    reason TEXT NOT NULL,
    event_on DATE NOT NULL,
    new_address_on DATE,
    notified_on DATE NOT NULL,
    due_on DATE NOT NULL
);
CREATE INDEX notice_household ON notice (household_id);
CREATE INDEX notice_person ON notice (person_id);

-- 個人番号: sealed, and found only by a keyed digest of the whole number. No other table holds one.
CREATE TABLE individual_number (
    person_id BIGINT PRIMARY KEY,
    sealed TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    evidence TEXT NOT NULL,
    bound_at BIGINT NOT NULL,
    bound_by TEXT NOT NULL
);

-- 紐付けの保留: a number was not bound, because what was told of the person differs.
CREATE TABLE number_review (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    -- JSON list of the items that differ; never the number.
    differences TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT NOT NULL,
    settled_at BIGINT,
    settled_by TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX number_review_open ON number_review (person_id) WHERE settled_at IS NULL;

-- マイナ保険証の利用登録, as it was observed.
CREATE TABLE card_fact (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    observed_on DATE NOT NULL,
    recorded_at BIGINT NOT NULL,
    superseded_at BIGINT,
    recorded_by TEXT NOT NULL
);
CREATE UNIQUE INDEX card_fact_current ON card_fact (person_id) WHERE superseded_at IS NULL;

-- 課税所得 and 収入金額 of a year, for 負担割合 (令27条の2), in yen.
CREATE TABLE copayment_fact (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    income_year BIGINT NOT NULL,
    taxable_income BIGINT CHECK (taxable_income >= 0),
    receipts BIGINT CHECK (receipts >= 0),
    -- 市町村民税の課税・非課税 of the year, for the limits of 高額療養費 (令29条の3).
    tax TEXT,
    recorded_at BIGINT NOT NULL,
    superseded_at BIGINT,
    recorded_by TEXT NOT NULL
);
CREATE UNIQUE INDEX copayment_fact_current ON copayment_fact (person_id, income_year) WHERE superseded_at IS NULL;

-- 在留期間の満了日 of foreign residents: a paper ends with it.
CREATE TABLE residence_term_fact (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    until DATE NOT NULL,
    recorded_at BIGINT NOT NULL,
    superseded_at BIGINT,
    recorded_by TEXT NOT NULL
);
CREATE UNIQUE INDEX residence_term_fact_current ON residence_term_fact (person_id) WHERE superseded_at IS NULL;
CREATE INDEX residence_term_fact_until ON residence_term_fact (until) WHERE superseded_at IS NULL;

-- 施設 (法116条の2).
CREATE TABLE facility (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    municipality TEXT NOT NULL,
    postcode TEXT NOT NULL,
    address TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT NOT NULL
);

-- 入所・入院 of a person; one row for each admission as it is known.
CREATE TABLE stay_fact (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    facility_id BIGINT NOT NULL REFERENCES facility (id),
    admitted_on DATE NOT NULL,
    left_on DATE,
    from_municipality TEXT NOT NULL,
    from_facility BOOLEAN NOT NULL,
    by_measure BOOLEAN NOT NULL,
    recorded_at BIGINT NOT NULL,
    superseded_at BIGINT,
    recorded_by TEXT NOT NULL,
    CHECK (left_on IS NULL OR left_on >= admitted_on)
);
CREATE UNIQUE INDEX stay_fact_current ON stay_fact (person_id, admitted_on) WHERE superseded_at IS NULL;

-- 資格重複: one case for each person and other insurance that the federation's lists show.
CREATE TABLE duplicate_case (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    other_insurer TEXT NOT NULL,
    other_acquired_on DATE NOT NULL,
    state TEXT NOT NULL,
    seen BIGINT NOT NULL,
    first_list_on DATE NOT NULL,
    last_list_on DATE NOT NULL,
    due_on DATE,
    reason TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);
CREATE INDEX duplicate_case_person ON duplicate_case (person_id);
CREATE INDEX duplicate_case_state ON duplicate_case (state, last_list_on);

-- 要処理: who has taken up what waits.
CREATE TABLE queue_claim (
    kind TEXT NOT NULL,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    login TEXT NOT NULL,
    claimed_at BIGINT NOT NULL,
    PRIMARY KEY (kind, household_id, person_id)
);

-- 特例の事情: a job lost (離職日), a birth (出産予定日), insurance as 旧被扶養者 (資格取得日), and a stay in a
-- 介護保険適用除外施設, with two days (入所日, 退所日).
CREATE TABLE circumstance_fact (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    change_id BIGINT NOT NULL REFERENCES change_record (id),
    recorded_at BIGINT NOT NULL,
    superseded_at BIGINT,
    kind TEXT NOT NULL CHECK (kind IN ('involuntary', 'maternity', 'former_dependant', 'care_exempt')),
    on_day DATE NOT NULL,
    -- 退所日; only for a stay, open while the person is there.
    until_day DATE,
    -- 多胎; only for a birth.
    multiple BOOLEAN NOT NULL,
    CHECK (kind = 'maternity' OR NOT multiple),
    CONSTRAINT circumstance_fact_until_check CHECK (kind = 'care_exempt' OR until_day IS NULL)
);
CREATE UNIQUE INDEX circumstance_fact_current ON circumstance_fact (person_id, kind, on_day)
    WHERE superseded_at IS NULL;
CREATE INDEX circumstance_fact_person ON circumstance_fact (person_id);

-- 所得の内訳: what a clerk typed by kind, from which the income beside it was made.
CREATE TABLE entered_kinds_fact (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    change_id BIGINT NOT NULL REFERENCES change_record (id),
    income_year BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    superseded_at BIGINT,
    kinds TEXT NOT NULL
);
CREATE UNIQUE INDEX entered_kinds_fact_current ON entered_kinds_fact (person_id, income_year)
    WHERE superseded_at IS NULL;

-- 国保上の世帯主: an insured member who takes the place of a head who is not insured.
CREATE TABLE payer_fact (
    id BIGINT PRIMARY KEY,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    since DATE NOT NULL,
    recorded_at BIGINT NOT NULL,
    superseded_at BIGINT,
    recorded_by TEXT NOT NULL,
    end_reason TEXT NOT NULL
);
CREATE UNIQUE INDEX payer_fact_current ON payer_fact (household_id) WHERE superseded_at IS NULL;
CREATE INDEX payer_fact_person ON payer_fact (person_id);

-- 学生特例 (法116条): somebody who lives elsewhere for study and is deemed to belong to the household.
CREATE TABLE student_fact (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    starts_on DATE NOT NULL,
    school TEXT NOT NULL,
    place TEXT NOT NULL,
    expected_end DATE NOT NULL,
    ended_on DATE,
    end_reason TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    superseded_at BIGINT,
    recorded_by TEXT NOT NULL,
    CHECK (expected_end > starts_on),
    CHECK (ended_on IS NULL OR ended_on >= starts_on)
);
CREATE UNIQUE INDEX student_fact_current ON student_fact (person_id, starts_on) WHERE superseded_at IS NULL;

-- 支援措置: persons whose whereabouts nobody is shown without a reason. A measure that has run out
-- still hides until somebody ends it.
CREATE TABLE protection_fact (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    valid_from DATE NOT NULL,
    valid_until DATE NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT NOT NULL,
    superseded_at BIGINT,
    reason TEXT NOT NULL,
    CHECK (valid_until > valid_from)
);
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
