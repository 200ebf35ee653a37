//! 賦課: decisions, the yearly run, letters, verification, and the public estimate.

mod basis;
mod change_reasons;
pub mod decisions;
mod draft;
pub mod encoding;
pub mod notice;
pub mod pension;
mod redecision;
pub mod reliefs;
pub mod routes;
pub mod run;
mod time_limit;
pub mod totals;
pub mod verify;
pub mod whatif;

use crate::correspondence::{LetterKind, Series};
use crate::room::Room;
use kokuho_shared::api::run::RunKind;
use run::{mailing, review, yearly};

pub const ROOM: Room = Room {
    name: "assessment",
    works: &[
        &yearly::Run(RunKind::Yearly),
        &yearly::Run(RunKind::Provisional),
        &yearly::Run(RunKind::Monthly),
        &review::Check,
        &mailing::Letters,
    ],
    on_change: Some(&redecision::Due),
    inbound: &[&pension::files::FromPensions],
    outbound: &[&pension::files::ToPensions],
    rules: verify::RULES,
    state: verify::STATE,
    letters: &[&notice::NOTICE, &LetterKind::single("relief_notice")],
    numbers: &[&Series {
        label: "通知書番号",
        prefix: "",
    }],
};
