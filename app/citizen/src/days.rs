//! 加入・やめる日: months that differ, and why. What the first question makes likely is asked at once, the rest is folded.

use crate::check::Check;
use crate::form::{Form, Person, Situation};
use crate::income::person_name;
use crate::problems::Problems;
use crate::steps::{Step, StepHeading};
use crate::words::word;
use kokuho_shared::assessment::sheet::code::{DayField, FlagField};
use kokuho_ui::components::When;
use kokuho_ui::entry::DateEntry;
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;

#[component]
pub fn DaysStep(form: Form, problems: Problems, lang: RwSignal<Lang>) -> impl IntoView {
    let help = move || {
        let lang = lang.get();
        match form.situation.get() {
            Some(Situation::Joining) => lang.pick(
                "会社をやめた人は、やめた日の翌日が入る日です。空欄なら1年分（4月から翌年3月）で計算します。",
                "For whoever left a job, the day after it. Left empty, the whole year (April to March) is computed.",
                "会社を やめた 人は、次の 日です。書かないと 1年分を 計算します。",
            ),
            Some(Situation::Leaving) => lang.pick(
                "会社の健康保険に入る人は、その翌日がやめる日です。空欄なら1年分で計算します。",
                "For whoever is insured by an employer, the day after that begins. Left empty, the whole year is computed.",
                "会社の 健康保険に 入った 次の 日です。書かないと 1年分を 計算します。",
            ),
            Some(Situation::Insured) | None => lang.pick(
                "4月から翌年3月まで続けて加入する人は、入力しないで先へ進んでください。",
                "Whoever is insured from April to March enters nothing here.",
                "4月から 3月まで ずっと 入っている 人は、書かなくて いいです。",
            ),
        }
    };
    view! {
        <section class="step step-days" aria-labelledby="days-heading">
            <StepHeading step=Step::Days lang=lang />
            <p class="muted">{help}</p>
            <For each=move || form.persons.get() key=|person| person.key let:person>
                <fieldset>
                    <legend>{move || person_name(form, person, lang.get())}</legend>
                    <DayFields form=form person=person problems=problems lang=lang />
                </fieldset>
            </For>
        </section>
    }
}

#[component]
fn DayFields(
    form: Form,
    person: Person,
    problems: Problems,
    lang: RwSignal<Lang>,
) -> impl IntoView {
    let key = person.key;
    let id = move |field: &str| format!("m{key}-{field}");
    let is = move |of: Situation| Signal::derive(move || form.situation.get() == Some(of));
    let is_not = move |of: Situation| Signal::derive(move || form.situation.get() != Some(of));
    let entry = move |field: DayField, name: &str, label: Signal<String>| {
        let wrong = problems.at(key, field, lang);
        view! { <DateEntry id=id(name) label=label value=person.day(field) lang=lang wrong=wrong /> }
    };
    let joined = move || {
        view! {
            {entry(DayField::Acquired, "acquired", word(lang, "国民健康保険に入った日（入る日）", "Joined on", "国民健康保険に 入った日"))}
            {entry(DayField::Left, "left", word(lang, "会社の都合（倒産・解雇・雇止めなど）で退職した日", "Job lost through no wish of one’s own, on", "会社の 理由で 仕事を やめた日"))}
        }
    };
    let left = move || {
        view! {
            {entry(DayField::Lost, "lost", word(lang, "国民健康保険をやめた日（資格喪失日）", "Left on", "国民健康保険を やめた日"))}
            <When holds=Signal::derive(move || person.day(DayField::Lost).get().is_some())>
                <Check id=id("other-insurance") value=person.flag(FlagField::OtherInsurance)
                    label=word(lang, "会社の健康保険などに入った", "Joined another health insurance", "会社の 健康保険などに 入った") />
            </When>
        }
    };
    view! {
        <div class="member-grid">
            <When holds=is(Situation::Joining)>{joined()}</When>
            <When holds=is(Situation::Leaving)>{left()}</When>
        </div>
        <details class="more">
            <summary>{word(lang, "ほかの日付：加入・脱退、退職、出産など（当てはまる人だけ）", "Other days: joining or leaving, a lost job, childbirth (only if it applies)", "ほかの 日：入った・やめた・仕事を やめた・赤ちゃん（ある 人だけ）")}</summary>
            <div class="member-grid">
                <When holds=is_not(Situation::Joining)>{joined()}</When>
                <When holds=is_not(Situation::Leaving)>{left()}</When>
                {entry(DayField::Expected, "expected", word(lang, "出産予定日（出産した日）", "Expected (or actual) day of birth", "赤ちゃんが 生まれる日（生まれた日）"))}
                <When holds=Signal::derive(move || person.day(DayField::Expected).get().is_some())>
                    <Check id=id("multiple") value=person.flag(FlagField::Multiple)
                        label=word(lang, "双子など（多胎）", "Twins or more", "双子・三つ子など") />
                </When>
                {entry(DayField::MovedOn, "moved-on", word(lang, "国保から後期高齢者医療へ移った日（同じ世帯に残る人）", "Moved to the medical insurance for people of 75 and over on (still in the household)", "75歳の 保険に かわった日（同じ 家の 人）"))}
                {entry(DayField::Dependant, "dependant", word(lang, "家族が後期高齢者医療に移り国保に入った日（65歳以上）", "Joined because the family member who insured them moved to the insurance for people of 75 and over (from 65)", "家族が 75歳の 保険に かわって、自分が 入った日（65歳以上）"))}
            </div>
        </details>
    }
}
