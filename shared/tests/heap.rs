//! The amounts of a whole city need no memory beyond that of the first households.

use kokuho_households::{cases, estimate};
use kokuho_shared::assessment::household::Household;
use kokuho_shared::assessment::premium::assess_with;
use kokuho_shared::assessment::premium::workspace::Workspace;
use kokuho_shared::assessment::schedule::instalments;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::figures;
use kokuho_shared::money::Yen;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

#[test]
fn amounts_and_instalments_allocate_nothing_once_the_workspace_has_grown() {
    let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
    let split = &assessor.parameters.instalments.value;
    let households: Vec<Household> = (0..cases(2_000, 100_000))
        .map(|number| {
            let inputs = estimate(number).inputs;
            Household {
                reduction: inputs.reduction,
                local_reductions: inputs.local_reductions,
                reliefs: inputs.reliefs.clone(),
                members: inputs.members,
            }
        })
        .collect();
    let mut workspace = Workspace::default();
    let mut amounts = vec![Yen::ZERO; assessor.due_dates().len()];
    let mut all = || {
        for household in &households {
            let premium = assess_with(household, &assessor.rules, &mut workspace, &mut ()).unwrap();
            instalments::split_into(premium.total, &mut amounts, split.unit, split.remainder_to)
                .unwrap();
        }
    };
    all();
    let _profiler = dhat::Profiler::builder().testing().build();
    all();
    assert_eq!(dhat::HeapStats::get().total_blocks, 0);
}
