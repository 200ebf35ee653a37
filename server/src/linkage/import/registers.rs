//! Incomes and the eligibility register, piece by piece.

use super::super::eligibility_file::{self, EligibilityLine};
use super::super::pieces::Lines;
use super::super::{current_facts, incomes_file};
use super::changes::Changes;
use super::writer::{Writer, numbers_of};
use crate::error::ServiceError;
use crate::exchange::FileError;
use crate::exchange::layout::Layout;
use crate::facts::incomes::{IncomeFact, income_row};
use crate::facts::tables::{ELIGIBILITIES, INCOMES};
use crate::row;
use crate::store::{Row, Tx};
use kokuho_shared::api::import::ImportRun;
use kokuho_shared::ids::PersonId;

impl Writer<'_> {
    pub(super) async fn incomes(
        &self,
        tx: &mut Tx,
        lines: &Lines<incomes_file::Line>,
        run: &mut ImportRun,
    ) -> Result<(), ServiceError> {
        let mut pieces = lines.pieces();
        while let Some(piece) = pieces.recv().await {
            let piece = piece.map_err(|why| self.bad(why))?;
            let numbers: Vec<&str> = numbers_of(piece.iter().map(|line| &line.resident_number));
            tx.give_way().await;
            let persons = current_facts::persons(tx, &numbers).await?;
            let ids: Vec<PersonId> = persons.values().copied().collect();
            let known = current_facts::incomes(tx, &ids).await?;
            let mut changes = Changes::default();
            for line in piece {
                let person_id = persons.get(&line.resident_number).copied();
                let unknown = || self.bad(nobody(&line, self.layout));
                let fact = IncomeFact {
                    person_id: person_id.ok_or_else(unknown)?,
                    ..line.fact
                };
                let found = known.get(&(fact.person_id, fact.income_year));
                let same = found.is_some_and(|row| row.line() == fact);
                changes.compare(found.map(|row| row.id), same, || {
                    income_row(self.due.id, self.at, &fact)
                });
            }
            changes.count(run);
            self.write(tx, &INCOMES, changes).await?;
            self.report_progress(run);
        }
        Ok(())
    }

    pub(super) async fn eligibility(
        &self,
        tx: &mut Tx,
        lines: &Lines<eligibility_file::Line>,
        run: &mut ImportRun,
    ) -> Result<(), ServiceError> {
        let mut pieces = lines.pieces();
        while let Some(piece) = pieces.recv().await {
            let piece = piece.map_err(|why| self.bad(why))?;
            let heads = piece.iter().map(|line| &line.head_resident_number);
            let own = piece.iter().map(|line| &line.resident_number);
            tx.give_way().await;
            let persons = current_facts::registered(tx, &numbers_of(own.chain(heads))).await?;
            let ids: Vec<PersonId> = persons.values().map(|one| one.person_id).collect();
            let known = current_facts::eligibilities(tx, &ids).await?;
            let mut changes = Changes::default();
            for line in piece {
                let line = eligibility_file::of_person(line, &persons, self.layout)
                    .map_err(|why| self.bad(why))?;
                let found = known.get(&(line.person_id, line.acquired_on));
                let same = found.is_some_and(|row| row.says(&line));
                changes.compare(found.map(|row| row.id), same, || {
                    eligibility_row(self.due.id, self.at, &line)
                });
            }
            changes.count(run);
            self.write(tx, &ELIGIBILITIES, changes).await?;
            self.report_progress(run);
        }
        Ok(())
    }
}

fn nobody(line: &incomes_file::Line, layout: &Layout) -> FileError {
    let text = format!("「{}」という住民はいません", line.resident_number);
    FileError::new(text)
        .at_line(line.line)
        .at_column(layout.column("resident_number"))
}

/// A row of `eligibility_fact`; its id is set when it is written.
fn eligibility_row(change: i64, at: i64, line: &EligibilityLine) -> Row {
    row! {
        id: 0,
        person_id: line.person_id,
        change_id: change,
        valid_from: line.acquired_on,
        valid_until: line.lost_on,
        recorded_at: at,
        insurer_number: line.insurer_number.clone(),
        insured_number: line.insured_number.clone(),
        branch: line.branch.clone(),
        acquired_reason: line.acquired_reason,
        lost_reason: line.lost_reason,
    }
}
