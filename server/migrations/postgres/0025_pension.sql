-- 特別徴収対象者情報: what the pension body says of a person's pension.
CREATE TABLE pension_fact (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    change_id BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    superseded_at BIGINT,
    -- 作成年月日 of the list.
    listed_on DATE NOT NULL,
    -- 年額, and 介護保険料 of one payment; none = it is not deducted.
    annual BIGINT NOT NULL CHECK (annual >= 0),
    care_each BIGINT CHECK (care_each >= 0),
    -- 口座振替 chosen instead.
    account_transfer BOOLEAN NOT NULL 
);
CREATE UNIQUE INDEX pension_fact_current ON pension_fact (person_id) WHERE superseded_at IS NULL;

-- 特別徴収 of a household's year: planned with its decision, asked of the pension body, stopped.
CREATE TABLE pension_case (
    household_id BIGINT NOT NULL,
    fiscal_year BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('planned', 'excluded', 'queued', 'sent', 'accepted', 'refused', 'stop_queued', 'stopping', 'stopped')),
    -- Yen of each payment, April first, as JSON.
    payments TEXT NOT NULL,
    -- The first payment that is no longer taken, 0 = April.
    stopped_place BIGINT,
    -- Why it is not deducted, or why it must be stopped.
    obstacles TEXT NOT NULL,
    reason TEXT NOT NULL,
    code TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (household_id, fiscal_year)
);
CREATE INDEX pension_case_state ON pension_case (fiscal_year, state, household_id);
