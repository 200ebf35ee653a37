-- 仮算定: whether a decision is one, as its schedule says; read by lists that count only the year's own.
ALTER TABLE decision ADD COLUMN provisional INTEGER NOT NULL
    GENERATED ALWAYS AS (instr(schedule, '"provisional"') > 0) VIRTUAL;
