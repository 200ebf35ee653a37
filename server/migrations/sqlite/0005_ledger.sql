-- 収納台帳: double entry. The entries of a journal are written first; its header seals them, and
-- is taken only where they add up to zero. Nothing of it is ever changed or removed.

-- The n-th decision of a household's year: two at once cannot both be the n-th.
ALTER TABLE decision ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;
ALTER TABLE decision ADD COLUMN run_id INTEGER NOT NULL DEFAULT 0;
UPDATE decision SET sequence = (SELECT COUNT(*) FROM decision earlier
    WHERE earlier.household_id = decision.household_id
    AND earlier.fiscal_year = decision.fiscal_year AND earlier.id <= decision.id);
DROP INDEX decision_household;
CREATE UNIQUE INDEX decision_household ON decision (household_id, fiscal_year, sequence);
CREATE INDEX decision_run ON decision (run_id, id) WHERE run_id <> 0;

CREATE TABLE journal (
    household_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    -- 相当年度.
    fiscal_year INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('initial', 'increase', 'decrease', 'rearrangement')),
    -- What it was made from: nothing is booked twice.
    source TEXT NOT NULL,
    -- The yearly run it belongs to; 0 = none.
    run_id INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    posted_at INTEGER NOT NULL,
    posted_by TEXT NOT NULL,
    entries INTEGER NOT NULL CHECK (entries > 0),
    PRIMARY KEY (household_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX journal_source ON journal (source);

CREATE TABLE ledger_entry (
    household_id INTEGER NOT NULL,
    journal_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    account TEXT NOT NULL CHECK (account IN
        ('receivable', 'levied', 'received', 'offset', 'refundable', 'suspense', 'written_off')),
    -- 期; 0 = none.
    instalment INTEGER NOT NULL,
    part TEXT NOT NULL,
    due_on TEXT,
    -- Debit positive, credit negative.
    amount INTEGER NOT NULL CHECK (amount <> 0),
    PRIMARY KEY (household_id, journal_id, line),
    FOREIGN KEY (household_id, journal_id) REFERENCES journal (household_id, id) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

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
    issued_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX payment_slip_instalment ON payment_slip (household_id, fiscal_year, instalment, reissues);
CREATE INDEX payment_slip_letter ON payment_slip (letter_number);

-- The order in which letters are printed.
ALTER TABLE letter ADD COLUMN run_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE letter ADD COLUMN ward TEXT NOT NULL DEFAULT '';
ALTER TABLE letter ADD COLUMN postcode TEXT NOT NULL DEFAULT '';
ALTER TABLE letter ADD COLUMN pages INTEGER NOT NULL DEFAULT 1;
CREATE INDEX letter_run ON letter (run_id, ward, postcode, number) WHERE run_id <> 0;

CREATE TRIGGER ledger_entry_open BEFORE INSERT ON ledger_entry
WHEN EXISTS (SELECT 1 FROM journal WHERE household_id = NEW.household_id AND id = NEW.journal_id)
BEGIN
    SELECT RAISE(ABORT, 'the journal is sealed');
END;

CREATE TRIGGER journal_once BEFORE INSERT ON journal
WHEN EXISTS (SELECT 1 FROM journal WHERE household_id = NEW.household_id AND id = NEW.id)
    OR EXISTS (SELECT 1 FROM journal WHERE source = NEW.source)
BEGIN
    SELECT RAISE(ABORT, 'the journal is sealed');
END;

CREATE TRIGGER journal_seal AFTER INSERT ON journal
WHEN (SELECT COUNT(*) <> NEW.entries OR SUM(amount) IS NOT 0 FROM ledger_entry
      WHERE household_id = NEW.household_id AND journal_id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'the entries of a journal must add up to zero');
END;

CREATE TRIGGER journal_update BEFORE UPDATE ON journal
BEGIN
    SELECT RAISE(ABORT, 'journal is append-only');
END;
CREATE TRIGGER journal_delete BEFORE DELETE ON journal
BEGIN
    SELECT RAISE(ABORT, 'journal is append-only');
END;
CREATE TRIGGER ledger_entry_update BEFORE UPDATE ON ledger_entry
BEGIN
    SELECT RAISE(ABORT, 'ledger_entry is append-only');
END;
CREATE TRIGGER ledger_entry_delete BEFORE DELETE ON ledger_entry
BEGIN
    SELECT RAISE(ABORT, 'ledger_entry is append-only');
END;
CREATE TRIGGER payment_slip_update BEFORE UPDATE ON payment_slip
BEGIN
    SELECT RAISE(ABORT, 'payment_slip is append-only');
END;
CREATE TRIGGER payment_slip_delete BEFORE DELETE ON payment_slip
BEGIN
    SELECT RAISE(ABORT, 'payment_slip is append-only');
END;
CREATE TRIGGER decision_update BEFORE UPDATE ON decision
BEGIN
    SELECT RAISE(ABORT, 'decision is append-only');
END;
CREATE TRIGGER decision_delete BEFORE DELETE ON decision
BEGIN
    SELECT RAISE(ABORT, 'decision is append-only');
END;
CREATE TRIGGER letter_update BEFORE UPDATE ON letter
BEGIN
    SELECT RAISE(ABORT, 'letter is append-only');
END;
CREATE TRIGGER letter_delete BEFORE DELETE ON letter
BEGIN
    SELECT RAISE(ABORT, 'letter is append-only');
END;
