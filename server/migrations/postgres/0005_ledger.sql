-- 収納台帳: double entry. The header of a journal says how many entries it has; they come in one
-- statement, complete and adding up to zero, or not at all. Nothing is ever changed or removed.

-- The n-th decision of a household's year: two at once cannot both be the n-th.
ALTER TABLE decision ADD COLUMN sequence BIGINT NOT NULL DEFAULT 0;
ALTER TABLE decision ADD COLUMN run_id BIGINT NOT NULL DEFAULT 0;
UPDATE decision SET sequence = (SELECT COUNT(*) FROM decision earlier
    WHERE earlier.household_id = decision.household_id
    AND earlier.fiscal_year = decision.fiscal_year AND earlier.id <= decision.id);
DROP INDEX decision_household;
CREATE UNIQUE INDEX decision_household ON decision (household_id, fiscal_year, sequence);
CREATE INDEX decision_run ON decision (run_id, id) WHERE run_id <> 0;

-- Decisions stay in their rows: moving or packing a few kilobytes costs more than it saves.
ALTER TABLE decision SET (toast_tuple_target = 8160);

CREATE TABLE journal (
    household_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    -- 相当年度.
    fiscal_year BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('initial', 'increase', 'decrease', 'rearrangement')),
    -- What it was made from: nothing is booked twice.
    source TEXT NOT NULL,
    -- The yearly run it belongs to; 0 = none.
    run_id BIGINT NOT NULL,
    business_date DATE NOT NULL,
    posted_at BIGINT NOT NULL,
    posted_by TEXT NOT NULL,
    entries BIGINT NOT NULL CHECK (entries > 0),
    PRIMARY KEY (household_id, id)
);
CREATE UNIQUE INDEX journal_source ON journal (source);

CREATE TABLE ledger_entry (
    household_id BIGINT NOT NULL,
    journal_id BIGINT NOT NULL,
    line BIGINT NOT NULL,
    account TEXT NOT NULL CHECK (account IN
        ('receivable', 'levied', 'received', 'offset', 'refundable', 'suspense', 'written_off')),
    -- 期; 0 = none.
    instalment BIGINT NOT NULL,
    part TEXT NOT NULL,
    due_on DATE,
    -- Debit positive, credit negative.
    amount BIGINT NOT NULL CHECK (amount <> 0),
    PRIMARY KEY (household_id, journal_id, line)
);

-- 納付書: one for each instalment that is owed; a later one of the same instalment replaces it.
CREATE TABLE payment_slip (
    number TEXT PRIMARY KEY,
    household_id BIGINT NOT NULL,
    fiscal_year BIGINT NOT NULL,
    instalment BIGINT NOT NULL,
    letter_number TEXT NOT NULL,
    run_id BIGINT NOT NULL,
    reissues BIGINT NOT NULL,
    principal BIGINT NOT NULL CHECK (principal >= 0),
    due_on DATE NOT NULL,
    issued_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX payment_slip_instalment ON payment_slip (household_id, fiscal_year, instalment, reissues);
CREATE INDEX payment_slip_letter ON payment_slip (letter_number);

-- The order in which letters are printed.
ALTER TABLE letter ADD COLUMN run_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE letter ADD COLUMN ward TEXT NOT NULL DEFAULT '';
ALTER TABLE letter ADD COLUMN postcode TEXT NOT NULL DEFAULT '';
ALTER TABLE letter ADD COLUMN pages BIGINT NOT NULL DEFAULT 1;
CREATE INDEX letter_run ON letter (run_id, ward, postcode, number) WHERE run_id <> 0;

-- All journals of the statement at once: a foreign key and a row's trigger would look millions of
-- times. Lines run from 1 to the number in the header, so that a second statement finds none free.
CREATE FUNCTION entries_complete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM (SELECT household_id, journal_id, COUNT(*) AS count, SUM(amount) AS sum,
                                     MIN(line) AS first, MAX(line) AS last
                              FROM added GROUP BY household_id, journal_id) AS whole
               LEFT JOIN journal ON journal.household_id = whole.household_id AND journal.id = whole.journal_id
               WHERE journal.id IS NULL OR whole.sum <> 0 OR whole.count <> journal.entries
               OR whole.first <> 1 OR whole.last <> journal.entries) THEN
        RAISE EXCEPTION 'the entries of a journal must be complete and add up to zero';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_entry_complete AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION entries_complete();

CREATE FUNCTION journal_has_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM ledger_entry WHERE ledger_entry.household_id = NEW.household_id
                   AND ledger_entry.journal_id = NEW.id) THEN
        RAISE EXCEPTION 'a journal must have entries';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER journal_not_empty AFTER INSERT ON journal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION journal_has_entries();

CREATE TRIGGER journal_change BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER ledger_entry_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER payment_slip_change BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_slip
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER decision_change BEFORE UPDATE OR DELETE OR TRUNCATE ON decision
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER letter_change BEFORE UPDATE OR DELETE OR TRUNCATE ON letter
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER audit_entry_truncate BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER audit_batch_truncate BEFORE TRUNCATE ON audit_batch
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
