//! 資格の理由と履歴: why somebody is insured on a day, as it was known on a day.

use crate::case::Open;
use crate::case::fields::{PersonSelect, first_of};
use crate::listing::Listing;
use crate::words::moment;
use crate::{api, state};
use chrono::NaiveDate;
use kokuho_shared::api::timeline::{Timeline, Version};
use kokuho_shared::era;
use kokuho_ui::entry::DateEntry;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Story(shown: Open) -> impl IntoView {
    let office = state::office();
    let today = office.session().map(|session| session.today);
    let members = shown.view.members.clone();
    let person = first_of(&members);
    let (on, known) = (RwSignal::new(today), RwSignal::new(None::<NaiveDate>));
    let found = RwSignal::new(None::<Result<Timeline, String>>);
    let (household, year) = (shown.view.id, shown.view.fiscal_year);
    Effect::new(move |_| {
        let Some(day) = on.get() else {
            return;
        };
        let mut path = format!(
            "/api/households/{household}/timeline?fiscal_year={year}&person_id={}&on={day}",
            person.get()
        );
        if let Some(known) = known.get() {
            path.push_str(&format!("&known_on={known}"));
        }
        spawn_local(async move {
            let answer = api::get::<Timeline>(&path).await;
            let answer = answer.map_err(|failed| failed.problem().message.clone());
            // A slow answer to an earlier question is not shown under a later one.
            let asked = (person.try_get_untracked(), on.try_get_untracked().flatten());
            let is_asked = |told: &Timeline| asked == (Some(told.person_id), Some(told.on));
            if answer.as_ref().map_or(true, is_asked) {
                found.try_set(Some(answer));
            }
        });
    });
    view! {
        <div data-testid="timeline">
            <h3>"資格の理由と履歴"</h3>
            <div class="member-entry">
                <PersonSelect id="timeline-person" label="確かめる人" members=members person=person />
                <DateEntry id="timeline-on" label="いつの資格か" value=on />
                <DateEntry id="timeline-known" label="いつの時点で分かっていたことか（空欄は今）" value=known />
            </div>
            {move || found.get().map(|found| match found {
                Ok(told) => view! {
                    <p class="strong" role="status" data-testid="timeline-answer">{told.answer.clone()}</p>
                    {versions(told.versions)}
                }.into_any(),
                Err(why) => view! { <p class="field-error" role="alert">{why}</p> }.into_any(),
            })}
        </div>
    }
}

fn versions(all: Vec<Version>) -> impl IntoView {
    view! {
        <Listing label="資格の履歴">
            <table class="grid-table wide-table">
                <thead><tr><th>"登録"</th><th>"取得"</th><th>"喪失"</th><th>"記号・番号"</th><th>"登録のもと"</th><th>"置き換え"</th></tr></thead>
                <tbody>{all.into_iter().map(row).collect_view()}</tbody>
            </table>
        </Listing>
    }
}

fn row(version: Version) -> impl IntoView {
    let lost = version
        .lost_on
        .map(|day| format!("{} {}", era::format(day), version.lost));
    let replaced = match (&version.superseded_at, version.known) {
        (None, _) => "今の記録".to_owned(),
        (Some(at), true) => format!("{}まで（この時点の記録）", moment(at)),
        (Some(at), false) => format!("{}まで", moment(at)),
    };
    view! {
        <tr>
            <td>{format!("{} {}", moment(&version.recorded_at), version.recorded_by)}</td>
            <td>{format!("{} {}", era::format(version.acquired_on), version.acquired)}</td>
            <td>{lost.unwrap_or_default()}</td>
            <td>{version.number}</td>
            <td>{version.source}</td>
            <td class:strong=version.known>{replaced}</td>
        </tr>
    }
}
