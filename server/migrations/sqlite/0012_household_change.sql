-- The newest change of each household: an edit that only ends something leaves no row of its own,
-- but whoever still looks at the household before it must not write over it.
CREATE TABLE household_change (
    household_id INTEGER PRIMARY KEY,
    change_id INTEGER NOT NULL REFERENCES change_record (id)
) STRICT;
CREATE INDEX inquiry_person ON inquiry (person_id);
