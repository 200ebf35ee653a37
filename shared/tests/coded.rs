//! The words and names of every enum are the ones of `coded.txt`, each line an enum, a word and its
//! name. A word is stored and sent: a line may be added and a name put better, but no word changes.

use kokuho_shared::assessment::household::IncomeStatus;
use kokuho_shared::assessment::premium::circumstances::Kind;
use kokuho_shared::assessment::trial::change::Cause;
use kokuho_shared::collection::booking::{JournalKind, LedgerAccount};
use kokuho_shared::eligibility::reasons::{AcquisitionReason, LossReason};
use kokuho_shared::eligibility::{bracket, duplicate, facility, papers, student};
use kokuho_shared::linkage::{basis, inquiry, link_record};
use kokuho_shared::provision::request;
use kokuho_shared::{access, api, assessment::relief};
use std::any::type_name;
use std::fmt::Debug;

/// How an enum turns into its words and back.
struct Words<T> {
    key: fn(T) -> &'static str,
    of_key: fn(&str) -> Option<T>,
    name: fn(T) -> &'static str,
}

fn lines<T: Copy + Debug + PartialEq>(
    all: &[T],
    Words { key, of_key, name }: Words<T>,
) -> Vec<String> {
    let of = type_name::<T>().rsplit("::").next().unwrap();
    assert_eq!(of_key("no such word"), None);
    let line = |each: &T| {
        let (word, name) = (key(*each), name(*each));
        assert_eq!(of_key(word), Some(*each));
        assert_ne!(name, word, "{of} {each:?} has no name");
        format!("{of} {word} {name}").trim_end().to_owned()
    };
    all.iter().map(line).collect()
}

macro_rules! named {
    ($($of:ty),* $(,)?) => {
        [$(lines(&<$of>::ALL, Words { key: <$of>::key, of_key: <$of>::of_key, name: <$of>::name })),*].concat()
    };
}

/// Those that are sent by the same word.
macro_rules! sent {
    ($($of:ty),* $(,)?) => {{
        $(for each in <$of>::ALL {
            assert_eq!(serde_json::to_value(each).unwrap(), each.key());
        })*
        named![$($of),*]
    }};
}

#[test]
fn no_word_of_an_enum_changes_and_each_has_its_name() {
    let mut found = sent![
        access::Role,
        api::access::RequestKind,
        api::audit::AuditAction,
        api::document::DocumentKind,
        api::document::DocumentState,
        api::document::AskedOf,
        api::import::FileKind,
        api::issued::IssuedState,
        api::slip::SlipState,
        api::job::JobState,
        api::pension::PensionState,
        api::queue::QueueKind,
        api::relief::ReliefState,
        api::review::FindingKind,
        api::session::AccountChange,
        api::session::Environment,
        IncomeStatus,
        relief::ReliefKind,
        Cause,
        LedgerAccount,
        JournalKind,
        bracket::TaxStatus,
        duplicate::DuplicateState,
        facility::FacilityKind,
        papers::CardStatus,
        papers::Disease,
        AcquisitionReason,
        LossReason,
        student::StudentEnd,
        basis::Dataset,
        basis::Holder,
        inquiry::InquiryState,
        link_record::LinkKind,
        link_record::LinkState,
        request::ProvisionKind,
        request::ProvisionState,
        request::ProvisionDecision,
    ];
    found.extend(named![api::files::Rare, api::run::RunKind]);
    let kinds = Words {
        key: Kind::key,
        of_key: Kind::of_key,
        name: |_| "",
    };
    found.extend(lines(&Kind::ALL, kinds));
    let known = include_str!("coded.txt").lines();
    for (line, known) in found.iter().zip(known.clone()) {
        assert_eq!(line, known);
    }
    assert_eq!(found.len(), known.count());
}
