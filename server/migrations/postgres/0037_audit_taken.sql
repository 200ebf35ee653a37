-- Looks that were written together: whoever writes them a second time, from the file beside the database,
-- finds their number here. Rows go when nothing can write them again.
CREATE TABLE audit_taken (
    id BIGINT PRIMARY KEY,
    taken_at BIGINT NOT NULL
);

-- Which database it is: a file of looks beside another one is never taken in.
CREATE TABLE audit_origin (
    id TEXT PRIMARY KEY
);
INSERT INTO audit_origin (id) SELECT substr(replace(gen_random_uuid()::TEXT, '-', ''), 1, 16);
