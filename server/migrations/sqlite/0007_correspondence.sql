-- Correspondence (server/src/correspondence): 文書, what was said to whom on paper, as the data it is set from and
-- the hash that binds both, and its printing.

-- 文書 (letter): notices, papers of a person, questions and forms. What was said stays; only how it ended is written
-- later.
CREATE TABLE letter (
    number TEXT PRIMARY KEY,
    -- The rooms say what kinds there are.
    kind TEXT NOT NULL CHECK (kind <> ''),
    household_id INTEGER NOT NULL,
    -- Whom it is about, where that is one person.
    person_id INTEGER,
    -- What it tells of: a decision, a case, a receipt. Which of them, the kind says.
    subject_id INTEGER,
    fiscal_year INTEGER NOT NULL,
    -- The run with which it is printed, by its way of mailing, ward and postal code; of the counter none.
    run_id INTEGER,
    issued_on TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    issued_by TEXT NOT NULL,
    ward TEXT NOT NULL,
    postcode TEXT NOT NULL,
    -- Where it was addressed to.
    place TEXT NOT NULL,
    -- With what lies in the same envelope, and how many slips those are.
    pages INTEGER NOT NULL,
    enclosed INTEGER NOT NULL,
    content TEXT NOT NULL,
    content_sha256 TEXT NOT NULL,
    valid_until TEXT,
    reply_by TEXT,
    reminders INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'replied', 'returned', 'lost', 'void', 'undeliverable')),
    closed_on TEXT,
    remark TEXT NOT NULL,
    -- 所得申告書: the change that wrote what came back.
    reply_change INTEGER REFERENCES change_record (id)
) STRICT;
-- A decision is told once.
-- By the subject first: a kind alone is nearly every letter.
CREATE UNIQUE INDEX letter_subject ON letter (subject_id, kind) WHERE subject_id IS NOT NULL;
CREATE INDEX letter_household ON letter (household_id);
CREATE INDEX letter_person ON letter (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX letter_reply ON letter (state, reply_by) WHERE reply_by IS NOT NULL;
CREATE INDEX letter_run ON letter (run_id, kind, ward, postcode, number) WHERE run_id IS NOT NULL;
CREATE INDEX letter_expiry ON letter (person_id, kind, valid_until) WHERE state = 'open' AND person_id IS NOT NULL;
CREATE TRIGGER letter_update BEFORE UPDATE OF number, kind, household_id, person_id, subject_id, fiscal_year, run_id, issued_on, issued_at,
    issued_by, ward, postcode, place, pages, enclosed, content, content_sha256, valid_until, reply_by, reminders ON letter
BEGIN
    SELECT RAISE(ABORT, 'letter is append-only');
END;
CREATE TRIGGER letter_delete BEFORE DELETE ON letter
BEGIN
    SELECT RAISE(ABORT, 'letter is append-only');
END;

-- Letters about one person: papers, and questions with their answers.
CREATE VIEW document AS
    SELECT number, kind, household_id, person_id, fiscal_year, run_id, issued_on, issued_at, issued_by, ward, postcode,
        place, content, content_sha256, valid_until, reply_by, reminders, state, closed_on, remark, reply_change
    FROM letter WHERE person_id IS NOT NULL;

-- 印刷単位: letters of a run in the order of wards and postal codes, about a hundred pages each.
CREATE TABLE print_batch (
    run_id INTEGER NOT NULL REFERENCES job (id),
    number INTEGER NOT NULL,
    -- What is mailed in another way is in another batch.
    sort TEXT NOT NULL DEFAULT '',
    ward TEXT NOT NULL,
    first_postcode TEXT NOT NULL,
    last_postcode TEXT NOT NULL,
    first_letter TEXT NOT NULL,
    last_letter TEXT NOT NULL,
    letters INTEGER NOT NULL,
    slips INTEGER NOT NULL,
    pages INTEGER NOT NULL,
    PRIMARY KEY (run_id, number)
) STRICT;

-- Each time that a batch was printed.
CREATE TABLE print_mark (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    printed_at INTEGER NOT NULL,
    printed_by TEXT NOT NULL,
    FOREIGN KEY (run_id, number) REFERENCES print_batch (run_id, number)
) STRICT;
CREATE INDEX print_mark_batch ON print_mark (run_id, number);

-- Letters that count as delivered: those of a printed batch; a letter issued at the counter counts at once.
CREATE TABLE letter_sent (
    number TEXT PRIMARY KEY REFERENCES letter (number),
    sent_at INTEGER NOT NULL
) STRICT;

-- 再印刷: each time that a letter, document or slip was printed again.
CREATE TABLE letter_reprint (
    id INTEGER PRIMARY KEY,
    number TEXT NOT NULL,
    printed_at INTEGER NOT NULL,
    printed_by TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX letter_reprint_number ON letter_reprint (number);
CREATE TRIGGER letter_reprint_update BEFORE UPDATE ON letter_reprint
BEGIN
    SELECT RAISE(ABORT, 'letter_reprint is append-only');
END;
CREATE TRIGGER letter_reprint_delete BEFORE DELETE ON letter_reprint
BEGIN
    SELECT RAISE(ABORT, 'letter_reprint is append-only');
END;
