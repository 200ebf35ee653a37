-- 所得の内訳: what a clerk typed by kind, from which the income beside it was made.
CREATE TABLE entered_kinds_fact (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL,
    change_id INTEGER NOT NULL REFERENCES change_record (id),
    income_year INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    superseded_at INTEGER,
    kinds TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX entered_kinds_fact_current ON entered_kinds_fact (person_id, income_year)
    WHERE superseded_at IS NULL;
