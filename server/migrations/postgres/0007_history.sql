-- Facts are read as they were known at a moment: rows that are no longer current are read, too.
CREATE INDEX person_fact_history ON person_fact (person_id);
CREATE INDEX membership_fact_history ON membership_fact (person_id);
CREATE INDEX income_fact_history ON income_fact (person_id, income_year);
CREATE INDEX eligibility_fact_history ON eligibility_fact (person_id);
