-- Transfer (server/src/transfer): what comes from other offices and goes to them, as files or over HTTP.

-- 受領: every file of another office that was taken in, on its business day.
CREATE TABLE arrival (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    received_on TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    lines INTEGER NOT NULL,
    control_total INTEGER
) STRICT;
CREATE INDEX arrival_kind ON arrival (kind, received_on);

-- Files that came in from the exchange: each is taken in once.
CREATE TABLE inbound_file (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    kind TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    lines INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX inbound_file_once ON inbound_file (sha256);

-- 分割配信: a delivery of several files is whole only with all of them.
CREATE TABLE delivery_part (
    kind TEXT NOT NULL,
    delivery TEXT NOT NULL,
    part INTEGER NOT NULL,
    parts INTEGER NOT NULL,
    change_id INTEGER NOT NULL REFERENCES change_record (id),
    PRIMARY KEY (kind, delivery, part),
    CHECK (part BETWEEN 1 AND parts)
) STRICT;

-- 取り込めないファイル: what is wrong with it, how often it was tried, and how it ended.
CREATE TABLE troubled_file (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'rejected', 'done')),
    reason TEXT NOT NULL,
    line INTEGER,
    column_name TEXT
) STRICT;
CREATE INDEX troubled_file_name ON troubled_file (name, sha256);
CREATE INDEX troubled_file_state ON troubled_file (state, last_at);

-- What was read although it is not as it should be.
CREATE TABLE file_warning (
    id INTEGER PRIMARY KEY,
    file_name TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    line INTEGER NOT NULL,
    column_name TEXT NOT NULL,
    message TEXT NOT NULL
) STRICT;
CREATE INDEX file_warning_at ON file_warning (recorded_at);
