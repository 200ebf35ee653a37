-- 資格重複: one case for each person and other insurance that the federation's lists show.
CREATE TABLE duplicate_case (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    other_insurer TEXT NOT NULL,
    other_acquired_on DATE NOT NULL,
    state TEXT NOT NULL,
    seen BIGINT NOT NULL,
    first_list_on DATE NOT NULL,
    last_list_on DATE NOT NULL,
    due_on DATE,
    reason TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);
CREATE INDEX duplicate_case_person ON duplicate_case (person_id);
CREATE INDEX duplicate_case_state ON duplicate_case (state, last_list_on);

-- 受領: every file of another office that was taken in, on its business day.
CREATE TABLE arrival (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    received_on DATE NOT NULL,
    received_at BIGINT NOT NULL,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    lines BIGINT NOT NULL,
    control_total BIGINT
);
CREATE INDEX arrival_kind ON arrival (kind, received_on);
