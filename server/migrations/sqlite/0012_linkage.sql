-- 情報照会 (linkage): what this office asks other offices under 番号法.

-- Files that change facts.
INSERT INTO change_kind (kind) VALUES ('residents'), ('incomes'), ('eligibility');

-- 照会 (inquiry): one person, one kind of information, one purpose, one year. Rows are kept: they are the
-- record of the inquiry (番号法23条).
CREATE TABLE inquiry (
    id INTEGER PRIMARY KEY,
    household_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    dataset TEXT NOT NULL CHECK (dataset IN ('local_tax', 'resident_relation', 'medical_insurance', 'unemployment')),
    holder TEXT NOT NULL CHECK (holder IN ('municipality', 'medical_insurer', 'late_elderly', 'minister')),
    holder_code TEXT NOT NULL,
    fiscal_year INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    -- 根拠, as it was on the day.
    law TEXT NOT NULL,
    item TEXT NOT NULL,
    affairs TEXT NOT NULL,
    -- 照会側不開示: nobody but the two offices learns of it.
    undisclosed INTEGER NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    sent_at INTEGER,
    deadline TEXT NOT NULL,
    answered_at INTEGER,
    -- JSON list of the items in which the answer's person differs.
    differences TEXT NOT NULL,
    -- Sealed with the installation's key.
    answer TEXT,
    closed_at INTEGER,
    closed_by TEXT,
    closed_reason TEXT NOT NULL
) STRICT;
CREATE INDEX inquiry_household ON inquiry (household_id);
CREATE INDEX inquiry_state ON inquiry (state);
CREATE INDEX inquiry_person ON inquiry (person_id);

-- 連携: one row for each record that goes to an office with which records are exchanged daily. What
-- a record says is read when it leaves: it is always the newest.
CREATE TABLE interchange (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    person_id INTEGER NOT NULL,
    -- The change that it tells, or the number of the request.
    change_id INTEGER NOT NULL,
    -- The 資格期間 that is told, by its first day.
    acquired_on TEXT,
    income_year INTEGER,
    queued_on TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'accepted', 'rejected', 'settled')),
    sent_at INTEGER,
    file_name TEXT,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    settled_by TEXT NOT NULL
) STRICT;
CREATE INDEX interchange_state ON interchange (state, kind);
CREATE INDEX interchange_person ON interchange (person_id, kind);
