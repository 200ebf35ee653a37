-- 届出: what was reported of a person's eligibility, when it happened, when it was due and when it
-- came. The facts it made are those of its change.
CREATE TABLE notice (
    id INTEGER PRIMARY KEY,
    change_id INTEGER NOT NULL REFERENCES change_record (id),
    household_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('acquire', 'lose', 'void')),
    reason TEXT NOT NULL,
    event_on TEXT NOT NULL,
    new_address_on TEXT,
    notified_on TEXT NOT NULL,
    due_on TEXT NOT NULL
) STRICT;
CREATE INDEX notice_household ON notice (household_id);
CREATE INDEX notice_person ON notice (person_id);
