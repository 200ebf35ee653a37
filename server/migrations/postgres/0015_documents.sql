-- 文書 besides premium notices: papers of a person, questions and forms, as the data they are set
-- from and the hash that binds it. What was said stays; only how it ended is written later.
CREATE TABLE document (
    number TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    fiscal_year BIGINT NOT NULL,
    issued_on DATE NOT NULL,
    issued_at BIGINT NOT NULL,
    issued_by TEXT NOT NULL,
    content TEXT NOT NULL,
    content_sha256 TEXT NOT NULL,
    valid_until DATE,
    reply_by DATE,
    reminders BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'replied', 'returned', 'lost', 'void', 'undeliverable')),
    closed_on DATE,
    remark TEXT NOT NULL,
    -- 所得申告書: the change that wrote what came back.
    reply_change BIGINT REFERENCES change_record (id)
);
CREATE INDEX document_household ON document (household_id);
CREATE INDEX document_person ON document (person_id);
CREATE INDEX document_open ON document (state, reply_by);

-- マイナ保険証の利用登録, as it was observed.
CREATE TABLE card_fact (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    observed_on DATE NOT NULL,
    recorded_at BIGINT NOT NULL,
    superseded_at BIGINT,
    recorded_by TEXT NOT NULL
);
CREATE UNIQUE INDEX card_fact_current ON card_fact (person_id) WHERE superseded_at IS NULL;

-- 課税所得 and 収入金額 of a year, for 負担割合 (令27条の2), in yen.
CREATE TABLE copayment_fact (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    income_year BIGINT NOT NULL,
    taxable_income BIGINT CHECK (taxable_income >= 0),
    receipts BIGINT CHECK (receipts >= 0),
    recorded_at BIGINT NOT NULL,
    superseded_at BIGINT,
    recorded_by TEXT NOT NULL
);
CREATE UNIQUE INDEX copayment_fact_current ON copayment_fact (person_id, income_year) WHERE superseded_at IS NULL;
