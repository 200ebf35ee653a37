-- Audit (server/src/audit): 監査記録, who saw or changed what. Pending records are numbered and closed into
-- batches within a second; each batch holds the hash of the one before. Numbered records never change again.

-- Records that wait for their number.
CREATE TABLE audit_pending (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    content TEXT NOT NULL
) STRICT;

-- 監査記録 (record), numbered without a gap.
CREATE TABLE audit_entry (
    seq INTEGER PRIMARY KEY,
    login TEXT NOT NULL,
    household INTEGER,
    -- The record as JSON, exactly as it was hashed.
    content TEXT NOT NULL
) STRICT;
CREATE INDEX audit_entry_login ON audit_entry (login, seq);
CREATE INDEX audit_entry_household ON audit_entry (household, seq);

-- 束 (batch): records closed together, with the hash of the batch before.
CREATE TABLE audit_batch (
    number INTEGER PRIMARY KEY,
    first_seq INTEGER NOT NULL,
    count INTEGER NOT NULL,
    digests TEXT NOT NULL,
    previous TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    sealed_at INTEGER NOT NULL
) STRICT;

-- Nobody changes or removes a numbered record or its batch.
CREATE TRIGGER audit_entry_update BEFORE UPDATE ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'audit_entry is append-only');
END;
CREATE TRIGGER audit_entry_delete BEFORE DELETE ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'audit_entry is append-only');
END;
CREATE TRIGGER audit_batch_update BEFORE UPDATE ON audit_batch
BEGIN
    SELECT RAISE(ABORT, 'audit_batch is append-only');
END;
CREATE TRIGGER audit_batch_delete BEFORE DELETE ON audit_batch
BEGIN
    SELECT RAISE(ABORT, 'audit_batch is append-only');
END;

-- Looks that were written together: whoever writes them a second time, from the file beside the database,
-- finds their number here. Rows go when nothing can write them again.
CREATE TABLE audit_taken (
    id INTEGER PRIMARY KEY,
    taken_at INTEGER NOT NULL
) STRICT;

-- Which database it is: a file of looks beside another one is never taken in.
CREATE TABLE audit_origin (
    id TEXT PRIMARY KEY NOT NULL
) STRICT;
INSERT INTO audit_origin (id) VALUES (lower(hex(randomblob(8))));
