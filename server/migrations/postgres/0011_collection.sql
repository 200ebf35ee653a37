-- 収納 (collection): what is asked of payers. What they owe stands in the ledger.

-- What this room books: 調定.
INSERT INTO journal_kind (kind) VALUES ('initial'), ('increase'), ('decrease'), ('rearrangement');

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
    -- 取扱期限.
    usable_until DATE NOT NULL,
    issued_at BIGINT NOT NULL
) WITH (autovacuum_analyze_threshold = 10000000, autovacuum_analyze_scale_factor = 0.5,
    autovacuum_vacuum_insert_threshold = 10000000, autovacuum_vacuum_insert_scale_factor = 0.5);
CREATE UNIQUE INDEX payment_slip_instalment ON payment_slip (household_id, fiscal_year, instalment, reissues);
CREATE INDEX payment_slip_letter ON payment_slip (letter_number);
-- What was asked for stays.
CREATE TRIGGER payment_slip_change BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_slip
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
