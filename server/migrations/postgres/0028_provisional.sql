-- 仮算定: whether a decision is one, as its schedule says; read by lists that count only the year's own.
ALTER TABLE decision ADD COLUMN provisional BOOLEAN NOT NULL
    GENERATED ALWAYS AS (strpos(schedule, '"provisional"') > 0) STORED;
