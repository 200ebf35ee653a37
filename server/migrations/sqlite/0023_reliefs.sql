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

-- 減免の決定 as facts of the calculation; like all facts never overwritten.
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
