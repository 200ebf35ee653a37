-- Correspondence: 文書, what was said to whom on paper, as the data it is set from and the hash that binds both,
-- and its printing. A foundation; its file comes after assessment because a letter names the decision it tells.

-- 保険料の通知書 (letter): the notice of a decision. What was said stays.
CREATE TABLE letter (
    number TEXT PRIMARY KEY,
    household_id BIGINT NOT NULL,
    decision_id BIGINT NOT NULL UNIQUE REFERENCES decision (id),
    -- The run with which it is printed; 0 = none: it was handed out at the counter.
    run_id BIGINT NOT NULL DEFAULT 0,
    business_date DATE NOT NULL,
    issued_at BIGINT NOT NULL,
    issued_by TEXT NOT NULL,
    -- The order in which letters are printed.
    ward TEXT NOT NULL DEFAULT '',
    postcode TEXT NOT NULL DEFAULT '',
    -- Where it was addressed to.
    place TEXT NOT NULL DEFAULT '',
    pages BIGINT NOT NULL DEFAULT 1,
    content TEXT NOT NULL,
    content_sha256 TEXT NOT NULL
) WITH (autovacuum_analyze_threshold = 10000000, autovacuum_analyze_scale_factor = 0.5,
    autovacuum_vacuum_insert_threshold = 10000000, autovacuum_vacuum_insert_scale_factor = 0.5);
CREATE INDEX letter_household ON letter (household_id);
CREATE INDEX letter_run ON letter (run_id, ward, postcode, number) WHERE run_id <> 0;
CREATE TRIGGER letter_change BEFORE UPDATE OR DELETE OR TRUNCATE ON letter
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- 文書 besides premium notices (document): papers of a person, questions and forms. What was said stays; only
-- how it ended is written later.
CREATE TABLE document (
    number TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    fiscal_year BIGINT NOT NULL,
    -- 証の一斉更新: papers of a run are printed by their way of mailing, ward and postal code.
    run_id BIGINT,
    issued_on DATE NOT NULL,
    issued_at BIGINT NOT NULL,
    issued_by TEXT NOT NULL,
    ward TEXT COLLATE "C" NOT NULL DEFAULT '',
    postcode TEXT COLLATE "C" NOT NULL DEFAULT '',
    -- Where it was addressed to.
    place TEXT NOT NULL DEFAULT '',
    content TEXT NOT NULL,
    content_sha256 TEXT NOT NULL,
    valid_until DATE,
    reply_by DATE,
    reminders BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'replied', 'returned', 'lost', 'void', 'undeliverable')),
    closed_on DATE,
    remark TEXT NOT NULL,
    -- 所得申告書: the change that wrote what came back.
    reply_change BIGINT REFERENCES change_record (id)
) WITH (autovacuum_analyze_threshold = 10000000, autovacuum_analyze_scale_factor = 0.5,
    autovacuum_vacuum_insert_threshold = 10000000, autovacuum_vacuum_insert_scale_factor = 0.5);
CREATE INDEX document_household ON document (household_id);
CREATE INDEX document_person ON document (person_id);
CREATE INDEX document_open ON document (state, reply_by);
CREATE INDEX document_run ON document (run_id, kind, ward, postcode, number) WHERE run_id IS NOT NULL;
CREATE INDEX document_expiry ON document (person_id, kind, valid_until) WHERE state = 'open';

-- 印刷単位: letters of a run in the order of wards and postal codes, about a hundred pages each.
CREATE TABLE print_batch (
    run_id BIGINT NOT NULL REFERENCES job (id),
    number BIGINT NOT NULL,
    -- What is mailed in another way is in another batch.
    sort TEXT NOT NULL DEFAULT '',
    ward TEXT NOT NULL,
    first_postcode TEXT NOT NULL,
    last_postcode TEXT NOT NULL,
    first_letter TEXT NOT NULL,
    last_letter TEXT NOT NULL,
    letters BIGINT NOT NULL,
    slips BIGINT NOT NULL,
    pages BIGINT NOT NULL,
    PRIMARY KEY (run_id, number)
);

-- Each time that a batch was printed.
CREATE TABLE print_mark (
    id BIGINT PRIMARY KEY,
    run_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    printed_at BIGINT NOT NULL,
    printed_by TEXT NOT NULL,
    FOREIGN KEY (run_id, number) REFERENCES print_batch (run_id, number)
);
CREATE INDEX print_mark_batch ON print_mark (run_id, number);

-- Letters of a run that were in a printed batch: only these were told. One from the counter is told at once.
CREATE TABLE letter_sent (
    number TEXT PRIMARY KEY REFERENCES letter (number),
    sent_at BIGINT NOT NULL
);
