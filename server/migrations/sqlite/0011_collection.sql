-- 収納 (collection): what is asked of payers. What they owe stands in the ledger.

-- What this room books: 調定.
INSERT INTO journal_kind (kind) VALUES ('initial'), ('increase'), ('decrease'), ('rearrangement');

-- 納付書: one for each instalment that is owed; a later one of the same instalment replaces it.
CREATE TABLE payment_slip (
    number TEXT PRIMARY KEY NOT NULL,
    household_id INTEGER NOT NULL,
    fiscal_year INTEGER NOT NULL,
    instalment INTEGER NOT NULL,
    letter_number TEXT NOT NULL,
    run_id INTEGER NOT NULL,
    reissues INTEGER NOT NULL,
    principal INTEGER NOT NULL CHECK (principal >= 0),
    due_on TEXT NOT NULL,
    -- 取扱期限.
    usable_until TEXT NOT NULL,
    issued_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX payment_slip_instalment ON payment_slip (household_id, fiscal_year, instalment, reissues);
CREATE INDEX payment_slip_letter ON payment_slip (letter_number);
-- What was asked for stays.
CREATE TRIGGER payment_slip_update BEFORE UPDATE ON payment_slip
BEGIN
    SELECT RAISE(ABORT, 'payment_slip is append-only');
END;
CREATE TRIGGER payment_slip_delete BEFORE DELETE ON payment_slip
BEGIN
    SELECT RAISE(ABORT, 'payment_slip is append-only');
END;
