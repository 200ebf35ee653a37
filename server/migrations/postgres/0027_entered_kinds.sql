-- 所得の内訳: what a clerk typed by kind, from which the income beside it was made.
CREATE TABLE entered_kinds_fact (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    change_id BIGINT NOT NULL REFERENCES change_record (id),
    income_year BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    superseded_at BIGINT,
    kinds TEXT NOT NULL
);
CREATE UNIQUE INDEX entered_kinds_fact_current ON entered_kinds_fact (person_id, income_year)
    WHERE superseded_at IS NULL;
