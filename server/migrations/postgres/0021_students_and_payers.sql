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
