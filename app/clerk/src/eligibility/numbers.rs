//! 個人番号の登録: typed from what is shown at the counter, all four items with it; never shown again.

use crate::case::fields::{PersonSelect, TextField, first_of};
use crate::case::{Messages, Open};
use crate::dom::is_open;
use crate::{api, state};
use chrono::NaiveDate;
use kokuho_shared::api::number::{NumberBinding, NumberState, NumberStatus};
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_ui::components::Field;
use kokuho_ui::entry::DateEntry;
use leptos::prelude::*;
use leptos::task::spawn_local;

fn state_text(status: &NumberStatus) -> String {
    match status.state {
        NumberState::Registered => "登録あり".to_owned(),
        NumberState::Absent => "登録なし".to_owned(),
        NumberState::InReview => {
            let names: Vec<&str> = status.differences.iter().map(|one| one.name()).collect();
            format!("保留（{}が一致しません）", names.join("・"))
        }
    }
}

#[component]
pub fn Numbers(shown: Open, said: Messages) -> impl IntoView {
    let office = state::office();
    let (id, year) = (shown.view.id, shown.view.fiscal_year);
    let path = move || format!("/api/households/{id}/my-number?fiscal_year={year}");
    let statuses = RwSignal::new(Vec::<NumberStatus>::new());
    let opened = RwSignal::new(false);
    Effect::new(move |_| {
        if opened.get() && statuses.with_untracked(Vec::is_empty) {
            spawn_local(async move {
                match api::get::<Vec<NumberStatus>>(&path()).await {
                    Ok(all) => {
                        statuses.try_set(all);
                    }
                    Err(failed) => said.failed(office, failed),
                }
            });
        }
    });
    let members: Vec<MemberFacts> = shown.view.members.clone();
    let person = first_of(&members);
    let text = || RwSignal::new(String::new());
    let (number, kana, address, evidence) = (text(), text(), text(), text());
    let sex = RwSignal::new(1i64);
    let birth = RwSignal::new(None::<NaiveDate>);
    let bind = move |_| {
        said.clear();
        let Some(birth_date) = birth.get_untracked() else {
            return;
        };
        let wish = NumberBinding {
            person_id: person.get_untracked(),
            number: number.get_untracked(),
            kana: kana.get_untracked(),
            birth_date,
            sex: sex.get_untracked(),
            address: address.get_untracked(),
            evidence: evidence.get_untracked(),
        };
        spawn_local(async move {
            match api::put::<_, Vec<NumberStatus>>(&path(), &wish).await {
                Ok(all) => {
                    let mine = all.iter().find(|one| one.person_id == wish.person_id);
                    let text = mine.map(state_text).unwrap_or_default();
                    said.done.set(Some(format!("個人番号：{text}")));
                    statuses.set(all);
                    number.set(String::new());
                }
                Err(failed) => said.failed(office, failed),
            }
        });
    };
    let names = members.clone();
    let list = move || {
        let line = |one: &NumberStatus| {
            let found = names
                .iter()
                .find(|member| member.person_id == one.person_id);
            let name = found.map(|member| member.name.clone()).unwrap_or_default();
            view! { <li>{format!("{name}：{}", state_text(one))}</li> }
        };
        statuses.get().iter().map(line).collect_view()
    };
    view! {
        <details class="measures" data-testid="numbers" on:toggle=move |event| opened.set(is_open(&event))>
            <summary>"個人番号の登録"</summary>
            <ul class="story">{list}</ul>
            <p class="muted">"示されたカードや書類のとおりに、4つの情報を入力してください。すべて一致したときだけ登録します。番号は表示できません。"</p>
            <div class="member-entry">
                <PersonSelect id="number-person" label="登録する人" members=members person=person />
                <TextField id="number-number" label="個人番号（12桁）" value=number />
                <TextField id="number-kana" label="書類の氏名カナ" value=kana />
                <DateEntry id="number-birth" label="書類の生年月日" value=birth />
                <Field id="number-sex" label="書類の性別">
                    <select id="number-sex" class="select" on:change=move |event| {
                        sex.set(if event_target_value(&event) == "2" { 2 } else { 1 });
                    }>
                        <option value="1">"男"</option>
                        <option value="2">"女"</option>
                    </select>
                </Field>
                <TextField id="number-address" label="書類の住所" value=address />
                <TextField id="number-evidence" label="確認した書類" value=evidence />
            </div>
            <div class="buttons">
                <button type="button" class="button" disabled=move || birth.get().is_none() on:click=bind>"個人番号を登録"</button>
            </div>
        </details>
    }
}
