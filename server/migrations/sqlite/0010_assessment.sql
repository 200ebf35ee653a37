-- 賦課 (assessment): decisions on premiums, what waits for another one, the check and release of a run,
-- 減免, and 特別徴収 from pensions.

-- Works of this room.
INSERT INTO job_kind (kind) VALUES ('yearly'), ('provisional'), ('monthly'), ('check'), ('letters');

-- 賦課決定 (decision): its inputs, the parameters' bytes by hash, and what came out, as JSON.
CREATE TABLE decision (
    id INTEGER PRIMARY KEY,
    household_id INTEGER NOT NULL,
    fiscal_year INTEGER NOT NULL,
    -- The n-th decision of a household's year: two at once cannot both be the n-th.
    sequence INTEGER NOT NULL DEFAULT 0,
    -- The run it belongs to; 0 = none.
    run_id INTEGER NOT NULL DEFAULT 0,
    decided_at INTEGER NOT NULL,
    decided_by TEXT NOT NULL,
    revision INTEGER NOT NULL,
    parameters TEXT NOT NULL,
    parameters_sha256 TEXT NOT NULL,
    rule_version INTEGER NOT NULL,
    total INTEGER NOT NULL CHECK (total >= 0),
    inputs TEXT NOT NULL,
    result TEXT NOT NULL,
    -- 納期の状態: the day of its notice and what was asked for before; empty where the year's instalments were
    -- named as a whole.
    schedule TEXT NOT NULL DEFAULT '',
    -- 仮算定: whether it is one, as its schedule says; read by lists that count only the year's own.
    provisional INTEGER NOT NULL GENERATED ALWAYS AS (instr(schedule, '"provisional"') > 0) VIRTUAL
) STRICT;
CREATE UNIQUE INDEX decision_household ON decision (household_id, fiscal_year, sequence);
CREATE INDEX decision_run ON decision (run_id, id) WHERE run_id <> 0;
-- What was decided stays; 更正 is another decision.
CREATE TRIGGER decision_update BEFORE UPDATE ON decision
BEGIN
    SELECT RAISE(ABORT, 'decision is append-only');
END;
CREATE TRIGGER decision_delete BEFORE DELETE ON decision
BEGIN
    SELECT RAISE(ABORT, 'decision is append-only');
END;

-- 再決定が必要な世帯: facts of a decided year changed after the decision.
CREATE TABLE decision_due (
    household_id INTEGER NOT NULL,
    fiscal_year INTEGER NOT NULL,
    change_id INTEGER NOT NULL REFERENCES change_record (id),
    since TEXT NOT NULL,
    PRIMARY KEY (household_id, fiscal_year)
) STRICT;

-- 発送前の点検: what somebody looks at before a yearly run is released.
CREATE TABLE check_finding (
    job_id INTEGER NOT NULL REFERENCES job (id),
    household_id INTEGER NOT NULL,
    sort TEXT NOT NULL CHECK (sort IN ('second', 'anomaly', 'unknown_income', 'open_inquiry')),
    household_number TEXT NOT NULL,
    -- In yen: by how much, or 0.
    amount INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (job_id, household_id, sort)
) STRICT;
CREATE INDEX check_finding_sort ON check_finding (job_id, sort);

-- 発送の承認 by somebody else than who started the run.
CREATE TABLE run_release (
    run_id INTEGER PRIMARY KEY REFERENCES job (id),
    check_job INTEGER NOT NULL REFERENCES job (id),
    started_by TEXT NOT NULL,
    released_by TEXT NOT NULL,
    released_at INTEGER NOT NULL,
    note TEXT NOT NULL,
    CHECK (released_by <> started_by)
) STRICT;

-- 減免の申請: what was applied for, by whom it was decided, and why.
CREATE TABLE relief_case (
    id INTEGER PRIMARY KEY,
    household_id INTEGER NOT NULL,
    fiscal_year INTEGER NOT NULL,
    rule TEXT NOT NULL,
    -- None = the whole household.
    person_id INTEGER,
    applied_on TEXT NOT NULL,
    from_month TEXT NOT NULL,
    until_month TEXT NOT NULL,
    -- Per cent of a fall or of damage, as the evidence says.
    measured INTEGER,
    grounds TEXT NOT NULL,
    -- JSON list of what was shown.
    evidence TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('applied', 'granted', 'refused', 'withdrawn', 'ended')),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    decided_at INTEGER,
    decided_by TEXT,
    reason TEXT NOT NULL,
    CHECK (until_month >= from_month),
    -- Nobody decides what they applied for on somebody's behalf.
    CHECK (state NOT IN ('granted', 'refused', 'ended') OR decided_by <> created_by)
) STRICT;
CREATE INDEX relief_case_household ON relief_case (household_id, fiscal_year);
CREATE INDEX relief_case_open ON relief_case (applied_on) WHERE state = 'applied';

-- 減免の決定 as facts of the calculation; like all facts never overwritten. It stands here and not among the
-- facts of people because it names its case.
CREATE TABLE relief_fact (
    id INTEGER PRIMARY KEY,
    household_id INTEGER NOT NULL,
    fiscal_year INTEGER NOT NULL,
    case_id INTEGER NOT NULL REFERENCES relief_case (id),
    change_id INTEGER NOT NULL REFERENCES change_record (id),
    -- JSON of the relief.
    relief TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    superseded_at INTEGER
) STRICT;
CREATE INDEX relief_fact_household ON relief_fact (household_id, fiscal_year);
CREATE UNIQUE INDEX relief_fact_current ON relief_fact (case_id) WHERE superseded_at IS NULL;

-- 特別徴収 of a household's year: planned with its decision, asked of the pension body, stopped.
CREATE TABLE pension_case (
    household_id INTEGER NOT NULL,
    fiscal_year INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('planned', 'excluded', 'queued', 'sent', 'accepted', 'refused', 'stop_queued', 'stopping', 'stopped')),
    -- Yen of each payment, April first, as JSON.
    payments TEXT NOT NULL,
    -- The first payment that is no longer taken, 0 = April.
    stopped_place INTEGER,
    -- Why it is not deducted, or why it must be stopped.
    obstacles TEXT NOT NULL,
    reason TEXT NOT NULL,
    code TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (household_id, fiscal_year)
) STRICT;
CREATE INDEX pension_case_state ON pension_case (fiscal_year, state, household_id);

-- 月次賦課: the households that a run was planned for, where it is not for all of the city.
CREATE TABLE job_household (
    job_id INTEGER NOT NULL REFERENCES job (id),
    household_id INTEGER NOT NULL,
    PRIMARY KEY (job_id, household_id)
) STRICT;

-- The letters of a run are made once.
CREATE UNIQUE INDEX job_letters ON job (run_id) WHERE kind = 'letters';
