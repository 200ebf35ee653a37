//! 読み取りだけで開いた世帯: a symbol that was scanned opens it to read; before anything is changed a second key says
//! that it is the person at the counter.

use crate::state;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::era;
use kokuho_shared::text::fold_kana;
use kokuho_ui::components::{Banner, Field, Tone, described_by, typed};
use leptos::prelude::*;

#[component]
pub fn Unsure(view: HouseholdView) -> impl IntoView {
    let office = state::office();
    let (key, wrong) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let (id, members) = (view.id, StoredValue::new(view.members));
    let confirm = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let fits = key.with_untracked(|key| members.with_value(|members| is_of(key, members)));
        match fits {
            true => office.unsure.set(None),
            false => wrong.set(Some(
                "この世帯の人と一致しません。別の人の番号を読み取ったかもしれません".to_owned(),
            )),
        }
    };
    move || {
        (office.unsure.get() == Some(id)).then(|| view! {
            <Banner tone=Tone::Warning>
                <form class="unsure" on:submit=confirm data-watched="true" data-testid="unsure">
                    <p class="strong">"読み取りだけで開いた世帯です。変更や発行の前に、本人の氏名（カナ）か生年月日を確かめてください。"</p>
                    <Field id="second-key" label="氏名（カナ）か生年月日" error=wrong>
                        <input id="second-key" class="input" autocomplete="off" aria-describedby=described_by("second-key")
                            prop:value=key on:input=move |event| key.set(typed(&event)) />
                    </Field>
                    <div class="buttons"><button type="submit" class="button">"本人を確かめた"</button></div>
                </form>
            </Banner>
        })
    }
}

/// The shortest beginning of a name that says anything.
const SHORTEST: usize = 2;

/// Whether a name's beginning or a birth date is that of somebody in the household.
fn is_of(key: &str, members: &[MemberFacts]) -> bool {
    let birth = era::parse_date(key).ok();
    let name = fold_kana(key.trim());
    let named = |text: &str| name.chars().count() >= SHORTEST && fold_kana(text).starts_with(&name);
    members.iter().any(|member| {
        birth == Some(member.birth_date) || named(&member.kana) || named(&member.name)
    })
}

#[cfg(test)]
mod tests {
    use super::is_of;

    #[test]
    fn nobody_is_nobody() {
        assert!(!is_of("", &[]));
        assert!(!is_of("1980-01-01", &[]));
    }
}
