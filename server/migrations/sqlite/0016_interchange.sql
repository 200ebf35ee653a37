-- 連携: one row for each record that goes to an office with which records are exchanged daily. What
-- a record says is read when it leaves: it is always the newest.
CREATE TABLE interchange (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    -- 0: somebody whom this office does not know.
    person_id INTEGER NOT NULL,
    -- The change that it tells, or the other office's number of its question.
    change_id INTEGER NOT NULL,
    -- The 資格期間 that is told, by its first day.
    acquired_on TEXT,
    income_year INTEGER,
    queued_on TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'queued', 'sent', 'accepted', 'rejected', 'settled')),
    sent_at INTEGER,
    file_name TEXT,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    settled_by TEXT NOT NULL
) STRICT;
CREATE INDEX interchange_state ON interchange (state, kind);
CREATE INDEX interchange_person ON interchange (person_id, kind);
