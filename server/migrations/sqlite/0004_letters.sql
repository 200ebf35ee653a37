-- 文書: what was said to whom, as the data it is set from and the hash that binds both.
CREATE TABLE letter (
    number TEXT PRIMARY KEY,
    household_id INTEGER NOT NULL,
    decision_id INTEGER NOT NULL UNIQUE REFERENCES decision (id),
    business_date TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    issued_by TEXT NOT NULL,
    content TEXT NOT NULL,
    content_sha256 TEXT NOT NULL
) STRICT;
CREATE INDEX letter_household ON letter (household_id);
