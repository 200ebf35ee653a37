-- Letters of a run that were in a printed batch: only these were told. One from the counter is told at once.
CREATE TABLE letter_sent (
    number TEXT PRIMARY KEY REFERENCES letter (number),
    sent_at BIGINT NOT NULL
);
INSERT INTO letter_sent (number, sent_at)
    SELECT l.number, MIN(k.printed_at) FROM letter l JOIN print_batch b ON b.run_id = l.run_id AND b.ward = l.ward
    AND (l.postcode, l.number) >= (b.first_postcode, b.first_letter) AND (l.postcode, l.number) <= (b.last_postcode, b.last_letter)
    JOIN print_mark k ON k.run_id = b.run_id AND k.number = b.number GROUP BY l.number;
