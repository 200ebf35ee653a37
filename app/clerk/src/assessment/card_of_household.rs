//! 概要の保険料: how it stands, what is due next, and the way to everything behind it.

use super::amount;
use super::amounts::Amounts;
use crate::case::Case;
use crate::state;
use chrono::NaiveDate;
use kokuho_shared::assessment::schedule::instalments::{self, Instalment};
use kokuho_shared::era;
use kokuho_ui::format;
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;

#[component]
pub fn PremiumCard(case: Case) -> impl IntoView {
    let amounts = expect_context::<Amounts>();
    let today = state::office().session().map(|session| session.today);
    let today = today.unwrap_or_default();
    let stands = move || {
        let total = amounts.shown()?.1.premium.total;
        Some(amount::difference(amounts.decisions.get().first(), total))
    };
    let next = move || {
        let (_, assessment) = amounts.shown()?;
        next_of(&assessment.instalments, today)
    };
    view! {
        <section class="home-card" aria-labelledby="overview-premium">
            <h3 id="overview-premium">"保険料"</h3>
            <p>{stands}</p>
            <p>{next}</p>
            <p><a href=case.path("premium")>"内訳と決定へ"</a>"　"<a href=case.path("collection")>"収納へ"</a></p>
        </section>
    }
}

/// The instalment that comes next.
fn next_of(all: &[Instalment], today: NaiveDate) -> Option<String> {
    let next = all.iter().filter(|each| each.due_on >= today);
    let next = next.min_by_key(|each| each.due_on)?;
    let amount = format::yen(next.amount, Lang::Ja);
    let name = instalments::name(next.number);
    Some(format!(
        "次の納期　{name}　{}　{amount}",
        era::format(next.due_on)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kokuho_shared::money::Yen;

    #[test]
    fn the_next_instalment_is_the_first_that_is_not_over() {
        let day = |month| NaiveDate::from_ymd_opt(2026, month, 30).unwrap();
        let all = [6, 7, 8].map(|month| Instalment {
            number: 1,
            amount: Yen(i64::from(month) * 1_000),
            due_on: day(month),
        });
        assert!(next_of(&all, day(7)).unwrap().contains("7,000円"));
        assert_eq!(next_of(&all, day(9)), None);
    }
}
