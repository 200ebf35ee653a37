-- 支援措置: persons whose whereabouts nobody is shown without a reason. A measure that has run out
-- still hides until somebody ends it.
CREATE TABLE protection_fact (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL,
    valid_from TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    superseded_at INTEGER,
    reason TEXT NOT NULL,
    CHECK (valid_until > valid_from)
) STRICT;
CREATE UNIQUE INDEX protection_fact_current ON protection_fact (person_id) WHERE superseded_at IS NULL;
