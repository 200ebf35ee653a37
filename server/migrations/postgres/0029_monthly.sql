-- 月次賦課: the households that a run was planned for, where it is not for all of the city.
CREATE TABLE job_household (
    job_id BIGINT NOT NULL REFERENCES job (id),
    household_id BIGINT NOT NULL,
    PRIMARY KEY (job_id, household_id)
);
