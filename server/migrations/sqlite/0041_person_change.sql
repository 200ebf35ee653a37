-- Whom a change was about is asked when a place becomes guarded.
CREATE INDEX person_fact_change ON person_fact (change_id);
