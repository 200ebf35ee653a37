-- 発送前の点検: what somebody looks at before a yearly run is released.
CREATE TABLE check_finding (
    job_id INTEGER NOT NULL REFERENCES job (id),
    household_id INTEGER NOT NULL,
    sort TEXT NOT NULL CHECK (sort IN ('second', 'anomaly', 'unknown_income', 'open_inquiry')),
    household_number TEXT NOT NULL,
    -- In yen: by how much, or 0.
    amount INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (job_id, household_id, sort)
) STRICT;
CREATE INDEX check_finding_sort ON check_finding (job_id, sort);

-- 発送の承認 by somebody else than who started the run.
CREATE TABLE run_release (
    run_id INTEGER PRIMARY KEY REFERENCES job (id),
    check_job INTEGER NOT NULL REFERENCES job (id),
    started_by TEXT NOT NULL,
    released_by TEXT NOT NULL,
    released_at INTEGER NOT NULL,
    note TEXT NOT NULL,
    CHECK (released_by <> started_by)
) STRICT;
