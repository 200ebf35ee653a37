-- 支援措置: persons whose whereabouts nobody is shown without a reason. A measure that has run out
-- still hides until somebody ends it.
CREATE TABLE protection_fact (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    valid_from DATE NOT NULL,
    valid_until DATE NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT NOT NULL,
    superseded_at BIGINT,
    reason TEXT NOT NULL,
    CHECK (valid_until > valid_from)
);
CREATE UNIQUE INDEX protection_fact_current ON protection_fact (person_id) WHERE superseded_at IS NULL;
