//! 直すところ: what is missing or wrong, said at its field and, when somebody wants to go on, in a list that takes the
//! focus.

use crate::form::{Elder, Form, Outcome};
use crate::people::focus_on;
use crate::steps::Step;
use crate::words::{nth, word};
use kokuho_shared::assessment::sheet::code::DayField;
use kokuho_ui::components::focus;
use kokuho_ui::entry::Unread;
use kokuho_ui::i18n::Lang;
use kokuho_ui::refusal;
use leptos::prelude::*;

/// A field and what has to be done there.
#[derive(Clone, PartialEq, Eq)]
struct Problem {
    id: String,
    text: String,
}

#[derive(Clone, Copy)]
pub struct Problems {
    pub form: Form,
    pub outcome: Memo<Outcome>,
    pub unread: Unread,
    /// People of 75 and over, by key.
    pub elders: Memo<Vec<(u32, Elder)>>,
    /// The step that somebody wanted to leave.
    pub tried: RwSignal<Option<Step>>,
}

impl Problems {
    /// What the rules say of a day of the person.
    pub fn at(self, key: u32, field: DayField, lang: RwSignal<Lang>) -> Signal<Option<String>> {
        Signal::derive(move || {
            let person = self.form.place(key).checked_sub(1)?;
            let lang = lang.get();
            let blamed = self.outcome.with(|outcome| blamed(outcome, lang));
            let (place, of, text) = match blamed {
                Some(blamed) => blamed,
                None => (person, DayField::Birth, self.asked(key, lang)?),
            };
            (place == person && of == field).then_some(text)
        })
    }

    /// The question for a date of birth, once somebody wanted to go on without.
    fn asked(self, key: u32, lang: Lang) -> Option<String> {
        let tried = self.tried.get() == Some(Step::People);
        let missing = self.form.persons.with(|persons| {
            let person = persons.iter().find(|person| person.key == key);
            person.is_some_and(|person| person.day(DayField::Birth).get().is_none())
        });
        (tried && missing).then(|| birth_wanted(self.form.by_age.get(), lang).to_owned())
    }

    pub fn town(self, lang: RwSignal<Lang>) -> Signal<Option<String>> {
        Signal::derive(move || {
            let tried = self.tried.get() == Some(Step::Town);
            tried.then(|| town_wanted(lang.get()).to_owned())
        })
    }

    /// What keeps somebody from leaving a step.
    fn of(self, step: Step, lang: Lang) -> Vec<Problem> {
        let problem = |id: &str, text: &str| Problem {
            id: id.to_owned(),
            text: text.to_owned(),
        };
        match step {
            Step::Situation if self.form.situation.get().is_none() => {
                vec![problem("situation-joining", situation_wanted(lang))]
            }
            Step::Town if self.form.municipality.with(String::is_empty) => {
                vec![problem("town-filter", town_wanted(lang))]
            }
            Step::Situation | Step::Town | Step::Answer => Vec::new(),
            Step::People => self.births(lang),
            Step::Income | Step::Days => {
                let class = if step == Step::Income {
                    ".step-income"
                } else {
                    ".step-days"
                };
                let fields = self.unread.fields().into_iter();
                let here = fields.filter(|(id, _)| lies_in(id, class));
                let unread = here.map(|(id, name)| Problem {
                    id,
                    text: unread_words(&name, lang),
                });
                unread.chain(self.days(step, lang)).collect()
            }
        }
    }

    fn births(self, lang: Lang) -> Vec<Problem> {
        let by_age = self.form.by_age.get();
        let persons = self.form.persons.get();
        let missing = persons
            .iter()
            .filter(|person| person.day(DayField::Birth).get().is_none());
        let missing = missing.map(|person| {
            let name = nth(lang, self.form.place(person.key));
            let field = if by_age { "age" } else { "birth" };
            Problem {
                id: format!("m{}-{field}", person.key),
                text: format!(
                    "{name}{}{}",
                    lang.of("：", ": "),
                    birth_wanted(by_age, lang)
                ),
            }
        });
        let mut all: Vec<Problem> = missing.collect();
        let blamed = self.outcome.with(|outcome| blamed(outcome, lang));
        if let Some((place, DayField::Birth, text)) = blamed
            && let Some(person) = persons.get(place)
        {
            let id = format!("m{}-birth", person.key);
            all.push(Problem { id, text });
        }
        all
    }

