-- The ledger (server/src/ledger): 収納台帳, double entry. The entries of a journal are written first; its header
-- seals them, and is taken only where they add up to zero. Nothing of it is ever changed or removed.

-- 調定・収納などの種類: each room that moves money says which there are, in the file of its own tables.
CREATE TABLE journal_kind (
    kind TEXT PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;

-- A journal: one act on the money of a household.
CREATE TABLE journal (
    household_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    -- 相当年度.
    fiscal_year INTEGER NOT NULL,
    kind TEXT NOT NULL REFERENCES journal_kind (kind),
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

-- The entries of journals, line by line.
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

-- Nothing comes into a sealed journal.
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

-- A header is taken only with all of its entries.
CREATE TRIGGER journal_seal AFTER INSERT ON journal
WHEN (SELECT COUNT(*) <> NEW.entries OR SUM(amount) IS NOT 0 FROM ledger_entry
      WHERE household_id = NEW.household_id AND journal_id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'the entries of a journal must add up to zero');
END;

-- A correction is a new journal.
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
