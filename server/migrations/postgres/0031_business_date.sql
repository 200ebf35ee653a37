-- 業務日 of a change: letters tell this day, not the one of the machine's clock. None of what came before.
ALTER TABLE change_record ADD COLUMN business_date DATE;
