-- 納期の状態 of a decision: the day of its notice and what was asked for before; empty where the
-- year's instalments were named as a whole.
ALTER TABLE decision ADD COLUMN schedule TEXT NOT NULL DEFAULT '';
