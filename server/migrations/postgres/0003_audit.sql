-- Audit (server/src/audit): 監査記録, who saw or changed what. Pending records are numbered and closed into
-- batches within a second; each batch holds the hash of the one before. Numbered records never change again.

-- Records that wait for their number.
CREATE TABLE audit_pending (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    content TEXT NOT NULL
);

-- 監査記録 (record), numbered without a gap.
CREATE TABLE audit_entry (
    seq BIGINT PRIMARY KEY,
    login TEXT NOT NULL,
    household BIGINT,
    -- The record as JSON, exactly as it was hashed.
    content TEXT NOT NULL
);
CREATE INDEX audit_entry_login ON audit_entry (login, seq);
CREATE INDEX audit_entry_household ON audit_entry (household, seq);

-- 束 (batch): records closed together, with the hash of the batch before.
CREATE TABLE audit_batch (
    number BIGINT PRIMARY KEY,
    first_seq BIGINT NOT NULL,
    count BIGINT NOT NULL,
    digests TEXT NOT NULL,
    previous TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    sealed_at BIGINT NOT NULL
);

-- Nobody changes or removes a numbered record or its batch.
CREATE TRIGGER audit_entry_change BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER audit_entry_truncate BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER audit_batch_change BEFORE UPDATE OR DELETE ON audit_batch
    FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER audit_batch_truncate BEFORE TRUNCATE ON audit_batch
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- Looks that were written together: whoever writes them a second time, from the file beside the database,
-- finds their number here. Rows go when nothing can write them again.
CREATE TABLE audit_taken (
    id BIGINT PRIMARY KEY,
    taken_at BIGINT NOT NULL
);

-- Which database it is: a file of looks beside another one is never taken in.
CREATE TABLE audit_origin (
    id TEXT PRIMARY KEY
);
INSERT INTO audit_origin (id) SELECT substr(replace(gen_random_uuid()::TEXT, '-', ''), 1, 16);
