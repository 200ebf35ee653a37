-- Access (server/src/access): 利用者 (accounts), their sessions, 申請と承認, attempts to sign in.
-- Of passwords, tokens and addresses only hashes are kept.

-- 利用者 (account), with 職務 and 行政区.
CREATE TABLE account (
    login TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    -- As in `shared::access`.
    role TEXT NOT NULL DEFAULT 'counter_clerk',
    -- Empty = the whole city.
    ward TEXT NOT NULL DEFAULT '',
    -- 二要素認証: the sealed secret of the second factor, and the step of the code accepted last.
    factor TEXT,
    factor_step BIGINT NOT NULL DEFAULT 0,
    disabled_at BIGINT
);

-- Sessions of signed-in accounts: they end when they are left alone, can be listed, and ended by hand.
CREATE TABLE session (
    token_sha256 TEXT PRIMARY KEY,
    id BIGINT NOT NULL DEFAULT 0,
    login TEXT NOT NULL REFERENCES account (login),
    begun_at BIGINT NOT NULL DEFAULT 0,
    seen_at BIGINT NOT NULL DEFAULT 0,
    expires_at BIGINT NOT NULL,
    -- 1 = with both factors, 0 = the second factor is being set up.
    both_factors BIGINT NOT NULL DEFAULT 0,
    address TEXT NOT NULL DEFAULT '',
    -- The browser's family.
    browser TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX session_id ON session (id);
CREATE INDEX session_login ON session (login);

-- 利用者の申請と承認: what one administrator asks for, another one approves.
CREATE TABLE account_request (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('create', 'change', 'enable', 'password', 'factor')),
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    ward TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    requested_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'approved', 'refused')),
    decided_by TEXT,
    decided_at BIGINT,
    -- 1 = the installation has one administrator only, who approved the own request.
    single_administrator BIGINT NOT NULL DEFAULT 0,
    CHECK (state <> 'approved' OR (decided_by IS NOT NULL AND decided_at IS NOT NULL
        AND (decided_by <> requested_by OR single_administrator = 1)))
);
-- One request of an account waits at a time.
CREATE UNIQUE INDEX account_request_open ON account_request (login) WHERE state = 'open';

-- 登録リンク: where somebody chooses the own password, once, with a number from who approved.
CREATE TABLE enrolment (
    request_id BIGINT PRIMARY KEY REFERENCES account_request (id),
    token_sha256 TEXT NOT NULL UNIQUE,
    -- Keyed digest of the eight digits; there is none before the approval.
    code_digest TEXT,
    expires_at BIGINT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    used_at BIGINT
);

-- 変更のお知らせ: what was changed of an account, told to its owner.
CREATE TABLE account_notice (
    id BIGINT PRIMARY KEY,
    login TEXT NOT NULL,
    at BIGINT NOT NULL,
    what TEXT NOT NULL,
    by_logins TEXT NOT NULL,
    seen_at BIGINT
);
CREATE INDEX account_notice_login ON account_notice (login, seen_at);

-- サインインの試行: counted before a password is looked at.
CREATE TABLE sign_in_bucket (
    -- Hash of an account and a place, of an account, or of an address.
    subject TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    -- No attempt before this moment.
    open_at BIGINT NOT NULL
);
CREATE INDEX sign_in_bucket_last ON sign_in_bucket (last_at);

-- From where an account signed in lately: there it is kept out by nobody's failures elsewhere.
CREATE TABLE known_address (
    login TEXT NOT NULL,
    address_sha256 TEXT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (login, address_sha256)
);

-- 設定 of the installation, as the database keeps them.
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
