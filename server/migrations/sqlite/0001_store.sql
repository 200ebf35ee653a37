-- The store (server/src/store): what every part of the program stands on.
--
-- One file for each foundation and room, in order of need: a file names only tables of files before it, and
-- of itself. Days are days of the calendar; moments (`…_at`) are microseconds since 1970; money is whole yen.
-- These files stay as they are once a city holds data: what comes later is a file with the next number.

-- The next free id of each kind, and the newest moment at which facts became known.
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    next INTEGER NOT NULL
) STRICT;

-- 操作キー: acts that a client named by a key of its own, written with the act itself; and for a day what was answered.
CREATE TABLE act_key (
    login TEXT NOT NULL,
    key TEXT NOT NULL,
    route TEXT NOT NULL,
    request_sha256 TEXT NOT NULL,
    begun_at INTEGER NOT NULL,
    -- 0 = done, and not answered yet.
    status INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (login, key)
) STRICT;
CREATE INDEX act_key_begun ON act_key (begun_at);

