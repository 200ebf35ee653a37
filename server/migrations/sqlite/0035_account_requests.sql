-- 利用者の申請と承認: what one administrator asks for, another one approves. Also 登録リンク,
-- 変更のお知らせ, 設定 of the installation, and sessions that can be listed and ended.

DELETE FROM session;

ALTER TABLE session ADD COLUMN id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN begun_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN address TEXT NOT NULL DEFAULT '';
-- The browser's family.
ALTER TABLE session ADD COLUMN browser TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX session_id ON session (id);
CREATE INDEX session_login ON session (login);

CREATE TABLE account_request (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('create', 'change', 'enable', 'password', 'factor')),
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    ward TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    requested_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'approved', 'refused')),
    decided_by TEXT,
    decided_at INTEGER,
    -- 1 = the installation has one administrator only, who approved the own request.
    single_administrator INTEGER NOT NULL DEFAULT 0,
    CHECK (state <> 'approved' OR (decided_by IS NOT NULL AND decided_at IS NOT NULL
        AND (decided_by <> requested_by OR single_administrator = 1)))
) STRICT;
-- One request of an account waits at a time.
CREATE UNIQUE INDEX account_request_open ON account_request (login) WHERE state = 'open';

CREATE TABLE enrolment (
    request_id INTEGER PRIMARY KEY REFERENCES account_request (id),
    token_sha256 TEXT NOT NULL UNIQUE,
    -- Keyed digest of the eight digits; there is none before the approval.
    code_digest TEXT,
    expires_at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    used_at INTEGER
) STRICT;

CREATE TABLE account_notice (
    id INTEGER PRIMARY KEY,
    login TEXT NOT NULL,
    at INTEGER NOT NULL,
    what TEXT NOT NULL,
    by_logins TEXT NOT NULL,
    seen_at INTEGER
) STRICT;
CREATE INDEX account_notice_login ON account_notice (login, seen_at);

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
