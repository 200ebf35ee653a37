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
