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
