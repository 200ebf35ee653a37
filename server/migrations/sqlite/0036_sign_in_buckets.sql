-- サインインの試行: counted before a password is looked at. sign_in_failure (0002) is not used any more.

DELETE FROM sign_in_failure;

CREATE TABLE sign_in_bucket (
    -- Hash of an account and a place, of an account, or of an address.
    subject TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    -- No attempt before this moment.
    open_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_bucket_last ON sign_in_bucket (last_at);

-- From where an account signed in lately.
CREATE TABLE known_address (
    login TEXT NOT NULL,
    address_sha256 TEXT NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (login, address_sha256)
) STRICT;
