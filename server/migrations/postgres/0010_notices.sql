-- 届出: what was reported of a person's eligibility, when it happened, when it was due and when it
-- came. The facts it made are those of its change.
CREATE TABLE notice (
    id BIGINT PRIMARY KEY,
    change_id BIGINT NOT NULL REFERENCES change_record (id),
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('acquire', 'lose', 'void')),
    reason TEXT NOT NULL,
    event_on DATE NOT NULL,
    new_address_on DATE,
    notified_on DATE NOT NULL,
    due_on DATE NOT NULL
);
CREATE INDEX notice_household ON notice (household_id);
CREATE INDEX notice_person ON notice (person_id);
