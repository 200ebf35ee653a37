//! 軽減判定: the test in words and with everything it compared (令29条の7).

use kokuho_shared::assessment::outcome::Premium;
use kokuho_shared::assessment::premium::tier::TierTest;
use kokuho_shared::money::Yen;
use kokuho_ui::format;
use kokuho_ui::i18n::Lang;
use kokuho_ui::premium::tier_words;
use leptos::prelude::*;

#[component]
pub fn TierFacts(premium: Signal<Option<Premium>>) -> impl IntoView {
    move || {
        premium.get().map(|premium| {
            let test = premium.test;
            view! {
                <p class="tier" data-testid="tier">{tier_words(&test, Lang::Ja)}</p>
                <dl class="tier-facts">
                    {facts(&test).into_iter().map(|(name, value)| view! {
                        <div><dt>{name}</dt><dd>{value}</dd></div>
                    }).collect_view()}
                </dl>
            }
        })
    }
}

fn facts(test: &TierTest) -> [(&'static str, String); 6] {
    let at_most = |limit: Yen| format!("{}以下", format::yen(limit, Lang::Ja));
    [
        ("判定所得", format::yen(test.test_income, Lang::Ja)),
        ("給与所得者等", format!("{}人", test.earners)),
        ("被保険者等", format!("{}人", test.counted)),
        ("7割軽減", at_most(test.thresholds.t70)),
        ("5割軽減", at_most(test.thresholds.t50)),
        ("2割軽減", at_most(test.thresholds.t20)),
    ]
}
