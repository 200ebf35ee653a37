-- 監査記録: who saw or changed what. Pending records are numbered and closed into batches within
-- a second; each batch holds the hash of the one before. Numbered records never change again.

CREATE TABLE audit_pending (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    content TEXT NOT NULL
) STRICT;

CREATE TABLE audit_entry (
    seq INTEGER PRIMARY KEY,
    login TEXT NOT NULL,
    household INTEGER,
    -- The record as JSON, exactly as it was hashed.
    content TEXT NOT NULL
) STRICT;
CREATE INDEX audit_entry_login ON audit_entry (login, seq);
CREATE INDEX audit_entry_household ON audit_entry (household, seq);

CREATE TABLE audit_batch (
    number INTEGER PRIMARY KEY,
    first_seq INTEGER NOT NULL,
    count INTEGER NOT NULL,
    digests TEXT NOT NULL,
    previous TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    sealed_at INTEGER NOT NULL
) STRICT;

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
