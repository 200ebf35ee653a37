-- 情報提供 (provision): who asked this office for what, whether it is told, and what left.

-- 提供の求め: one row for each request of another office. Rows are kept: they are the record of what was told to
-- whom. What an answer says is read when it leaves: it is always the newest.
CREATE TABLE provision_request (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('income_report')),
    -- 照会番号: the other office's number of its question.
    request_number INTEGER NOT NULL,
    -- 宛名番号 as the other office wrote it.
    resident_number TEXT NOT NULL,
    -- Null: somebody whom this office does not know; of them there is nothing to decide.
    person_id INTEGER,
    income_year INTEGER NOT NULL,
    received_on TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'queued', 'answered')),
    decision TEXT CHECK (decision IN ('answer', 'refuse')),
    reason TEXT NOT NULL,
    decided_at INTEGER,
    decided_by TEXT,
    -- What the answer said: the content asked for, that it is not told, or that there is none.
    result TEXT CHECK (result IN ('answered', 'refused', 'none')),
    sent_at INTEGER,
    file_name TEXT,
    UNIQUE (kind, request_number),
    CHECK ((state = 'waiting') = (person_id IS NOT NULL AND decision IS NULL)),
    CHECK ((decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_at IS NULL)),
    CHECK ((state = 'answered') = (result IS NOT NULL) AND (result IS NULL) = (file_name IS NULL)
        AND (result IS NULL) = (sent_at IS NULL))
) STRICT;
CREATE INDEX provision_request_state ON provision_request (state, kind);
