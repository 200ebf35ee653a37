-- 施設 (法116条の2).
CREATE TABLE facility (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    municipality TEXT NOT NULL,
    postcode TEXT NOT NULL,
    address TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;

-- 入所・入院 of a person; one row for each admission as it is known.
CREATE TABLE stay_fact (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL,
    facility_id INTEGER NOT NULL REFERENCES facility (id),
    admitted_on TEXT NOT NULL,
    left_on TEXT,
    from_municipality TEXT NOT NULL,
    from_facility INTEGER NOT NULL,
    by_measure INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    superseded_at INTEGER,
    recorded_by TEXT NOT NULL,
    CHECK (left_on IS NULL OR left_on >= admitted_on)
) STRICT;
CREATE UNIQUE INDEX stay_fact_current ON stay_fact (person_id, admitted_on) WHERE superseded_at IS NULL;
