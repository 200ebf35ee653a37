//! もし料率が違ったら: other rules over every decided household of a year, in memory and in parts, so
//! that first figures stand there at once. Nothing is written.

use crate::error::ServiceError;
use crate::figures;
use crate::on_db;
use crate::store::Db;
use kokuho_shared::api::whatif::{SolveWish, WhatIfView, WhatIfWish};
use kokuho_shared::assessment::household::Household;
use kokuho_shared::assessment::premium::workspace::Workspace;
use kokuho_shared::assessment::rules::Rules;
use kokuho_shared::assessment::trial::whatif::{self, Solved, Tally, Trial};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::HouseholdId;
use sqlx::FromRow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Households of a part.
const PART: i64 = 4_000;
/// Parts that are worked on at once.
const AT_ONCE: usize = 4;
/// Trials stay findable until so many newer ones came.
const KEPT: usize = 20;

/// The trials of this server process.
#[derive(Clone, Default)]
pub struct WhatIfs {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    last: u64,
    all: BTreeMap<u64, Arc<Mutex<Progress>>>,
}

struct Progress {
    fiscal_year: FiscalYear,
    decisions: i64,
    done: i64,
    finished: bool,
    problem: Option<String>,
    tally: Tally,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl WhatIfs {
    /// Begins a trial and returns its number at once; refused where its rules are none.
    pub async fn start(
        &self,
        db: &Db,
        wish: WhatIfWish,
        municipality: &str,
    ) -> Result<WhatIfView, ServiceError> {
        let assessor = figures::assessor(municipality, wish.fiscal_year)?;
        let trial = Trial {
            rates: wish.rates,
            thresholds: wish.thresholds,
            rounding: wish.rounding,
            options: wish.options,
        };
        let rules = trial.rules(&assessor.parameters)?;
        let range = range(db, wish.fiscal_year).await?;
        if range.decisions == 0 {
            let text = "この年度の決定がありません。先に年次賦課を行ってください";
            return Err(ServiceError::invalid_at("fiscal_year", text));
        }
        let progress = Arc::new(Mutex::new(Progress {
            fiscal_year: wish.fiscal_year,
            decisions: range.decisions,
            done: 0,
            finished: false,
            problem: None,
            tally: Tally::default(),
        }));
        let id = self.keep(progress.clone());
        let both = Arc::new((assessor.rules, rules));
        tokio::spawn(run(db.clone(), range, both, progress));
        self.view(id).ok_or(ServiceError::NotFound("試算"))
    }

    fn keep(&self, progress: Arc<Mutex<Progress>>) -> u64 {
        let mut inner = lock(&self.inner);
        inner.last += 1;
        let id = inner.last;
        inner.all.insert(id, progress);
        while inner.all.len() > KEPT {
            inner.all.pop_first();
        }
        id
    }

    /// What is known so far.
    pub fn view(&self, id: u64) -> Option<WhatIfView> {
        let progress = lock(&self.inner).all.get(&id).cloned()?;
        let progress = lock(&progress);
        Some(WhatIfView {
            id,
            fiscal_year: progress.fiscal_year,
            decisions: progress.decisions,
            done: progress.done,
            finished: progress.finished,
            problem: progress.problem.clone(),
            outcome: progress.tally.outcome(),
        })
    }
}

#[derive(Clone, Copy, FromRow)]
struct Range {
    first: i64,
    last: i64,
    /// Decided households.
    decisions: i64,
    fiscal_year: FiscalYear,
}

async fn range(db: &Db, fiscal_year: FiscalYear) -> Result<Range, ServiceError> {
    const SQL: &str = "SELECT COALESCE(MIN(household_id), 0) AS first, COALESCE(MAX(household_id), 0) AS last, \
        COUNT(DISTINCT household_id) AS decisions, CAST($1 AS BIGINT) AS fiscal_year FROM decision \
        WHERE fiscal_year = $2 AND NOT provisional";
    let year = fiscal_year;
    Ok(on_db!(db, pool => sqlx::query_as(SQL).bind(year).bind(year).fetch_one(pool).await?))
}

/// The newest inputs of the households of a part, by id.
async fn inputs(
    db: &Db,
    first: i64,
    range: Range,
) -> Result<BTreeMap<HouseholdId, String>, ServiceError> {
    const SQL: &str = "SELECT household_id, inputs FROM decision \
        WHERE household_id BETWEEN $1 AND $2 AND fiscal_year = $3 \
        AND NOT provisional ORDER BY household_id, sequence";
    let last = (first + PART - 1).min(range.last);
    let rows: Vec<(HouseholdId, String)> = on_db!(db, pool => sqlx::query_as(SQL).bind(first).bind(last)
        .bind(range.fiscal_year).fetch_all(pool).await?);
    // In the order of their sequence: the newest stays.
    Ok(rows.into_iter().collect())
}

async fn run(db: Db, range: Range, both: Arc<(Rules, Rules)>, progress: Arc<Mutex<Progress>>) {
    let mut works = tokio::task::JoinSet::new();
    let mut first = range.first;
    let mut problem = None;
    loop {
        while works.len() < AT_ONCE && first <= range.last && problem.is_none() {
            works.spawn(part(db.clone(), first, range, both.clone()));
            first += PART;
        }
        match works.join_next().await {
            None => break,
            Some(Ok(Ok(tally))) => {
                let mut progress = lock(&progress);
                progress.done += tally.seen();
                progress.tally.add(tally);
            }
            Some(Ok(Err(why))) => problem = Some(why.problem().message),
            Some(Err(_)) => problem = Some("試算の途中で内部エラーが起きました".to_owned()),
        }
    }
    let mut progress = lock(&progress);
    progress.problem = problem;
    progress.finished = true;
}

async fn part(
    db: Db,
    first: i64,
    range: Range,
    both: Arc<(Rules, Rules)>,
) -> Result<Tally, ServiceError> {
    let rows = inputs(&db, first, range).await?;
    let work = tokio::task::spawn_blocking(move || {
        let (mut tally, mut workspace) = (Tally::default(), Workspace::default());
        for (id, text) in &rows {
            let household: Household = serde_json::from_str(text)?;
            tally.see(*id, &household, &both.0, &both.1, &mut workspace);
        }
        Ok(tally)
    });
    work.await
        .map_err(|_| ServiceError::Internal("what-if".into()))?
}

/// The rates that bring what each part requires, over every decided household of the year.
pub async fn solve(
    db: &Db,
    wish: SolveWish,
    municipality: &str,
) -> Result<Vec<Solved>, ServiceError> {
    let mut parameters = figures::assessor(municipality, wish.fiscal_year)?.parameters;
    if let Some(thresholds) = wish.thresholds {
        if !thresholds.are_sound() {
            let text = "軽減の基準額は0円以上で、5割軽減の額を2割軽減の額以下にしてください";
            return Err(ServiceError::invalid_at("thresholds", text));
        }
        let heads = &mut parameters.national.per_head.value;
        (heads.t50, heads.t20) = (thresholds.t50, thresholds.t20);
    }
    let range = range(db, wish.fiscal_year).await?;
    if range.decisions == 0 {
        let text = "この年度の決定がありません。先に年次賦課を行ってください";
        return Err(ServiceError::invalid_at("fiscal_year", text));
    }
    let mut households: Vec<Household> = Vec::new();
    let mut first = range.first;
    while first <= range.last {
        for text in inputs(db, first, range).await?.values() {
            households.push(serde_json::from_str(text)?);
        }
        first += PART;
    }
    let work = tokio::task::spawn_blocking(move || {
        let wanted = wish.required.iter().map(|(part, required)| {
            let rates = wish.rates.get(part).copied();
            let rates = rates.ok_or_else(|| {
                ServiceError::invalid_at(
                    "rates",
                    format!("{}の均等割などがありません", part.name()),
                )
            })?;
            Ok(whatif::solve(
                &households,
                &parameters,
                part,
                rates,
                *required,
            )?)
        });
        wanted.collect::<Result<Vec<Solved>, ServiceError>>()
    });
    work.await
        .map_err(|_| ServiceError::Internal("rates".into()))?
}
