//! What each list of 要処理 looks for: one SQL text for a kind.

use crate::guarded_all;

/// What each list looks for: `$1` the ward or nothing, `$2` and `$3` days, `$4` the income year, or the first year that is open.
macro_rules! list {
    ($day:literal, $condition:literal) => {
        list!($day, $condition, "")
    };
    ($day:literal, $condition:literal, $joins:literal) => {
        concat!(
            "SELECT m.household_id, m.household_number, p.person_id, p.name, p.birth_date, \
             CASE WHEN ", guarded_all!(both "m.household_id", "p.place"), " THEN '' ELSE p.ward END AS ward, ",
            $day,
            " AS on_day, CAST(NULL AS BIGINT) AS fiscal_year, COUNT(*) OVER () AS everybody FROM person_fact p \
             JOIN membership_fact m ON m.person_id = p.person_id AND m.superseded_at IS NULL \
             LEFT JOIN eligibility_fact e ON e.person_id = p.person_id AND e.superseded_at IS NULL AND e.valid_until IS NULL ",
            $joins,
            " WHERE $6 <> '' AND p.superseded_at IS NULL AND ($1 = '' OR p.ward = $1) AND $2 <= $3 AND $4 > 0 AND ",
            $condition,
            " ORDER BY on_day, p.person_id LIMIT $5"
        )
    };
}

/// Whoever lives elsewhere for study or in a facility stays insured here (法116条, 116条の2).
pub const GONE: &str = list!(
    "p.valid_until",
    "p.valid_until IS NOT NULL AND e.id IS NOT NULL \
     AND NOT EXISTS (SELECT 1 FROM student_fact st WHERE st.person_id = p.person_id AND st.superseded_at IS NULL \
       AND st.ended_on IS NULL) \
     AND NOT EXISTS (SELECT 1 FROM stay_fact sf JOIN facility ff ON ff.id = sf.facility_id AND ff.municipality <> $6 \
       WHERE sf.person_id = p.person_id AND sf.superseded_at IS NULL AND sf.left_on IS NULL)"
);
pub const NOT_REPORTED: &str = list!(
    "p.valid_from",
    "p.valid_until IS NULL AND p.valid_from BETWEEN $2 AND $3 AND NOT EXISTS (SELECT 1 FROM eligibility_fact f \
     WHERE f.person_id = p.person_id AND f.superseded_at IS NULL AND (f.valid_until IS NULL OR f.valid_from >= p.valid_from)) \
     AND EXISTS (SELECT 1 FROM membership_fact o \
     JOIN eligibility_fact f ON f.person_id = o.person_id AND f.superseded_at IS NULL AND f.valid_until IS NULL \
     WHERE o.household_id = m.household_id AND o.superseded_at IS NULL)"
);
pub const OF_BIRTH: &str = list!(
    "p.birth_date",
    "p.birth_date BETWEEN $2 AND $3 AND e.id IS NOT NULL"
);
pub const INCOME_MISSING: &str = list!(
    "e.valid_from",
    "e.id IS NOT NULL AND (EXISTS (SELECT 1 FROM income_fact i WHERE i.person_id = p.person_id \
     AND i.income_year = $4 AND i.superseded_at IS NULL AND i.status <> 'known') \
     OR (p.birth_date <= $2 AND NOT EXISTS (SELECT 1 FROM income_fact i WHERE i.person_id = p.person_id \
     AND i.income_year = $4 AND i.superseded_at IS NULL)))"
);

