-- 分割配信: a delivery of several files is whole only with all of them.
CREATE TABLE delivery_part (
    kind TEXT NOT NULL,
    delivery TEXT NOT NULL,
    part BIGINT NOT NULL,
    parts BIGINT NOT NULL,
    change_id BIGINT NOT NULL REFERENCES change_record (id),
    PRIMARY KEY (kind, delivery, part),
    CHECK (part BETWEEN 1 AND parts)
);

-- 個人番号: sealed, and found only by a keyed digest of the whole number. No other table holds one.
CREATE TABLE individual_number (
    person_id BIGINT PRIMARY KEY,
    sealed TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    evidence TEXT NOT NULL,
    bound_at BIGINT NOT NULL,
    bound_by TEXT NOT NULL
);

-- 紐付けの保留: a number was not bound, because what was told of the person differs.
CREATE TABLE number_review (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    -- JSON list of the items that differ; never the number.
    differences TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT NOT NULL,
    settled_at BIGINT,
    settled_by TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX number_review_open ON number_review (person_id) WHERE settled_at IS NULL;
