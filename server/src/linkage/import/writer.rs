//! The facts of an import: what is new is added, what is no longer so ends, the same writes nothing.
//! Here the residents; `registers` has the others.

use super::super::current_facts::{self, CurrentResidents};
use super::super::household_moves::{LineError, Moves, Planned};
use super::super::packed_number::number;
use super::super::pieces::Lines;
use super::super::residents_file::{Line, Resident};
use super::Delivery;
use super::changes::Changes;
use crate::error::ServiceError;
use crate::exchange::layout::Layout;
use crate::exchange::{FileError, characters};
use crate::facts::tables::{EARLIER_MEMBERSHIPS, MEMBERSHIPS, PERSONS, write_rare};
use crate::facts::{Change, FactChange, FactTable, announce};
use crate::row;
use crate::store::{Row, Tx};
use kokuho_shared::api::files::Rare;
use kokuho_shared::api::import::{ImportRun, Progress};
use kokuho_shared::ids::{HouseholdId, PersonId};
use kokuho_shared::text::{fold_kana, fold_place};
use std::collections::{BTreeSet, HashSet};

pub(super) struct Writer<'a> {
    pub(super) due: Change,
    pub(super) at: i64,
    pub(super) tell: &'a (dyn Fn(Progress) + Send + Sync),
    pub(super) total: u64,
    pub(super) delivery: &'a Delivery,
    pub(super) layout: &'a Layout,
}

/// The most ids for which households are looked up in one statement.
const AT_ONCE: usize = 2_000;

