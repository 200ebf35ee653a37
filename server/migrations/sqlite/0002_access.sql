-- 利用者の職務・行政区と二要素認証; sessions end when they are left alone.

DELETE FROM session;

-- The role as in `shared::access`; ward: empty = the whole city.
ALTER TABLE account ADD COLUMN role TEXT NOT NULL DEFAULT 'counter_clerk';
ALTER TABLE account ADD COLUMN ward TEXT NOT NULL DEFAULT '';
-- The sealed secret of the second factor, and the step of the code accepted last.
ALTER TABLE account ADD COLUMN factor TEXT;
ALTER TABLE account ADD COLUMN factor_step INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN disabled_at INTEGER;

ALTER TABLE session ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;
-- 1 = with both factors, 0 = the second factor is being set up.
ALTER TABLE session ADD COLUMN both_factors INTEGER NOT NULL DEFAULT 0;

-- サインインの失敗: hashes of the account and of the address, microseconds since 1970.
CREATE TABLE sign_in_failure (
    subject TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_failure_subject ON sign_in_failure (subject, at);
