//! The first reading of a file: every line by itself and beside all others, before anything is locked.

use super::super::pieces::Lines;
use super::super::{eligibility_file, incomes_file, residents_file};
use super::{Delivery, levies_assets};
use crate::error::ServiceError;
use crate::exchange::layout::{self, Layout};
use crate::exchange::table::Whole;
use kokuho_shared::api::import::FileKind;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// A file without fault in itself, and how it is read again.
pub(super) enum CheckedFile {
    /// With everybody in the file.
    Residents(Lines<residents_file::Line>, Whole, HashSet<u64>),
    Incomes(Lines<incomes_file::Line>, Whole),
    Eligibility(Lines<eligibility_file::Line>, Whole),
}

impl CheckedFile {
    pub(super) fn whole(&self) -> &Whole {
        match self {
            CheckedFile::Residents(_, whole, _)
            | CheckedFile::Incomes(_, whole)
            | CheckedFile::Eligibility(_, whole) => whole,
        }
    }
}

pub(super) async fn check(
    delivery: &Delivery,
    layout: &Arc<Layout>,
) -> Result<CheckedFile, ServiceError> {
    match delivery.kind {
        FileKind::Residents => residents(delivery, layout).await,
        FileKind::Incomes => incomes(delivery, layout).await,
        FileKind::Eligibility => eligibility(delivery, layout).await,
    }
}

async fn residents(delivery: &Delivery, layout: &Arc<Layout>) -> Result<CheckedFile, ServiceError> {
    let wards = layout::wards(&delivery.municipality, delivery.layouts.as_deref());
    let around = residents_file::Around {
        today: delivery.clock.today(),
        wards: wards.map_err(|why| delivery.bad(why))?,
    };
    let lines = Lines {
        spool: delivery.file.clone(),
        layout: layout.clone(),
        parse: Arc::new(move |row| residents_file::line(row, &around)),
    };
    let read = lines
        .check(residents_file::Checks::default(), |checks, row, line| {
            checks.add(row, &line)
        })
        .await?;
    let (whole, checks) = read.map_err(|why| delivery.bad(why))?;
    checks
        .end(&whole, layout)
        .map_err(|why| delivery.bad(why))?;
    Ok(CheckedFile::Residents(lines, whole, checks.numbers))
}

async fn incomes(delivery: &Delivery, layout: &Arc<Layout>) -> Result<CheckedFile, ServiceError> {
    let municipality = delivery.municipality.clone();
    let around = incomes_file::Around {
        expected_year: incomes_file::expected_year(delivery.clock.today()),
        levies: remembered(move |year| levies_assets(&municipality, year)),
    };
    let lines = Lines {
        spool: delivery.file.clone(),
        layout: layout.clone(),
        parse: Arc::new(move |row| incomes_file::line(row, &around)),
    };
    let checks = (incomes_file::Checks::default(), false);
    let read = lines
        .check(checks, |(checks, assets), row, line| {
            *assets = incomes_file::brings_assets(row);
            checks.add(row, &line)
        })
        .await?;
    let (whole, (checks, assets)) = read.map_err(|why| delivery.bad(why))?;
    checks
        .end(&whole, assets)
        .map_err(|why| delivery.bad(why))?;
    Ok(CheckedFile::Incomes(lines, whole))
}

async fn eligibility(
    delivery: &Delivery,
    layout: &Arc<Layout>,
) -> Result<CheckedFile, ServiceError> {
    let lines = Lines {
        spool: delivery.file.clone(),
        layout: layout.clone(),
        parse: Arc::new(eligibility_file::line),
    };
    let read = lines
        .check(eligibility_file::Checks::default(), |checks, row, line| {
            checks.add(row, &line)
        })
        .await?;
    let (whole, checks) = read.map_err(|why| delivery.bad(why))?;
    checks.end(&whole).map_err(|why| delivery.bad(why))?;
    Ok(CheckedFile::Eligibility(lines, whole))
}

/// The same answers, each looked up once: a file has many lines of the same year.
fn remembered(
    look: impl Fn(i64) -> bool + Send + Sync + 'static,
) -> Box<dyn Fn(i64) -> bool + Send + Sync> {
    let known = Mutex::new(BTreeMap::new());
    Box::new(move |year| {
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        *known.entry(year).or_insert_with(|| look(year))
    })
}
