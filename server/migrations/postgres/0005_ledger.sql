-- 収納台帳: double entry. The entries of a journal are written first; its header seals them, and
-- is taken only where they add up to zero. Nothing of it is ever changed or removed.

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
    PRIMARY KEY (household_id, journal_id, line),
    FOREIGN KEY (household_id, journal_id) REFERENCES journal (household_id, id) DEFERRABLE INITIALLY DEFERRED
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

CREATE FUNCTION entries_are_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM added JOIN journal
               ON journal.household_id = added.household_id AND journal.id = added.journal_id) THEN
        RAISE EXCEPTION 'the journal is sealed';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_entry_open AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION entries_are_open();

CREATE FUNCTION journal_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM added CROSS JOIN LATERAL (
                   SELECT COUNT(*) AS count, SUM(amount) AS sum FROM ledger_entry
                   WHERE ledger_entry.household_id = added.household_id
                   AND ledger_entry.journal_id = added.id) AS held
               WHERE held.count <> added.entries OR held.sum <> 0) THEN
        RAISE EXCEPTION 'the entries of a journal must add up to zero';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER journal_seal AFTER INSERT ON journal
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION journal_balances();

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
