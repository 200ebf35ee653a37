-- 監査記録: who saw or changed what. Pending records are numbered and closed into batches within
-- a second; each batch holds the hash of the one before. Numbered records never change again.

CREATE TABLE audit_pending (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    content TEXT NOT NULL
);

CREATE TABLE audit_entry (
    seq BIGINT PRIMARY KEY,
    login TEXT NOT NULL,
    household BIGINT,
    -- The record as JSON, exactly as it was hashed.
    content TEXT NOT NULL
);
CREATE INDEX audit_entry_login ON audit_entry (login, seq);
CREATE INDEX audit_entry_household ON audit_entry (household, seq);

CREATE TABLE audit_batch (
    number BIGINT PRIMARY KEY,
    first_seq BIGINT NOT NULL,
    count BIGINT NOT NULL,
    digests TEXT NOT NULL,
    previous TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    sealed_at BIGINT NOT NULL
);

CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;

CREATE TRIGGER audit_entry_change BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TRIGGER audit_batch_change BEFORE UPDATE OR DELETE ON audit_batch
    FOR EACH ROW EXECUTE FUNCTION append_only();
