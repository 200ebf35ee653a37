-- 市町村民税の課税・非課税 of the year, for the limits of 高額療養費 (令29条の3).
ALTER TABLE copayment_fact ADD COLUMN tax TEXT;

-- 在留期間の満了日 of foreign residents: a paper ends with it.
CREATE TABLE residence_term_fact (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL,
    until TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    superseded_at INTEGER,
    recorded_by TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX residence_term_fact_current ON residence_term_fact (person_id) WHERE superseded_at IS NULL;
CREATE INDEX residence_term_fact_until ON residence_term_fact (until) WHERE superseded_at IS NULL;

-- 証の一斉更新: papers of a run are printed by their way of mailing, ward and postal code.
ALTER TABLE document ADD COLUMN run_id INTEGER;
ALTER TABLE document ADD COLUMN ward TEXT NOT NULL DEFAULT '';
ALTER TABLE document ADD COLUMN postcode TEXT NOT NULL DEFAULT '';
CREATE INDEX document_run ON document (run_id, kind, ward, postcode, number) WHERE run_id IS NOT NULL;
CREATE INDEX document_expiry ON document (person_id, kind, valid_until) WHERE state = 'open';
ALTER TABLE print_batch ADD COLUMN sort TEXT NOT NULL DEFAULT '';
-- The day from which the papers of a run hold.
ALTER TABLE job ADD COLUMN for_day TEXT;
-- 要処理: who has taken up what waits.
CREATE TABLE queue_claim (
    kind TEXT NOT NULL,
    household_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    login TEXT NOT NULL,
    claimed_at INTEGER NOT NULL,
    PRIMARY KEY (kind, household_id, person_id)
) STRICT;
-- The program knows its kinds of jobs.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (kind IN (''yearly'', ''letters''))', '') WHERE type = 'table' AND name = 'job';
PRAGMA writable_schema = RESET;
