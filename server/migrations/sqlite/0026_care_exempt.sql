-- 介護保険適用除外施設: a stay is a circumstance with two days, 入所日 and 退所日.
-- A CHECK cannot be changed in place: the table is made anew with what it holds.
CREATE TABLE circumstance_fact_new (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL,
    change_id INTEGER NOT NULL REFERENCES change_record (id),
    recorded_at INTEGER NOT NULL,
    superseded_at INTEGER,
    kind TEXT NOT NULL CHECK (kind IN ('involuntary', 'maternity', 'former_dependant', 'care_exempt')),
    on_day TEXT NOT NULL,
    -- 多胎; only for a birth.
    multiple INTEGER NOT NULL,
    -- 退所日; only for a stay, open while the person is there.
    until_day TEXT,
    CHECK (kind = 'maternity' OR NOT multiple),
    CHECK (kind = 'care_exempt' OR until_day IS NULL)
) STRICT;
INSERT INTO circumstance_fact_new (id, person_id, change_id, recorded_at, superseded_at, kind, on_day, multiple)
    SELECT id, person_id, change_id, recorded_at, superseded_at, kind, on_day, multiple FROM circumstance_fact;
DROP TABLE circumstance_fact;
ALTER TABLE circumstance_fact_new RENAME TO circumstance_fact;
CREATE UNIQUE INDEX circumstance_fact_current ON circumstance_fact (person_id, kind, on_day)
    WHERE superseded_at IS NULL;
CREATE INDEX circumstance_fact_person ON circumstance_fact (person_id);
