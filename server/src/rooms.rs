//! All rooms, one line for each.

use crate::error::ServiceError;
use crate::facts::Listeners;
use crate::http::Route;
use crate::jobs::work::AnyWork;
use crate::lookup::NumberLookup;
use crate::room::Room;
use crate::store::Db;
use crate::transfer::Ports;
use crate::{
    access, assessment, audit, checks, collection, correspondence, eligibility, jobs, ledger,
    linkage, provision,
};
use std::sync::LazyLock;

pub const ROOMS: [&Room; 5] = [
    &eligibility::ROOM,
    &assessment::ROOM,
    &collection::ROOM,
    &linkage::ROOM,
    &provision::ROOM,
];

/// The database, with the rooms hearing of every change of facts in it.
pub fn with_listeners(db: Db) -> Db {
    static LISTENERS: LazyLock<Listeners> = LazyLock::new(|| {
        let listening = ROOMS.iter().filter_map(|room| room.on_change);
        Listeners(listening.collect())
    });
    db.with(&*LISTENERS)
}

/// What was looked at in the ledger, and what breaks a rule anywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleVerification {
    pub journals: i64,
    pub broken: Vec<String>,
}

/// Every rule of every owner of tables.
pub async fn verify(db: &Db) -> Result<RuleVerification, ServiceError> {
    let rules = ROOMS.iter().flat_map(|room| room.rules);
    Ok(RuleVerification {
        journals: ledger::verify::journals(db).await?,
        broken: checks::broken(db, ledger::verify::RULES.iter().chain(rules)).await?,
    })
}

/// 最終状態: the hash of everything that was decided, booked and told.
pub async fn state(db: &Db) -> Result<String, ServiceError> {
    checks::hash(db, state_tables()).await
}

/// The tables of the state, by owner: decided, booked, told, asked for, and the rest.
fn state_tables() -> Vec<&'static str> {
    let owners = [
        assessment::ROOM.state,
        ledger::verify::STATE,
        correspondence::STATE,
        collection::ROOM.state,
        eligibility::ROOM.state,
        linkage::ROOM.state,
        provision::ROOM.state,
    ];
    owners.concat()
}

/// Everything that comes in and leaves as files.
pub fn ports() -> Ports {
    let rooms = ROOMS.iter();
    Ports {
        inbound: rooms
            .clone()
            .flat_map(|room| room.inbound)
            .copied()
            .collect(),
        outbound: rooms.flat_map(|room| room.outbound).copied().collect(),
    }
}

/// The routes of all rooms, and of foundations that have some.
pub fn routes() -> Vec<Route> {
    [
        access::routes::routes(),
        audit::routes::routes(),
        jobs::routes::routes(),
        ledger::routes::routes(),
        correspondence::routes::routes(),
        eligibility::routes::routes(),
        assessment::routes::routes(),
        collection::routes::routes(),
        linkage::routes::routes(),
        provision::routes::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Every number by which somebody is found.
pub fn numbers() -> Vec<&'static dyn NumberLookup> {
    let numbers = ROOMS.iter().flat_map(|room| room.numbers);
    numbers.copied().collect()
}

/// Everything that a worker can do.
pub fn works() -> Vec<&'static dyn AnyWork> {
    let works = ROOMS.iter().flat_map(|room| room.works);
    works.copied().collect()
}

/// A work by its key.
pub fn work(key: &str) -> Result<&'static dyn AnyWork, ServiceError> {
    jobs::work::find(&works(), key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup;
    use kokuho_shared::api::document::DocumentKind;
    use std::collections::BTreeSet;

    #[test]
    fn the_state_holds_the_tables_of_every_room() {
        let of_rooms = ROOMS.iter().flat_map(|room| room.state);
        let state = state_tables();
        for table in of_rooms {
            assert!(state.contains(table), "{table}");
        }
    }

    #[test]
    fn no_two_kinds_of_letters_share_a_key_and_every_document_is_of_one() {
        let kinds = ROOMS.iter().flat_map(|room| room.letters);
        let keys: Vec<&str> = kinds.map(|kind| kind.key).collect();
        let distinct: BTreeSet<&str> = keys.iter().copied().collect();
        assert_eq!(keys.len(), distinct.len());
        for kind in DocumentKind::ALL {
            assert!(distinct.contains(kind.key()), "{}", kind.key());
        }
    }

    #[test]
    fn the_state_has_the_part_of_every_room() {
        let tables = state_tables();
        for room in ROOMS {
            let has = |table| tables.contains(table);
            assert!(room.state.iter().all(has), "{}", room.name);
        }
    }

    #[test]
    fn no_two_numbers_share_a_name_and_each_says_where_its_own_stands() {
        let labels: BTreeSet<&str> = numbers().iter().map(|number| number.label()).collect();
        assert_eq!(labels.len(), numbers().len());
        for number in numbers() {
            for marker in [lookup::NUMBER, lookup::KNOWN_AT] {
                assert!(number.sql().contains(marker), "{}", number.label());
            }
        }
    }

    #[test]
    fn a_number_with_wrong_check_digits_is_of_no_other_kind() {
        let right = kokuho_letters::SlipNumber::of(26, 26, 12_345, 0).unwrap();
        let (rest, last) = right.as_str().split_at(15);
        let wrong = format!("{rest}{}", (last.parse::<u32>().unwrap() + 1) % 10);
        let asked = |text: &str| lookup::asked(&numbers(), &lookup::Typed::of(text));
        assert_eq!(asked(right.as_str()).unwrap().len(), 1);
        assert!(asked(&wrong).is_err());
    }

    #[test]
    fn no_file_is_taken_in_by_two() {
        let all = ports().inbound;
        let begins: Vec<&str> = all
            .iter()
            .flat_map(|inbound| inbound.begins())
            .copied()
            .collect();
        let distinct: BTreeSet<&str> = begins.iter().copied().collect();
        assert_eq!(begins.len(), distinct.len());
        assert!(begins.len() > 10);
    }

    #[test]
    fn no_two_works_share_a_key_and_each_is_its_own_rival() {
        let keys: BTreeSet<&str> = works().iter().map(|work| work.key()).collect();
        assert_eq!(keys.len(), works().len());
        for work in works() {
            assert!(
                work.conflicting_works().contains(&work.key()),
                "{}",
                work.key()
            );
            assert!(
                work.conflicting_works()
                    .iter()
                    .all(|rival| keys.contains(rival))
            );
        }
    }
}
