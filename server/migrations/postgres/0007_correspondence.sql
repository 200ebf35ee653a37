-- Correspondence (server/src/correspondence): 文書, what was said to whom on paper, as the data it is set from and
-- the hash that binds both, and its printing.

-- 文書 (letter): notices, papers of a person, questions and forms. What was said stays; only how it ended is written
-- later.
CREATE TABLE letter (
    number TEXT PRIMARY KEY,
    -- The rooms say what kinds there are.
    kind TEXT NOT NULL CHECK (kind <> ''),
    household_id BIGINT NOT NULL,
    -- Whom it is about, where that is one person.
    person_id BIGINT,
    -- What it tells of: a decision, a case, a receipt. Which of them, the kind says.
    subject_id BIGINT,
    fiscal_year BIGINT NOT NULL,
    -- The run with which it is printed, by its way of mailing, ward and postal code; of the counter none.
    run_id BIGINT,
    issued_on DATE NOT NULL,
    issued_at BIGINT NOT NULL,
    issued_by TEXT NOT NULL,
    ward TEXT COLLATE "C" NOT NULL,
    postcode TEXT COLLATE "C" NOT NULL,
    -- Where it was addressed to.
    place TEXT NOT NULL,
    -- With what lies in the same envelope, and how many slips those are.
    pages BIGINT NOT NULL,
    enclosed BIGINT NOT NULL,
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
-- A decision is told once.
-- By the subject first: a kind alone is nearly every letter.
CREATE UNIQUE INDEX letter_subject ON letter (subject_id, kind) WHERE subject_id IS NOT NULL;
CREATE INDEX letter_household ON letter (household_id);
CREATE INDEX letter_person ON letter (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX letter_reply ON letter (state, reply_by) WHERE reply_by IS NOT NULL;
CREATE INDEX letter_run ON letter (run_id, kind, ward, postcode, number) WHERE run_id IS NOT NULL;
CREATE INDEX letter_expiry ON letter (person_id, kind, valid_until) WHERE state = 'open' AND person_id IS NOT NULL;
CREATE TRIGGER letter_change BEFORE UPDATE OF number, kind, household_id, person_id, subject_id, fiscal_year, run_id, issued_on, issued_at,
    issued_by, ward, postcode, place, pages, enclosed, content, content_sha256, valid_until, reply_by, reminders ON letter
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER letter_removal BEFORE DELETE OR TRUNCATE ON letter
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- Letters about one person: papers, and questions with their answers.
CREATE VIEW document AS
    SELECT number, kind, household_id, person_id, fiscal_year, run_id, issued_on, issued_at, issued_by, ward, postcode,
        place, content, content_sha256, valid_until, reply_by, reminders, state, closed_on, remark, reply_change
    FROM letter WHERE person_id IS NOT NULL;

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

-- Letters that count as delivered: those of a printed batch; a letter issued at the counter counts at once.
CREATE TABLE letter_sent (
    number TEXT PRIMARY KEY REFERENCES letter (number),
    sent_at BIGINT NOT NULL
);

-- 再印刷: each time that a letter, document or slip was printed again.
CREATE TABLE letter_reprint (
    id BIGINT PRIMARY KEY,
    number TEXT NOT NULL,
    printed_at BIGINT NOT NULL,
    printed_by TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX letter_reprint_number ON letter_reprint (number);
CREATE TRIGGER letter_reprint_change BEFORE UPDATE OR DELETE OR TRUNCATE ON letter_reprint
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
