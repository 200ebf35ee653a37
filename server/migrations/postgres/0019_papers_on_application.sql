-- 市町村民税の課税・非課税 of the year, for the limits of 高額療養費 (令29条の3).
ALTER TABLE copayment_fact ADD COLUMN tax TEXT;
