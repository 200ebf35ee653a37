-- Tables that runs and files fill by the hundred thousand rows: the program takes their statistics when a run or a
-- file has ended, once for all of them. Taken or vacuumed in the midst of it, each of them by itself, they would have
-- every connection plan every statement anew again and again while clerks look.
DO $$
DECLARE
    filled text;
BEGIN
    FOREACH filled IN ARRAY ARRAY['person_fact', 'membership_fact', 'income_fact', 'eligibility_fact', 'decision',
        'journal', 'ledger_entry', 'letter', 'payment_slip', 'document']
    LOOP
        EXECUTE format('ALTER TABLE %I SET (autovacuum_analyze_threshold = 10000000, '
            || 'autovacuum_analyze_scale_factor = 0.5, autovacuum_vacuum_insert_threshold = 10000000, '
            || 'autovacuum_vacuum_insert_scale_factor = 0.5)', filled);
    END LOOP;
END
$$;

-- In the owner's name: the program may work as a role that owns no table.
CREATE FUNCTION take_statistics(filled TEXT[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    one TEXT;
BEGIN
    FOREACH one IN ARRAY filled
    LOOP
        EXECUTE format('ANALYZE %I', one);
    END LOOP;
END
$$;
