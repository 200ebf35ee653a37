-- 市町村民税の課税・非課税 of the year, for the limits of 高額療養費 (令29条の3).
ALTER TABLE copayment_fact ADD COLUMN tax TEXT;

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

-- 証の一斉更新: papers of a run are printed by their way of mailing, ward and postal code.
ALTER TABLE document ADD COLUMN run_id BIGINT;
ALTER TABLE document ADD COLUMN ward TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE document ADD COLUMN postcode TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX document_run ON document (run_id, kind, ward, postcode, number) WHERE run_id IS NOT NULL;
CREATE INDEX document_expiry ON document (person_id, kind, valid_until) WHERE state = 'open';
ALTER TABLE print_batch ADD COLUMN sort TEXT NOT NULL DEFAULT '';
-- The day from which the papers of a run hold.
ALTER TABLE job ADD COLUMN for_day DATE;
-- 要処理: who has taken up what waits.
CREATE TABLE queue_claim (
    kind TEXT NOT NULL,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    login TEXT NOT NULL,
    claimed_at BIGINT NOT NULL,
    PRIMARY KEY (kind, household_id, person_id)
);
-- The program knows its kinds of jobs.
ALTER TABLE job DROP CONSTRAINT job_kind_check;
