-- 資格重複: one case for each person and other insurance that the federation's lists show.
CREATE TABLE duplicate_case (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL,
    other_insurer TEXT NOT NULL,
    other_acquired_on TEXT NOT NULL,
    state TEXT NOT NULL,
    seen INTEGER NOT NULL,
    first_list_on TEXT NOT NULL,
    last_list_on TEXT NOT NULL,
    due_on TEXT,
    reason TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by TEXT NOT NULL
) STRICT;
CREATE INDEX duplicate_case_person ON duplicate_case (person_id);
CREATE INDEX duplicate_case_state ON duplicate_case (state, last_list_on);

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
