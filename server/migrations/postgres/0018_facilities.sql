-- 施設 (法116条の2).
CREATE TABLE facility (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    municipality TEXT NOT NULL,
    postcode TEXT NOT NULL,
    address TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT NOT NULL
);

-- 入所・入院 of a person; one row for each admission as it is known.
CREATE TABLE stay_fact (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    facility_id BIGINT NOT NULL REFERENCES facility (id),
    admitted_on DATE NOT NULL,
    left_on DATE,
    from_municipality TEXT NOT NULL,
    from_facility BOOLEAN NOT NULL,
    by_measure BOOLEAN NOT NULL,
    recorded_at BIGINT NOT NULL,
    superseded_at BIGINT,
    recorded_by TEXT NOT NULL,
    CHECK (left_on IS NULL OR left_on >= admitted_on)
);
CREATE UNIQUE INDEX stay_fact_current ON stay_fact (person_id, admitted_on) WHERE superseded_at IS NULL;
