//! The kinds of letters that this room sends, and which of them a whole city gets.
//!
//! 郵送の別: certificates go by registered mail because they can be misused; notices go by ordinary mail.

use crate::correspondence::LetterKind;
use crate::left_out;

/// Left out where the person belongs to the household no longer, or somebody's facts in it changed since.
macro_rules! moved {
    () => {
        "NOT EXISTS (SELECT 1 FROM membership_fact m WHERE m.person_id = l.person_id AND m.superseded_at IS NULL \
           AND m.household_id = l.household_id) \
         OR EXISTS (SELECT 1 FROM membership_fact m JOIN person_fact p ON p.person_id = m.person_id \
           AND p.superseded_at IS NULL AND p.recorded_at > l.issued_at \
           WHERE m.household_id = l.household_id AND m.superseded_at IS NULL)"
    };
}

/// The same, or where the person is insured no longer.
macro_rules! ended {
    () => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM eligibility_fact e WHERE e.person_id = l.person_id \
             AND e.superseded_at IS NULL AND e.valid_until IS NULL) OR ",
            moved!()
        )
    };
}

pub const CERTIFICATE: LetterKind = LetterKind::printed(
    "eligibility_certificate",
    "registered",
    left_out!("eligibility_certificate", ended!()),
);
pub const NOTICE: LetterKind = LetterKind::printed(
    "eligibility_notice",
    "ordinary",
    left_out!("eligibility_notice", ended!()),
);
pub const INCOME_REPORT: LetterKind = LetterKind::printed(
    "income_report",
    "ordinary",
    left_out!("income_report", moved!()),
);

pub const LETTERS: &[&LetterKind] = &[
    &CERTIFICATE,
    &NOTICE,
    &INCOME_REPORT,
    &LetterKind::single("recipient_certificate"),
    &LetterKind::single("limit_certificate"),
    &LetterKind::single("disease_certificate"),
    &LetterKind::single("residence_inquiry"),
    &LetterKind::single("facility_inquiry"),
    &LetterKind::single("loss_urging"),
    &LetterKind::single("relief_inquiry"),
];
