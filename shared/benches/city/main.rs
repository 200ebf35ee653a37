//! A whole city on one core and on two, beside its floors. Prints one JSON line a figure.
//!
//! Floors: the bare loop over four parts, and the annual amount as a simple public checker
//! computes it (per-mille rates, one list of members, no months, no explanation).

mod checker;
mod city;

use city::City;
use kokuho_shared::assessment::premium::assess_with;
use kokuho_shared::assessment::premium::workspace::Workspace;
use kokuho_shared::assessment::result::Assessor;
use kokuho_shared::assessment::schedule::instalments;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::explain::Writer;
use kokuho_shared::figures;
use kokuho_shared::money::Yen;
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const HOUSEHOLDS: u32 = 340_000;
const RUNS: usize = 7;
/// The amounts are computed so often in one run: a sleeping core takes milliseconds to wake up.
const PASSES: usize = 12;

fn main() {
    let households = if std::env::args().any(|word| word == "--test") {
        1_000
    } else {
        HOUSEHOLDS
    };
    let assessor =
        figures::assessor("27100", FiscalYear(2026)).expect("the parameters are shipped");
    let city = City::new(households);
    let simple = checker::City::of(&city.households);
    // Floors and product take turns, so that a noisy machine disturbs both alike.
    let [mut bare, mut check, mut amounts, mut explained, mut two] = [const { Vec::new() }; 5];
    for _ in 0..RUNS {
        bare.push(timed(|| simple.bare()));
        check.push(timed(|| simple.check()));
        amounts.push(timed(|| of(&assessor, &city, 1)));
        two.push(timed(|| of(&assessor, &city, 2)));
        explained.push(timed(|| explain(&assessor, &city)));
    }
    let each = |all: &[Duration]| median(all).as_nanos() as u64 / u64::from(households);
    assert_eq!(
        of(&assessor, &city, 1),
        of(&assessor, &city, 2),
        "the same amounts on two cores"
    );
    println!(
        "{}",
        serde_json::json!({
            "households": households, "persons": city.persons,
            "bare_ns": each(&bare), "checker_ns": each(&check),
            "amounts_ns": each(&amounts) / PASSES as u64, "two_cores_ns": each(&two) / PASSES as u64,
            "explained_ns": each(&explained),
        })
    );
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let started = Instant::now();
    black_box(work());
    started.elapsed()
}

fn median(all: &[Duration]) -> Duration {
    let mut sorted = all.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}

/// Amounts and instalments of every household; a checksum that depends on each. Threads take
/// the next piece when they are done with one, so that a slower core does not hold up the rest.
fn of(assessor: &Assessor, city: &City, threads: usize) -> u64 {
    let pieces: Vec<_> = city.households.chunks(2_000).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let take = || {
            let turn = next.fetch_add(1, Ordering::Relaxed);
            (turn < pieces.len() * PASSES).then(|| pieces[turn % pieces.len()])
        };
        std::iter::from_fn(take)
            .map(|piece| one(assessor, piece))
            .fold(0, u64::wrapping_add)
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running
            .into_iter()
            .map(|thread| thread.join().expect("a thread ends"))
            .fold(0, u64::wrapping_add)
    })
}

fn one(assessor: &Assessor, households: &[kokuho_shared::assessment::household::Household]) -> u64 {
    let rules = &assessor.parameters.instalments.value;
    let mut workspace = Workspace::default();
    let mut amounts = vec![Yen::ZERO; assessor.due_dates().len()];
    let mut sum = 0u64;
    for household in households {
        let premium =
            assess_with(household, &assessor.rules, &mut workspace, &mut ()).expect("a premium");
        instalments::split_into(premium.total, &mut amounts, rules.unit, rules.remainder_to)
            .expect("instalments");
        sum = sum.wrapping_add(amounts[0].0.unsigned_abs() * 31 + premium.total.0.unsigned_abs());
    }
    sum
}

/// Amounts, instalments and every line of the explanation.
fn explain(assessor: &Assessor, city: &City) -> usize {
    let rules = &assessor.parameters.instalments.value;
    let mut workspace = Workspace::default();
    let mut amounts = vec![Yen::ZERO; assessor.due_dates().len()];
    let mut writer = Writer::default();
    let mut lines = 0;
    for household in &city.households {
        writer.clear();
        let premium = assess_with(household, &assessor.rules, &mut workspace, &mut writer)
            .expect("a premium");
        instalments::split_into(premium.total, &mut amounts, rules.unit, rules.remainder_to)
            .expect("instalments");
        lines += black_box(&writer.explanation).lines.len();
    }
    lines
}
