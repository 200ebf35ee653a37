//! だれが: who belongs to the household, how old they are, and who is insured.

use crate::birth::Birth;
use crate::check::Check;
use crate::form::{Elder, Form, Person};
use crate::problems::Problems;
use crate::steps::{Step, StepHeading};
use crate::words::{nth, word};
use kokuho_shared::assessment::sheet::code::{DayField, FlagField};
use kokuho_ui::components::{Button, When};
use kokuho_ui::format;
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

#[component]
pub fn PeopleStep(form: Form, problems: Problems, lang: RwSignal<Lang>) -> impl IntoView {
    let way = move |by_age: bool, id: &'static str, label: Signal<String>| {
        view! {
            <label class="check">
                <input type="radio" name="by-age" id=id prop:checked=move || form.by_age.get() == by_age
                    on:change=move |_| form.by_age.set(by_age) />
                {label}
            </label>
        }
    };
    view! {
        <section class="step step-people" aria-labelledby="people-heading">
            <StepHeading step=Step::People lang=lang />
            <p class="muted">{word(lang,
                "世帯主と、国民健康保険に加入する人（入っている人）全員を入力してください。",
                "Enter the head of the household and everybody who is or will be insured.",
                "世帯主（家の 代表の 人）と、国民健康保険に 入る 人を ぜんぶ 書いて ください。")}</p>
            <div role="radiogroup" aria-label=word(lang, "年齢の入力のしかた", "How to say the age", "年の 書き方")>
                {way(false, "by-birth", word(lang, "生年月日で入力", "By date of birth", "生まれた日を 書く"))}
                {way(true, "by-age", word(lang, "年齢で入力", "By age", "年を 書く"))}
            </div>
            <For each=move || form.persons.get() key=|person| person.key let:person>
                <PersonFields form=form person=person problems=problems lang=lang />
            </For>
            <div class="buttons">
                <Button id="add-member" label=word(lang, "人を追加する", "Add a person", "人を ふやす") press=move |()| {
                    let key = form.add();
                    focus_on(format!("m{key}-{}", if form.by_age.get_untracked() { "age" } else { "birth" }));
                } />
            </div>
        </section>
    }
}

/// Moves the focus to what may just have been made.
pub fn focus_on(id: String) {
    request_animation_frame(move || {
        let found = document().get_element_by_id(&id);
        if let Some(element) =
            found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
        {
            // An element that cannot take the focus leaves it where it is.
            let _ = element.focus();
        }
    });
}

#[component]
fn PersonFields(
    form: Form,
    person: Person,
    problems: Problems,
    lang: RwSignal<Lang>,
) -> impl IntoView {
    let key = person.key;
    let id = move |field: &str| format!("m{key}-{field}");
    let head = person.flag(FlagField::Head);
    let others = Signal::derive(move || !head.get());
    let removal = Signal::derive(move || {
        let place = form.place(key);
        match lang.get() {
            Lang::Ja => format!("{place}人目を取り除く"),
            Lang::En => format!("Remove person {place}"),
            Lang::Easy => format!("{place}番目の 人を 消す"),
        }
    });
    let remove = move |()| {
        form.remove(key);
        focus_on("add-member".to_owned());
    };
    let wrong = problems.at(key, DayField::Birth, lang);
    view! {
        <fieldset class="person">
            <legend>{move || nth(lang.get(), form.place(key))}</legend>
            <Birth form=form person=person lang=lang wrong=wrong />
            <ElderNotice problems=problems of=key lang=lang />
            <div>
                <label class="check">
                    <input id=id("head") type="radio" name="head" prop:checked=move || head.get() on:change=move |_| form.set_head(key) />
                    {word(lang, "世帯主", "Head of the household", "世帯主（家の 代表の 人）")}
                </label>
                <Check id=id("insured") value=person.flag(FlagField::Insured)
                    label=word(lang, "国民健康保険に加入する（している）", "Is or will be insured in National Health Insurance", "国民健康保険に 入る（入っている）") />
            </div>
            <When holds=others>
                <Button id=id("remove") label=removal class="button-plain" press=remove />
            </When>
        </fieldset>
    }
}

/// Whoever is 75 is told so beside the date of birth.
#[component]
fn ElderNotice(problems: Problems, of: u32, lang: RwSignal<Lang>) -> impl IntoView {
    let told = move || {
        let elder = problems.elders.with(|elders| {
            let found = elders.iter().find(|(key, _)| *key == of);
            found.map(|(_, elder)| *elder)
        })?;
        Some(view! { <p class="notice notice-warning">{elder_words(elder, lang.get())}</p> })
    };
    view! { <div aria-live="polite">{told}</div> }
}

pub fn elder_words(elder: Elder, lang: Lang) -> String {
    match elder {
        Elder::Already => lang
            .pick(
                "75歳以上の人は、国民健康保険ではなく後期高齢者医療に入っています。その保険料は都道府県の後期高齢者医療広域連合が決め、この試算には含まれません。",
                "From 75 on people belong to the medical insurance for people of 75 and over, not to this one. Its premium is set by the prefecture’s association and is not part of this estimate.",
                "75歳からは 国民健康保険では なく、75歳からの 保険（後期高齢者医療）に 入ります。その お金は ここに ありません。",
            )
            .to_owned(),
        Elder::From(day) => {
            let day = format::date(day, lang);
            match lang {
                Lang::Ja => format!(
                    "{day}に75歳になり、その日から後期高齢者医療に移ります。この試算は、その前の月までの国民健康保険料です。"
                ),
                Lang::En => format!(
                    "Turns 75 on {day} and then belongs to the medical insurance for people of 75 and over. This estimate covers the months before."
                ),
                Lang::Easy => format!(
                    "{day}に 75歳に なり、75歳からの 保険に かわります。ここの お金は、その 前の 月までです。"
                ),
            }
        }
    }
}
