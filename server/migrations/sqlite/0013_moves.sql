-- 世帯の異動: a household here is one 納付義務者, so a person may have belonged to several.
-- membership_fact keeps the newest household of each person; `moved_in`: on valid_from the person
-- came from another household, and belongs to this one only since then.
ALTER TABLE membership_fact ADD COLUMN moved_in INTEGER NOT NULL DEFAULT 0;

-- 以前の世帯: what came before, until the day of the move.
CREATE TABLE earlier_membership_fact (
    id INTEGER PRIMARY KEY,
    household_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    change_id INTEGER NOT NULL REFERENCES change_record (id),
    valid_from TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    superseded_at INTEGER,
    household_number TEXT NOT NULL,
    relation TEXT NOT NULL,
    head INTEGER NOT NULL,
    moved_in INTEGER NOT NULL,
    CHECK (valid_until > valid_from)
) STRICT;
CREATE UNIQUE INDEX earlier_membership_current ON earlier_membership_fact (person_id, valid_from) WHERE superseded_at IS NULL;
CREATE INDEX earlier_membership_household ON earlier_membership_fact (household_id);
CREATE INDEX earlier_membership_person ON earlier_membership_fact (person_id);

-- Every household a person belongs or belonged to; `moved_out`: until valid_until, for another one.
CREATE VIEW membership AS
    SELECT household_id, person_id, change_id, valid_from, valid_until, recorded_at, superseded_at,
        household_number, relation, head, moved_in, 0 AS moved_out FROM membership_fact
    UNION ALL
    SELECT household_id, person_id, change_id, valid_from, valid_until, recorded_at, superseded_at,
        household_number, relation, head, moved_in, 1 FROM earlier_membership_fact;

-- 再決定が必要な世帯: facts of a decided year changed after the decision.
CREATE TABLE decision_due (
    household_id INTEGER NOT NULL,
    fiscal_year INTEGER NOT NULL,
    change_id INTEGER NOT NULL REFERENCES change_record (id),
    since TEXT NOT NULL,
    PRIMARY KEY (household_id, fiscal_year)
) STRICT;