    fn days(self, step: Step, lang: Lang) -> Option<Problem> {
        let blamed = self.outcome.with(|outcome| blamed(outcome, lang));
        let (place, field, text) = blamed.filter(|_| step == Step::Days)?;
        let name = match field {
            DayField::Birth => return None,
            DayField::Acquired => "acquired",
            DayField::Lost => "lost",
            DayField::Left => "left",
            DayField::Expected => "expected",
            DayField::Dependant => "dependant",
            DayField::MovedOn => "moved-on",
        };
        let key = self
            .form
            .persons
            .with(|persons| persons.get(place).map(|person| person.key))?;
        let id = format!("m{key}-{name}");
        Some(Problem { id, text })
    }

    /// Whether the step may be left; if not, the list of what is wrong takes the focus.
    pub fn leave(self, step: Step, lang: Lang) -> bool {
        let free = untrack(|| self.of(step, lang).is_empty());
        self.tried.set((!free).then_some(step));
        if !free {
            focus("problems");
        }
        free
    }
}

/// The person from 0, the day and the reason, where one day of one person is to blame.
fn blamed(outcome: &Outcome, lang: Lang) -> Option<(usize, DayField, String)> {
    match outcome {
        Outcome::NoEffect(place, why) => Some((
            *place,
            refusal::circumstance_field(*why),
            refusal::circumstance_words(*why, lang),
        )),
        Outcome::Refused(why) => {
            let (place, field) = refusal::field(why)?;
            Some((place, field, refusal::said(why, lang).to_owned()))
        }
        _ => None,
    }
}

fn lies_in(id: &str, class: &str) -> bool {
    let element = document().get_element_by_id(id);
    element.is_some_and(|element| element.closest(class).is_ok_and(|found| found.is_some()))
}

fn situation_wanted(lang: Lang) -> &'static str {
    lang.pick(
        "当てはまるものを1つ選んでください",
        "Choose what applies",
        "1つ えらんで ください",
    )
}

fn town_wanted(lang: Lang) -> &'static str {
    lang.pick(
        "住んでいる市区町村を選んでください",
        "Choose your municipality",
        "住んでいる 市や 町を えらんで ください",
    )
}

fn birth_wanted(by_age: bool, lang: Lang) -> &'static str {
    if by_age {
        return lang.pick(
            "年齢を入力してください",
            "Enter the age",
            "年を 書いて ください",
        );
    }
    lang.pick(
        "生年月日を入力してください",
        "Enter the date of birth",
        "生まれた日を 書いて ください",
    )
}

fn unread_words(name: &str, lang: Lang) -> String {
    match lang {
        Lang::Ja => format!("「{name}」が読めません"),
        Lang::En => format!("“{name}” cannot be read"),
        Lang::Easy => format!("「{name}」が 読めません"),
    }
}

/// What has to be done before the step can be left.
#[component]
pub fn ProblemList(problems: Problems, lang: RwSignal<Lang>) -> impl IntoView {
    let all = move || {
        let step = problems.tried.get()?;
        let all = problems.of(step, lang.get());
        (!all.is_empty()).then_some(all)
    };
    let item = |problem: Problem| {
        let id = problem.id.clone();
        view! { <li><button type="button" class="button button-plain" on:click=move |_| focus_on(id.clone())>{problem.text}</button></li> }
    };
    view! {
        <div id="problems" tabindex="-1" role="group" aria-label=word(lang, "直すところ", "To be mended", "なおす ところ")>
            {move || all().map(|all| view! {
                <div class="notice notice-error">
                    <p><b>{word(lang, "次のところを直すと進めます", "Please mend this to go on", "ここを なおして ください")}</b></p>
                    <ul class="problem-list">{all.into_iter().map(item).collect_view()}</ul>
                </div>
            })}
        </div>
    }
}
