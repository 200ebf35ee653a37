-- 居所 (place): where a person lives in one spelling, so that two rows of one place are known as one.
ALTER TABLE person_fact ADD COLUMN place TEXT NOT NULL DEFAULT '';
UPDATE person_fact SET place = address;
CREATE INDEX person_fact_place ON person_fact (place) WHERE superseded_at IS NULL;
-- Where a letter or paper was addressed to; '' before this was kept.
ALTER TABLE letter ADD COLUMN place TEXT NOT NULL DEFAULT '';
ALTER TABLE document ADD COLUMN place TEXT NOT NULL DEFAULT '';

-- 支援措置: the households to which somebody under a measure belongs or belonged.
CREATE VIEW guarded_household AS
    SELECT m.household_id FROM membership m
    JOIN protection_fact pr ON pr.person_id = m.person_id AND pr.superseded_at IS NULL
    WHERE m.superseded_at IS NULL;

-- 支援措置: where anybody lives now who shares a household with somebody under a measure.
CREATE VIEW guarded_place AS
    SELECT p.place FROM person_fact p
    JOIN membership_fact m ON m.person_id = p.person_id AND m.superseded_at IS NULL
    JOIN membership_fact o ON o.household_id = m.household_id AND o.superseded_at IS NULL
    JOIN protection_fact pr ON pr.person_id = o.person_id AND pr.superseded_at IS NULL
    WHERE p.superseded_at IS NULL;
