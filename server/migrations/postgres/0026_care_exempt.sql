-- 介護保険適用除外施設: a stay is a circumstance with two days, 入所日 and 退所日.
-- The day of leaving is only for a stay, and open while the person is there.
ALTER TABLE circumstance_fact ADD COLUMN until_day DATE;
ALTER TABLE circumstance_fact DROP CONSTRAINT circumstance_fact_kind_check;
ALTER TABLE circumstance_fact ADD CONSTRAINT circumstance_fact_kind_check
    CHECK (kind IN ('involuntary', 'maternity', 'former_dependant', 'care_exempt'));
ALTER TABLE circumstance_fact ADD CONSTRAINT circumstance_fact_until_check
    CHECK (kind = 'care_exempt' OR until_day IS NULL);
