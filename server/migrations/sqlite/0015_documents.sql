-- 文書 besides premium notices: papers of a person, questions and forms, as the data they are set
-- from and the hash that binds it. What was said stays; only how it ended is written later.
CREATE TABLE document (
    number TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    household_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    fiscal_year INTEGER NOT NULL,
    issued_on TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    issued_by TEXT NOT NULL,
    content TEXT NOT NULL,
    content_sha256 TEXT NOT NULL,
    valid_until TEXT,
    reply_by TEXT,
    reminders INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'replied', 'returned', 'lost', 'void', 'undeliverable')),
    closed_on TEXT,
    remark TEXT NOT NULL,
    -- 所得申告書: the change that wrote what came back.
    reply_change INTEGER REFERENCES change_record (id)
) STRICT;
CREATE INDEX document_household ON document (household_id);
CREATE INDEX document_person ON document (person_id);
CREATE INDEX document_open ON document (state, reply_by);

-- マイナ保険証の利用登録, as it was observed.
CREATE TABLE card_fact (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL,
    status TEXT NOT NULL,
    observed_on TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    superseded_at INTEGER,
    recorded_by TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX card_fact_current ON card_fact (person_id) WHERE superseded_at IS NULL;

-- 課税所得 and 収入金額 of a year, for 負担割合 (令27条の2), in yen.
CREATE TABLE copayment_fact (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL,
    income_year INTEGER NOT NULL,
    taxable_income INTEGER CHECK (taxable_income >= 0),
    receipts INTEGER CHECK (receipts >= 0),
    recorded_at INTEGER NOT NULL,
    superseded_at INTEGER,
    recorded_by TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX copayment_fact_current ON copayment_fact (person_id, income_year) WHERE superseded_at IS NULL;
