-- Jobs (server/src/jobs): 処理, long work over the whole city, in pieces that any worker takes up. A piece is
-- done in the same transaction as what it writes, so a worker may die at any point.

-- 処理の種類 by the keys of the works: each room says which there are, in the file of its own tables.
CREATE TABLE job_kind (
    kind TEXT PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;

-- 処理 (job).
CREATE TABLE job (
    id INTEGER PRIMARY KEY,
    -- The key of its work.
    kind TEXT NOT NULL REFERENCES job_kind (kind),
    -- What clerks call it.
    name TEXT NOT NULL,
    fiscal_year INTEGER NOT NULL,
    -- The run that it belongs to; the job itself where it is one.
    run_id INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'cancelled', 'failed', 'done')),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    created_role TEXT NOT NULL,
    business_date TEXT NOT NULL,
    -- The day from which the papers of a run hold.
    for_day TEXT,
    -- The work looks at facts as they were known then.
    known_at INTEGER NOT NULL,
    -- Why it failed.
    message TEXT NOT NULL,
    -- What came out, as JSON, once it is done.
    outcome TEXT NOT NULL
) STRICT;
-- One of a kind and year at a time.
CREATE UNIQUE INDEX job_running ON job (kind, fiscal_year) WHERE state = 'running';
-- 処理の単位 (piece): a range of keys (households, receipts, persons), taken up by one worker at a time.
CREATE TABLE job_piece (
    job_id INTEGER NOT NULL REFERENCES job (id),
    number INTEGER NOT NULL,
    first_key INTEGER NOT NULL,
    last_key INTEGER NOT NULL,
    items INTEGER NOT NULL,
    -- The first of the ids of each counter that are kept for it, as JSON: the same whoever does it and when.
    reserved TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'taken', 'done')),
    worker TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    PRIMARY KEY (job_id, number)
) STRICT;
CREATE INDEX job_piece_waiting ON job_piece (job_id, number) WHERE state <> 'done';

-- 除いた世帯: households that a job left out, and why.
CREATE TABLE job_finding (
    job_id INTEGER NOT NULL REFERENCES job (id),
    household_id INTEGER NOT NULL,
    household_number TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (job_id, household_id)
) STRICT;

-- 処理の申請: a job that ends in post begins when somebody else than who asked for it has released it.
CREATE TABLE run_request (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL REFERENCES job_kind (kind),
    name TEXT NOT NULL,
    fiscal_year INTEGER NOT NULL,
    for_day TEXT,
    -- How many letters were counted when it was asked for.
    letters INTEGER NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'released', 'withdrawn')),
    decided_by TEXT,
    decided_at INTEGER,
    note TEXT NOT NULL,
    job_id INTEGER REFERENCES job (id),
    CHECK (state <> 'released' OR (decided_by IS NOT NULL AND decided_by <> asked_by AND job_id IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX run_request_open ON run_request (kind, fiscal_year) WHERE state = 'open';
