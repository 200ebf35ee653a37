//! 日次の連携の受渡し: which files come in and leave.

use super::{results, send};
use crate::transfer::{Carrying, FileTransfer, Inbound, Incoming, Outbound};
use kokuho_shared::api::import::FileKind;
use kokuho_shared::linkage::link_record::LinkKind;

/// Results of what was told.
pub struct Results;
/// Files of the city's own registers, which come in like those from the screen.
pub struct Registers;
/// Records and requests that wait to leave.
pub struct Records;

const FEDERATION: &str = "federation_result_";
const MARK: &str = "resident_mark_result_";

impl Inbound for Results {
    fn begins(&self) -> &[&'static str] {
        &[FEDERATION, MARK]
    }

    fn take_in<'a>(&'a self, courier: &'a FileTransfer, file: &'a Incoming) -> Carrying<'a> {
        let (name, spool) = (file.name.as_str(), &file.spool);
        let kind = match name.starts_with(FEDERATION) {
            true => LinkKind::Federation,
            false => LinkKind::ResidentMark,
        };
        Box::pin(results::take_in(courier, kind, name, spool))
    }
}

const RESIDENTS: &str = "residents_";
const INCOMES: &str = "incomes_";

impl Inbound for Registers {
    fn begins(&self) -> &[&'static str] {
        &[RESIDENTS, INCOMES]
    }

    fn take_in<'a>(&'a self, courier: &'a FileTransfer, file: &'a Incoming) -> Carrying<'a> {
        let kind = match file.name.starts_with(RESIDENTS) {
            true => FileKind::Residents,
            false => FileKind::Incomes,
        };
        Box::pin(results::register(
            courier,
            kind,
            &file.name,
            file.spool.clone(),
        ))
    }
}

impl Outbound for Records {
    fn send<'a>(&'a self, courier: &'a FileTransfer) -> Carrying<'a> {
        Box::pin(async move { send(courier).await.map(|_| ()) })
    }
}
