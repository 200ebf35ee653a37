-- Jobs (server/src/jobs): 処理, long work over the whole city, in pieces that any worker takes up. A piece is
-- done in the same transaction as what it writes, so a worker may die at any point.

-- 処理 (job).
CREATE TABLE job (
    id BIGINT PRIMARY KEY,
    -- The rooms say what kinds there are.
    kind TEXT NOT NULL CHECK (kind <> ''),
    fiscal_year BIGINT NOT NULL,
    -- The yearly run that letters belong to; the job itself where it is one.
    run_id BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'cancelled', 'failed', 'done')),
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created_role TEXT NOT NULL,
    business_date DATE NOT NULL,
    -- The day from which the papers of a run hold.
    for_day DATE,
    -- The work looks at facts as they were known then.
    known_at BIGINT NOT NULL,
    -- Why it failed.
    message TEXT NOT NULL,
    -- What came out, as JSON, once it is done.
    outcome TEXT NOT NULL
);
-- One of a kind and year at a time.
CREATE UNIQUE INDEX job_running ON job (kind, fiscal_year) WHERE state = 'running';
-- The letters of a run are made once.
CREATE UNIQUE INDEX job_letters ON job (run_id) WHERE kind = 'letters';

-- 処理の単位 (piece): households from one id to another, taken up by one worker at a time.
CREATE TABLE job_piece (
    job_id BIGINT NOT NULL REFERENCES job (id),
    number BIGINT NOT NULL,
    first_household BIGINT NOT NULL,
    last_household BIGINT NOT NULL,
    households BIGINT NOT NULL,
    -- Ids kept for it, so that they are the same whoever does it and when.
    first_decision BIGINT NOT NULL,
    first_journal BIGINT NOT NULL,
    first_letter BIGINT NOT NULL,
    first_slip BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'taken', 'done')),
    worker TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    PRIMARY KEY (job_id, number)
);
CREATE INDEX job_piece_waiting ON job_piece (job_id, number) WHERE state <> 'done';

-- 月次賦課: the households that a run was planned for, where it is not for all of the city.
CREATE TABLE job_household (
    job_id BIGINT NOT NULL REFERENCES job (id),
    household_id BIGINT NOT NULL,
    PRIMARY KEY (job_id, household_id)
);

-- 除いた世帯: households that a job left out, and why.
CREATE TABLE job_finding (
    job_id BIGINT NOT NULL REFERENCES job (id),
    household_id BIGINT NOT NULL,
    household_number TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (job_id, household_id)
);
