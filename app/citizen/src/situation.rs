//! これから入る・入っている・やめる: the first question, by which the others are asked.

use crate::form::{Form, Situation};
use crate::steps::{Step, StepHeading};
use crate::words::word;
use kokuho_ui::components::When;
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;

struct Choice {
    is: Situation,
    id: &'static str,
    /// In Japanese, English and plain Japanese.
    name: (&'static str, &'static str, &'static str),
    hint: (&'static str, &'static str, &'static str),
}

const CHOICES: [Choice; 3] = [
    Choice {
        is: Situation::Joining,
        id: "situation-joining",
        name: ("これから入る", "I am going to join", "これから 入る"),
        hint: (
            "会社をやめる（やめた）、家族の扶養から外れる、引っ越してくる",
            "leaving a job, no longer covered by a relative, moving here",
            "会社を やめる、家族の 保険から 出る、引っ越して くる",
        ),
    },
    Choice {
        is: Situation::Insured,
        id: "situation-insured",
        name: ("入っている", "I am insured", "今 入っている"),
        hint: (
            "今年度の保険料を知りたい",
            "to know this year’s premium",
            "今年度の 保険料を 知りたい",
        ),
    },
    Choice {
        is: Situation::Leaving,
        id: "situation-leaving",
        name: ("やめる", "I am going to leave", "やめる"),
        hint: (
            "会社の健康保険に入る、引っ越していく",
            "insured by a new employer, moving away",
            "会社の 健康保険に 入る、引っ越して いく",
        ),
    },
];

#[component]
pub fn SituationStep(form: Form, lang: RwSignal<Lang>) -> impl IntoView {
    let is = move |of: Situation| Signal::derive(move || form.situation.get() == Some(of));
    let choice = move |of: &'static Choice| {
        let ((ja, en, easy), (hint, hint_en, hint_easy)) = (of.name, of.hint);
        view! {
            <label class="choice">
                <input type="radio" name="situation" id=of.id prop:checked=move || is(of.is).get()
                    on:change=move |_| form.situation.set(Some(of.is)) />
                <span>
                    <b>{word(lang, ja, en, easy)}</b>
                    <span class="muted">{word(lang, hint, hint_en, hint_easy)}</span>
                </span>
            </label>
        }
    };
    view! {
        <section class="step step-situation" aria-labelledby="situation-heading">
            <StepHeading step=Step::Situation lang=lang />
            <div role="radiogroup" aria-labelledby="situation-heading" class="choices">
                {CHOICES.iter().map(choice).collect_view()}
            </div>
            <When holds=is(Situation::Joining)>
                <p class="notice notice-info">{word(lang,
                    "会社をやめると、やめた日の翌日から国民健康保険に入ります（会社の保険を続ける「任意継続」や、家族の扶養に入る方法もあります）。14日以内に市区町村へ届け出てください。保険料は去年の収入で決まります。",
                    "Whoever leaves a job is insured here from the day after (you may also continue the company’s insurance, or be covered by a relative). Tell the municipality within 14 days. The premium depends on last year’s income.",
                    "会社を やめたら、次の 日から 国民健康保険に 入ります。14日の 中に 市役所へ 行って ください。保険料は 去年 もらった お金で 決まります。")}</p>
            </When>
            <When holds=is(Situation::Leaving)>
                <p class="notice notice-info">{word(lang,
                    "会社の健康保険に入っても、国民健康保険は自動ではやめられません。14日以内に市区町村へ届け出てください。",
                    "Being insured by an employer does not end this insurance by itself. Tell the municipality within 14 days.",
                    "会社の 健康保険に 入ったら、14日の 中に 市役所へ 行って ください。行かないと、やめた ことに なりません。")}</p>
            </When>
        </section>
    }
}
