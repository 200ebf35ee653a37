-- 世帯の異動: a household here is one 納付義務者, so a person may have belonged to several.
-- membership_fact keeps the newest household of each person; `moved_in`: on valid_from the person
-- came from another household, and belongs to this one only since then.
ALTER TABLE membership_fact ADD COLUMN moved_in BOOLEAN NOT NULL DEFAULT FALSE;

-- 以前の世帯: what came before, until the day of the move.
CREATE TABLE earlier_membership_fact (
    id BIGINT PRIMARY KEY,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    change_id BIGINT NOT NULL REFERENCES change_record (id),
    valid_from DATE NOT NULL,
    valid_until DATE NOT NULL,
    recorded_at BIGINT NOT NULL,
    superseded_at BIGINT,
    household_number TEXT NOT NULL,
    relation TEXT NOT NULL,
    head BOOLEAN NOT NULL,
    moved_in BOOLEAN NOT NULL,
    CHECK (valid_until > valid_from)
);
CREATE UNIQUE INDEX earlier_membership_current ON earlier_membership_fact (person_id, valid_from) WHERE superseded_at IS NULL;
CREATE INDEX earlier_membership_household ON earlier_membership_fact (household_id);
CREATE INDEX earlier_membership_person ON earlier_membership_fact (person_id);

-- Every household a person belongs or belonged to; `moved_out`: until valid_until, for another one.
CREATE VIEW membership AS
    SELECT household_id, person_id, change_id, valid_from, valid_until, recorded_at, superseded_at,
        household_number, relation, head, moved_in, FALSE AS moved_out FROM membership_fact
    UNION ALL
    SELECT household_id, person_id, change_id, valid_from, valid_until, recorded_at, superseded_at,
        household_number, relation, head, moved_in, TRUE FROM earlier_membership_fact;

-- 再決定が必要な世帯: facts of a decided year changed after the decision.
CREATE TABLE decision_due (
    household_id BIGINT NOT NULL,
    fiscal_year BIGINT NOT NULL,
    change_id BIGINT NOT NULL REFERENCES change_record (id),
    since DATE NOT NULL,
    PRIMARY KEY (household_id, fiscal_year)
);
