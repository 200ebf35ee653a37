//! 業務 (room): what a kind of work brings to the house, named once.

use crate::checks::Rule;
use crate::correspondence::LetterKind;
use crate::facts::Listener;
use crate::jobs::work::AnyWork;
use crate::lookup::NumberLookup;
use crate::transfer::{Inbound, Outbound};

/// A kind of work of the office. Its routes stand in its `routes.rs`, which knows the web.
pub struct Room {
    pub name: &'static str,
    /// 処理: what it does over the whole city.
    pub works: &'static [&'static dyn AnyWork],
    /// 文書の種類: what it sends on paper.
    pub letters: &'static [&'static LetterKind],
    /// 番号: what it gives out by which somebody is found.
    pub numbers: &'static [&'static dyn NumberLookup],
    /// What it does when facts change.
    pub on_change: Option<&'static dyn Listener>,
    /// What it takes in and sends as files.
    pub inbound: &'static [&'static dyn Inbound],
    pub outbound: &'static [&'static dyn Outbound],
    /// 検証: what must hold of its tables.
    pub rules: &'static [Rule],
    /// SQL: its part of the state's hash.
    pub state: &'static [&'static str],
}