impl Writer<'_> {
    /// Ends the old facts and adds the new ones. Returns the first id.
    pub(super) async fn write(
        &self,
        tx: &mut Tx,
        table: &FactTable,
        changes: Changes,
    ) -> Result<i64, ServiceError> {
        let Changes {
            added, superseded, ..
        } = changes;
        table.write(tx, &superseded, added, self.at).await
    }

    pub(super) fn report_progress(&self, run: &ImportRun) {
        let done = run.added + run.changed + run.unchanged;
        (self.tell)(Progress::Writing {
            done: u64::try_from(done).unwrap_or(0),
            total: self.total,
        });
    }

    pub(super) fn bad(&self, why: FileError) -> ServiceError {
        self.delivery.bad(why)
    }

    fn refused(&self, why: LineError) -> ServiceError {
        self.bad(why.at(self.layout))
    }

    /// Where the households of the file are: read once, before anything is written.
    async fn moves(
        &self,
        tx: &mut Tx,
        lines: &Lines<Line>,
        numbers: &HashSet<u64>,
        nobody: bool,
    ) -> Result<Moves, ServiceError> {
        let count = usize::try_from(self.total).unwrap_or(usize::MAX);
        let mut moves = Moves::new(tx.take_ids("household", count).await?);
        let mut pieces = lines.pieces();
        while let Some(piece) = pieces.recv().await {
            let piece = piece.map_err(|why| self.bad(why))?;
            let known = known_of(tx, &piece, nobody).await?;
            let heads = match nobody {
                true => Vec::new(),
                false => Moves::new_heads(&piece, &known),
            };
            let living = current_facts::living(tx, &heads).await?;
            moves.note(&piece, &known, &living, numbers);
        }
        for left in moves.left().chunks(AT_ONCE) {
            let mut behind = current_facts::living_in(tx, left).await?;
            behind.retain(|(_, one)| !numbers.contains(&number(one)));
            moves
                .refuse_behind(&behind)
                .map_err(|why| self.refused(why))?;
        }
        moves.refuse_left_out().map_err(|why| self.refused(why))?;
        Ok(moves)
    }

    pub(super) async fn residents(
        &self,
        tx: &mut Tx,
        lines: &Lines<Line>,
        numbers: &HashSet<u64>,
        run: &mut ImportRun,
    ) -> Result<(), ServiceError> {
        let nobody = current_facts::nobody(tx).await?;
        let moves = self.moves(tx, lines, numbers, nobody).await?;
        let count = usize::try_from(self.total).unwrap_or(usize::MAX);
        let mut next_person = tx.take_ids("person", count).await?;
        let mut pieces = lines.pieces();
        while let Some(piece) = pieces.recv().await {
            let piece = piece.map_err(|why| self.bad(why))?;
            let known = known_of(tx, &piece, nobody).await?;
            let ids: Vec<PersonId> = known.values().map(|known| known.person_id).collect();
            let before = current_facts::earlier(tx, &ids).await?;
            let planned = moves.plan(piece, &known, &before);
            let (planned, unchanged) = planned.map_err(|why| self.refused(why))?;
            run.unchanged += unchanged;
            self.piece(tx, planned, &known, &mut next_person, run)
                .await?;
            self.report_progress(run);
        }
        Ok(())
    }

    /// Writes what some lines say that is new.
    async fn piece(
        &self,
        tx: &mut Tx,
        planned: Vec<Planned>,
        known: &CurrentResidents,
        next_person: &mut i64,
        run: &mut ImportRun,
    ) -> Result<(), ServiceError> {
        let (mut persons, mut memberships) = (Changes::default(), Changes::default());
        let mut earlier = Changes::default();
        let (mut moved, mut left) = (Vec::new(), BTreeSet::new());
        let mut rare = Vec::new();
        for (place, plan) in (0..).zip(planned) {
            let found = known.get(&plan.line.resident_number);
            if let Some(known) = found {
                persons.superseded.push(known.person_fact);
                memberships.superseded.push(known.membership_fact);
                run.changed += 1;
            } else {
                run.added += 1;
            }
            let person_id = found.map_or(PersonId(*next_person), |known| known.person_id);
            *next_person += i64::from(found.is_none());
            if found.is_none_or(|known| plan.concerns_premium(known)) {
                moved.push(person_id);
                left.extend(found.map(|known| known.household_id));
            }
            earlier.superseded.extend(&plan.earlier.superseded);
            let rows = plan.earlier.added.iter();
            earlier.added.extend(rows.map(|one| self.earlier_row(one)));
            memberships
                .added
                .push(self.membership_row(person_id, &plan));
            rare.extend(rare_characters(place, &plan.line));
            persons.added.push(self.person_row(person_id, plan.line));
        }
        let first = self.write(tx, &PERSONS, persons).await?;
        self.write(tx, &MEMBERSHIPS, memberships).await?;
        self.write(tx, &EARLIER_MEMBERSHIPS, earlier).await?;
        let rare: Vec<Row> = rare.into_iter().map(|one| one.row(first)).collect();
        write_rare(tx, &rare).await?;
        let left: Vec<HouseholdId> = left.into_iter().collect();
        let news = FactChange::Moved {
            persons: &moved,
            left: &left,
        };
        announce(tx, self.due, news).await
    }

    fn person_row(&self, person_id: PersonId, line: Resident) -> Row {
        row! {
            id: 0,
            person_id,
            change_id: self.due.id,
            valid_from: line.since,
            valid_until: line.until,
            recorded_at: self.at,
            resident_number: line.resident_number,
            name: line.name.clone(),
            kana: line.kana.clone(),
            name_folded: fold_kana(&line.name),
            kana_folded: fold_kana(&line.kana),
            birth_date: line.birth_date,
            sex: line.sex,
            postcode: line.postcode,
            address: line.address.clone(),
            ward: line.ward,
            place: fold_place(&line.address),
        }
    }

    fn membership_row(&self, person_id: PersonId, plan: &Planned) -> Row {
        row! {
            id: 0,
            household_id: plan.household_id,
            person_id,
            change_id: self.due.id,
            valid_from: plan.from,
            valid_until: plan.line.until,
            recorded_at: self.at,
            household_number: plan.line.household_number.clone(),
            relation: plan.line.relation.clone(),
            head: plan.line.head,
            moved_in: plan.moved_in,
        }
    }

    fn earlier_row(&self, one: &current_facts::Earlier) -> Row {
        row! {
            id: 0,
            household_id: one.household_id,
            person_id: one.person_id,
            change_id: self.due.id,
            valid_from: one.from,
            valid_until: one.until,
            recorded_at: self.at,
            household_number: one.household_number.clone(),
            relation: one.relation.clone(),
            head: one.head,
            moved_in: one.moved_in,
        }
    }
}

pub(super) fn numbers_of<'l>(numbers: impl Iterator<Item = &'l String>) -> Vec<&'l str> {
    let mut numbers: Vec<&str> = numbers.map(String::as_str).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

async fn known_of(
    tx: &mut Tx,
    piece: &[Line],
    nobody: bool,
) -> Result<CurrentResidents, ServiceError> {
    if nobody {
        return Ok(CurrentResidents::new());
    }
    tx.give_way().await;
    let numbers = piece.iter().map(|line| &line.resident.resident_number);
    current_facts::residents(tx, &numbers_of(numbers)).await
}

/// A character at which somebody has to look, in the fact that is the `place`th to be written (0 is the first).
struct RareCharacter {
    place: i64,
    field: &'static str,
    character: String,
    sort: Rare,
}

impl RareCharacter {
    /// `first`: the id of the first fact.
    fn row(self, first: i64) -> Row {
        row! {
            person_fact_id: first + self.place,
            field: self.field,
            character: self.character,
            sort: self.sort.key(),
        }
    }
}

fn rare_characters(place: i64, line: &Resident) -> Vec<RareCharacter> {
    let texts = [
        ("name", &line.name),
        ("kana", &line.kana),
        ("address", &line.address),
    ];
    let all = texts.into_iter().flat_map(|(field, text)| {
        let found = characters::rare(text).into_iter();
        found.map(move |(character, sort)| RareCharacter {
            place,
            field,
            character,
            sort,
        })
    });
    all.collect()
}
