-- Jobs (server/src/jobs): 処理, long work over the whole city, in pieces that any worker takes up. A piece is
-- done in the same transaction as what it writes, so a worker may die at any point.

-- 処理の種類 by the keys of the works: each room says which there are, in the file of its own tables.
CREATE TABLE job_kind (
    kind TEXT PRIMARY KEY NOT NULL
);

-- 処理 (job).
CREATE TABLE job (
    id BIGINT PRIMARY KEY,
    -- The key of its work.
    kind TEXT NOT NULL REFERENCES job_kind (kind),
    -- What clerks call it.
    name TEXT NOT NULL,
    fiscal_year BIGINT NOT NULL,
    -- The run that it belongs to; the job itself where it is one.
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
-- 処理の単位 (piece): a range of keys (households, receipts, persons), taken up by one worker at a time.
CREATE TABLE job_piece (
    job_id BIGINT NOT NULL REFERENCES job (id),
    number BIGINT NOT NULL,
    first_key BIGINT NOT NULL,
    last_key BIGINT NOT NULL,
    items BIGINT NOT NULL,
    -- The first of the ids of each counter that are kept for it, as JSON: the same whoever does it and when.
    reserved TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'taken', 'done')),
    worker TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    PRIMARY KEY (job_id, number)
);
CREATE INDEX job_piece_waiting ON job_piece (job_id, number) WHERE state <> 'done';

-- 除いた世帯: households that a job left out, and why.
CREATE TABLE job_finding (
    job_id BIGINT NOT NULL REFERENCES job (id),
    household_id BIGINT NOT NULL,
    household_number TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (job_id, household_id)
);

-- 処理の申請: a job that ends in post begins when somebody else than who asked for it has released it.
CREATE TABLE run_request (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL REFERENCES job_kind (kind),
    name TEXT NOT NULL,
    fiscal_year BIGINT NOT NULL,
    for_day DATE,
    -- How many letters were counted when it was asked for.
    letters BIGINT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'released', 'withdrawn')),
    decided_by TEXT,
    decided_at BIGINT,
    note TEXT NOT NULL,
    job_id BIGINT REFERENCES job (id),
    CHECK (state <> 'released' OR (decided_by IS NOT NULL AND decided_by <> asked_by AND job_id IS NOT NULL))
);
CREATE UNIQUE INDEX run_request_open ON run_request (kind, fiscal_year) WHERE state = 'open';
