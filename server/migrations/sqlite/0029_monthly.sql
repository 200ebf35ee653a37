-- 月次賦課: the households that a run was planned for, where it is not for all of the city.
CREATE TABLE job_household (
    job_id INTEGER NOT NULL REFERENCES job (id),
    household_id INTEGER NOT NULL,
    PRIMARY KEY (job_id, household_id)
) STRICT;