/// Moved here into a facility from elsewhere, or from facility to facility: whoever else insures,
/// the household's screen says by the whole chain.
pub const HOST_INSURED: &str = list!(
    "s.admitted_on",
    "e.id IS NOT NULL AND s.left_on IS NULL AND (s.from_facility OR s.from_municipality <> f.municipality)",
    "JOIN stay_fact s ON s.person_id = p.person_id AND s.superseded_at IS NULL \
     JOIN facility f ON f.id = s.facility_id AND f.municipality = $6"
);
/// Somebody joined after the year was decided for the city. Whether a decision is one of 仮算定 stands in its
/// long schedule: looked at only where there was 仮算定.
pub const UNDECIDED: &str = list!(
    "e.valid_from",
    "e.id IS NOT NULL AND EXISTS (SELECT 1 FROM job j WHERE j.kind = 'yearly' AND j.fiscal_year = $4 + 1 \
     AND j.state = 'done') AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.household_id = m.household_id \
     AND d.fiscal_year = $4 + 1 AND (NOT EXISTS (SELECT 1 FROM job pj WHERE pj.kind = 'provisional' \
     AND pj.fiscal_year = $4 + 1) OR NOT d.provisional))"
);
/// Households by their head; of one that everybody has left, by the one who was it. In the first year that is
/// open, those whose pension has paid by a day are closed before the others.
pub const DECISION_DUE: &str = concat!(
    "SELECT due.household_id, COALESCE(m.household_number, '') AS household_number, \
    COALESCE(p.person_id, 0) AS person_id, COALESCE(p.name, '（属する人がいません）') AS name, \
    COALESCE(p.birth_date, due.since) AS birth_date, \
    CASE WHEN ",
    guarded_all!(both "due.household_id", "p.place"),
    " THEN '' ELSE COALESCE(p.ward, '') END AS ward, due.since AS on_day, due.fiscal_year AS fiscal_year, COUNT(*) OVER () AS everybody \
    FROM decision_due due LEFT JOIN membership m ON m.household_id = due.household_id AND m.superseded_at IS NULL \
    AND m.head AND NOT EXISTS (SELECT 1 FROM membership n WHERE n.household_id = due.household_id \
      AND n.superseded_at IS NULL AND n.head AND n.valid_from > m.valid_from) \
    LEFT JOIN person_fact p ON p.person_id = m.person_id AND p.superseded_at IS NULL \
    WHERE ($1 = '' OR p.ward = $1) AND $2 <= $3 AND due.fiscal_year >= $4 AND $6 <> '' \
    AND NOT (due.fiscal_year = $4 AND EXISTS (SELECT 1 FROM journal j JOIN ledger_entry l ON l.household_id = j.household_id \
      AND l.journal_id = j.id WHERE j.household_id = due.household_id AND j.fiscal_year = due.fiscal_year \
      AND l.account = 'receivable' AND l.instalment > 30 AND l.due_on <= $2 GROUP BY l.instalment HAVING SUM(l.amount) > 0)) \
    ORDER BY on_day, due.household_id LIMIT $5"
);

/// 証: every insured person needs a valid paper; an expired one does not count.
pub const PAPER_MISSING: &str = list!(
    "e.valid_from",
    "e.id IS NOT NULL AND e.valid_from <= $2 AND NOT EXISTS (SELECT 1 FROM document d WHERE d.person_id = p.person_id AND d.state = 'open' \
     AND d.kind IN ('eligibility_certificate', 'eligibility_notice') AND (d.valid_until IS NULL OR d.valid_until >= $2))"
);
/// 証: the last one ends soon.
pub const PAPER_ENDING: &str = list!(
    "d.valid_until",
    "e.id IS NOT NULL",
    "JOIN (SELECT person_id, MAX(valid_until) AS valid_until FROM document WHERE state = 'open' \
       AND kind IN ('eligibility_certificate', 'eligibility_notice') GROUP BY person_id HAVING COUNT(*) = COUNT(valid_until)) d \
     ON d.person_id = p.person_id AND d.valid_until BETWEEN $2 AND $3"
);
/// Asked for and not come back: 所得申告書 and the inquiry about where somebody lives.
pub const REPLY_OVERDUE: &str = list!(
    "d.reply_by",
    "d.reply_by < $2 AND p.valid_until IS NULL AND (d.kind <> 'income_report' OR NOT EXISTS (SELECT 1 FROM income_fact i \
     WHERE i.person_id = p.person_id AND i.income_year = d.fiscal_year - 1 AND i.superseded_at IS NULL AND i.status = 'known'))",
    "JOIN document d ON d.person_id = p.person_id AND d.state = 'open' AND d.kind IN ('income_report', 'residence_inquiry')"
);
/// 在留期間: what is not renewed ends the stay and with it the 資格.
pub const STAY_ENDING: &str = list!(
    "r.until",
    "e.id IS NOT NULL",
    "JOIN residence_term_fact r ON r.person_id = p.person_id AND r.superseded_at IS NULL AND r.until <= $3"
);
/// 支援措置: it never ends by itself; whether it is extended must be asked a month before.
pub const PROTECTION_ENDING: &str = list!(
    "pr.valid_until",
    "pr.valid_until <= $3",
    "JOIN protection_fact pr ON pr.person_id = p.person_id AND pr.superseded_at IS NULL"
);
/// 学生特例: the school is over, or will be; it never ends by itself.
pub const STUDENT_ENDING: &str = list!(
    "st.expected_end",
    "e.id IS NOT NULL",
    "JOIN student_fact st ON st.person_id = p.person_id AND st.superseded_at IS NULL AND st.ended_on IS NULL \
     AND st.expected_end <= $3"
);
/// 国保上の世帯主: the head of the register is insured by now, or the one in its place no longer.
pub const PAYER_INVALID: &str = list!(
    "pf.since",
    "(e.id IS NULL OR pf.household_id <> m.household_id OR p.valid_until IS NOT NULL OR EXISTS (SELECT 1 FROM membership_fact hm JOIN eligibility_fact he ON he.person_id = hm.person_id \
       AND he.superseded_at IS NULL AND he.valid_until IS NULL WHERE hm.household_id = m.household_id \
       AND hm.superseded_at IS NULL AND hm.head))",
    "JOIN payer_fact pf ON pf.person_id = p.person_id AND pf.superseded_at IS NULL"
);
