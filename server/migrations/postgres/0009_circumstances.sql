-- 特例の事情: a job lost (離職日), a birth (出産予定日), insurance as 旧被扶養者 (資格取得日). Like all
-- facts they are never overwritten.
CREATE TABLE circumstance_fact (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    change_id BIGINT NOT NULL REFERENCES change_record (id),
    recorded_at BIGINT NOT NULL,
    superseded_at BIGINT,
    kind TEXT NOT NULL CHECK (kind IN ('involuntary', 'maternity', 'former_dependant')),
    on_day DATE NOT NULL,
    -- 多胎; only for a birth.
    multiple BOOLEAN NOT NULL,
    CHECK (kind = 'maternity' OR NOT multiple)
);
CREATE UNIQUE INDEX circumstance_fact_current ON circumstance_fact (person_id, kind, on_day)
    WHERE superseded_at IS NULL;
CREATE INDEX circumstance_fact_person ON circumstance_fact (person_id);
