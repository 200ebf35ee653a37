-- The store (server/src/store): what every part of the program stands on.
--
-- One file for each foundation and room, in order of need: a file names only tables of files before it, and
-- of itself. Days are days of the calendar; moments (`…_at`) are microseconds since 1970; money is whole yen.
-- These files stay as they are once a city holds data: what comes later is a file with the next number.

-- The next free id of each kind, and the newest moment at which facts became known.
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    next BIGINT NOT NULL
);

-- 操作キー: acts that a client named by a key of its own, written with the act itself; and for a day what was answered.
CREATE TABLE act_key (
    login TEXT NOT NULL,
    key TEXT NOT NULL,
    route TEXT NOT NULL,
    request_sha256 TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    -- 0 = done, and not answered yet.
    status BIGINT NOT NULL,
    content_type TEXT NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (login, key)
);
CREATE INDEX act_key_begun ON act_key (begun_at);

-- For tables to which rows are only added: a trigger on them refuses every other statement.
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;

-- Tables that runs and files fill by the hundred thousand rows have `WITH (autovacuum_…)`: the program takes
-- their statistics when a run or a file has ended, once for all of them. Taken or vacuumed in the midst of it,
-- each of them by itself, they would have every connection plan every statement anew again and again while
-- clerks look.
-- In the owner's name: the program may work as a role that owns no table.
CREATE FUNCTION take_statistics(filled TEXT[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    one TEXT;
BEGIN
    FOREACH one IN ARRAY filled
    LOOP
        EXECUTE format('ANALYZE %I', one);
    END LOOP;
END
$$;
