-- Files of other offices that could not be taken in: what is wrong, how often it was tried, and how it ended.
CREATE TABLE troubled_file (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'rejected', 'done')),
    reason TEXT NOT NULL,
    line INTEGER,
    column_name TEXT
) STRICT;
CREATE INDEX troubled_file_name ON troubled_file (name, sha256);
CREATE INDEX troubled_file_state ON troubled_file (state, last_at);

-- What was read although it is not as it should be.
CREATE TABLE file_warning (
    id INTEGER PRIMARY KEY,
    file_name TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    line INTEGER NOT NULL,
    column_name TEXT NOT NULL,
    message TEXT NOT NULL
) STRICT;
CREATE INDEX file_warning_at ON file_warning (recorded_at);

-- Characters of names and addresses at which somebody has to look.
CREATE TABLE rare_character (
    person_fact_id INTEGER NOT NULL REFERENCES person_fact (id),
    field TEXT NOT NULL,
    character TEXT NOT NULL,
    sort TEXT NOT NULL,
    PRIMARY KEY (person_fact_id, field, character)
) STRICT;
