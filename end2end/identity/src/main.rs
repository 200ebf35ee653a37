//! The same households in the browser and natively: a hash over every answer, byte for byte.
//!
//! Natively: `kokuho-identity FROM COUNT` prints the hash and how often each branch was met.
//! In the browser the functions below are called by the test.

use kokuho_households::{Branches, branches, estimate};
use kokuho_shared::assessment::household::Household;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::figures;
use sha2::{Digest, Sha256};
use wasm_bindgen::prelude::wasm_bindgen;

/// SHA-256 over the answers of the households numbered `from` and on, in hexadecimal.
#[wasm_bindgen]
pub fn digest(from: u32, count: u32) -> String {
    run(from, count).0
}

/// Assesses one household of six with its explanation, so many times; returns a checksum so
/// that nothing is optimised away.
#[wasm_bindgen]
pub fn preview(times: u32) -> f64 {
    let (Ok(assessor), Some(household)) = (figures::assessor("27100", FiscalYear(2026)), six())
    else {
        return 0.0;
    };
    let mut sum = 0;
    for _ in 0..times {
        sum += assessor
            .assess(&household)
            .map_or(0, |all| all.premium.total.0);
    }
    f64::from(u32::try_from(sum % 1_000_003).unwrap_or(0))
}

fn six() -> Option<Household> {
    let wanted = |household: &Household| {
        household.members.len() == 6 && household.head().is_some_and(|head| head.insured)
    };
    let households = (0..100_000).map(|number| {
        let inputs = estimate(number).inputs;
        Household {
            reduction: inputs.reduction,
            local_reductions: inputs.local_reductions,
            reliefs: inputs.reliefs.clone(),
            members: inputs.members,
        }
    });
    households.into_iter().find(wanted)
}

fn run(from: u32, count: u32) -> (String, Branches) {
    let mut hash = Sha256::new();
    let mut met = Branches::new();
    for number in from..from.saturating_add(count) {
        let question = estimate(number);
        match question.clone().answer() {
            Ok(answer) => {
                branches(&question, &answer, &mut met);
                hash.update(serde_json::to_vec(&answer).unwrap_or_default());
            }
            Err(why) => {
                *met.entry("refused".to_owned()).or_default() += 1;
                hash.update(why.to_string().as_bytes());
            }
        }
    }
    let text = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    (text, met)
}

fn main() {
    let numbers: Vec<u32> = std::env::args()
        .skip(1)
        .filter_map(|word| word.parse().ok())
        .collect();
    if let [times] = numbers[..] {
        let started = std::time::Instant::now();
        let checksum = preview(times);
        let nanoseconds = started.elapsed().as_nanos() / u128::from(times.max(1));
        println!(
            "{}",
            serde_json::json!({"nanoseconds": nanoseconds as u64, "checksum": checksum})
        );
    } else if let [from, count] = numbers[..] {
        let (digest, branches) = run(from, count);
        println!(
            "{}",
            serde_json::json!({"digest": digest, "branches": branches})
        );
    }
}
