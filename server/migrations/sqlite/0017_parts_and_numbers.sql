-- 分割配信: a delivery of several files is whole only with all of them.
CREATE TABLE delivery_part (
    kind TEXT NOT NULL,
    delivery TEXT NOT NULL,
    part INTEGER NOT NULL,
    parts INTEGER NOT NULL,
    change_id INTEGER NOT NULL REFERENCES change_record (id),
    PRIMARY KEY (kind, delivery, part),
    CHECK (part BETWEEN 1 AND parts)
) STRICT;

-- 個人番号: sealed, and found only by a keyed digest of the whole number. No other table holds one.
CREATE TABLE individual_number (
    person_id INTEGER PRIMARY KEY,
    sealed TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    evidence TEXT NOT NULL,
    bound_at INTEGER NOT NULL,
    bound_by TEXT NOT NULL
) STRICT;

-- 紐付けの保留: a number was not bound, because what was told of the person differs.
CREATE TABLE number_review (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL,
    -- JSON list of the items that differ; never the number.
    differences TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    settled_at INTEGER,
    settled_by TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX number_review_open ON number_review (person_id) WHERE settled_at IS NULL;
