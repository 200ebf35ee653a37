//! 発行した文書: what a household was sent or handed, opened and printed again.

use crate::case::{Case, Messages};
use crate::listing::Listing;
use crate::toast::Link;
use crate::{api, state};
use kokuho_shared::access::Action;
use kokuho_shared::api::issued::{HouseholdLetter, HouseholdLetters, IssuedState, Reprint};
use kokuho_shared::era;
use kokuho_ui::components::{Banner, Tone};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// So many stand on a page.
const PAGE: i64 = 50;

#[component]
pub fn IssuedLetters(case: Case) -> impl IntoView {
    let office = state::office();
    let (page, turn) = (RwSignal::new(1i64), RwSignal::new(0u32));
    let found = RwSignal::new(None::<Result<HouseholdLetters, String>>);
    let household = case.shown.view.id;
    Effect::new(move |_| {
        let wanted = page.get();
        turn.track();
        office.toasts.said();
        spawn_local(async move {
            let path = format!("/api/households/{household}/letters?page={wanted}");
            let answer = api::get::<HouseholdLetters>(&path).await;
            if let Err(failed) = &answer {
                office.heard(failed);
            }
            if page.try_get_untracked() == Some(wanted) {
                found.try_set(Some(
                    answer.map_err(|failed| failed.problem().message.clone()),
                ));
            }
        });
    });
    let said = case.said;
    view! {
        <div data-testid="issued">
            <h3>"発行した通知書・納付書・証・照会書"</h3>
            {move || match found.get() {
                None => view! { <p role="status">"読み込んでいます…"</p> }.into_any(),
                Some(Err(why)) => view! {
                    <Banner tone=Tone::Error><p>{why}</p>
                        <button type="button" class="button" on:click=move |_| turn.update(|turn| *turn += 1)>"もう一度読み込む"</button></Banner>
                }.into_any(),
                Some(Ok(all)) if all.total == 0 => view! { <p class="muted">"発行した文書はありません。"</p> }.into_any(),
                Some(Ok(all)) => listed(all, page, said).into_any(),
            }}
        </div>
    }
}

fn listed(all: HouseholdLetters, page: RwSignal<i64>, said: Messages) -> impl IntoView {
    let (here, last) = (all.page, (all.total + PAGE - 1) / PAGE);
    view! {
        <Listing label="発行した文書">
            <table class="grid-table wide-table">
                <thead><tr>
                    <th scope="col">"発行日"</th><th scope="col">"文書"</th><th scope="col">"番号"</th><th scope="col">"状態"</th>
                    <th scope="col">"年度"</th><th scope="col">"宛名"</th><th scope="col">"発行した人"</th><th scope="col"><span class="visually-hidden">"操作"</span></th>
                </tr></thead>
                <tbody>{all.letters.into_iter().map(|one| row(one, said)).collect_view()}</tbody>
            </table>
        </Listing>
        {(last > 1).then(|| view! {
            <div class="buttons">
                <button type="button" class="button" disabled=here <= 1 on:click=move |_| page.set(here - 1)>"前の50件"</button>
                <span>{format!("{here} / {last}ページ")}</span>
                <button type="button" class="button" disabled={here >= last} on:click=move |_| page.set(here + 1)>"次の50件"</button>
            </div>
        })}
    }
}

fn row(one: HouseholdLetter, said: Messages) -> impl IntoView {
    let office = state::office();
    let class = match one.state {
        IssuedState::Planned => "tag tag-amber",
        IssuedState::Void | IssuedState::Lost | IssuedState::Undeliverable => "tag tag-red",
        IssuedState::Replied | IssuedState::Returned | IssuedState::Replaced => "tag",
        IssuedState::Printed | IssuedState::Issued => "tag tag-green",
    };
    let name = match one.instalment {
        Some(instalment) => format!("{}（第{instalment}期）", one.name),
        None => one.name.clone(),
    };
    let by = match one.issued_by_name.is_empty() {
        true => one.issued_by.clone(),
        false => one.issued_by_name.clone(),
    };
    let times = (one.reprints > 0).then(|| format!("（再印刷 {}回）", one.reprints));
    let may = office.may(Action::ReprintLetters) && one.may_open;
    let number = match one.may_open {
        true => view! { <a href=one.pdf.clone() target="_blank" rel="external noopener">{one.number.clone()}</a> }.into_any(),
        false => one.number.clone().into_any(),
    };
    let label = format!("{name} {} を再印刷", one.number);
    let again = one.number;
    let reprint = move |_| {
        said.clear();
        let number = again.clone();
        spawn_local(async move {
            match api::post::<_, HouseholdLetter>(
                &format!("/api/letters/{number}/reprints"),
                &Reprint::default(),
            )
            .await
            {
                Ok(letter) => {
                    let text = format!("{} {} の再印刷を記録しました", letter.name, letter.number);
                    office.toasts.say_with(text, Link::to_pdf(letter.pdf));
                }
                Err(failed) => said.failed(office, failed),
            }
        });
    };
    view! {
        <tr>
            <td data-value=one.issued_on.to_string()>{era::format(one.issued_on)}</td>
            <th scope="row">{name}</th>
            <td>{number}</td>
            <td><span class=class>{one.state.name()}</span>{times}</td>
            <td>{era::fiscal_year(one.fiscal_year)}</td>
            <td>{one.addressee}</td>
            <td>{by}</td>
            <td>{may.then(|| view! { <button type="button" class="button" aria-label=label on:click=reprint>"再印刷"</button> })}</td>
        </tr>
    }
}
