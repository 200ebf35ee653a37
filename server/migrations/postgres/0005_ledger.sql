-- The ledger (server/src/ledger): 収納台帳, double entry. The header of a journal says how many entries it has;
-- they come in one statement, complete and adding up to zero, or not at all. Nothing is ever changed or removed.

-- 調定・収納などの種類: each room that moves money says which there are, in the file of its own tables.
CREATE TABLE journal_kind (
    kind TEXT PRIMARY KEY NOT NULL
);

-- A journal: one act on the money of a household.
CREATE TABLE journal (
    household_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    -- 相当年度.
    fiscal_year BIGINT NOT NULL,
    -- One of `journal_kind`, looked at once for all rows of a statement.
    kind TEXT NOT NULL,
    -- What it was made from: nothing is booked twice.
    source TEXT NOT NULL,
    -- The yearly run it belongs to; 0 = none.
    run_id BIGINT NOT NULL,
    business_date DATE NOT NULL,
    posted_at BIGINT NOT NULL,
    posted_by TEXT NOT NULL,
    entries BIGINT NOT NULL CHECK (entries > 0),
    PRIMARY KEY (household_id, id)
) WITH (autovacuum_analyze_threshold = 10000000, autovacuum_analyze_scale_factor = 0.5,
    autovacuum_vacuum_insert_threshold = 10000000, autovacuum_vacuum_insert_scale_factor = 0.5);
CREATE UNIQUE INDEX journal_source ON journal (source);

-- The entries of journals, line by line.
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
) WITH (autovacuum_analyze_threshold = 10000000, autovacuum_analyze_scale_factor = 0.5,
    autovacuum_vacuum_insert_threshold = 10000000, autovacuum_vacuum_insert_scale_factor = 0.5);

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

-- All headers of the statement at once, for the same reason.
CREATE FUNCTION journals_of_kinds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM (SELECT DISTINCT kind FROM added) AS kinds
               WHERE NOT EXISTS (SELECT 1 FROM journal_kind WHERE journal_kind.kind = kinds.kind)) THEN
        RAISE EXCEPTION 'no room has journals of this kind';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER journal_known AFTER INSERT ON journal
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION journals_of_kinds();

-- A header alone does not stay.
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

-- A correction is a new journal.
CREATE TRIGGER journal_change BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER ledger_entry_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
