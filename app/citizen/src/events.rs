//! もしこうなったら: what the premium becomes where something happens in a life.

use crate::effects::{reason, sentence};
use crate::form::{Form, outcome};
use crate::words::{nth, word};
use chrono::NaiveDate;
use kokuho_shared::assessment::error::AssessmentError;
use kokuho_shared::assessment::result::Assessor;
use kokuho_shared::assessment::sheet::events::{EventError, LifeEvent, apply};
use kokuho_shared::assessment::sheet::{Sheet, Tables};
use kokuho_shared::law::LawError;
use kokuho_shared::money::Yen;
use kokuho_ui::components::{Choice, When};
use kokuho_ui::entry::{DateEntry, Unread, YenEntry};
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    LostJob,
    LeftJob,
    TookJob,
    MovedIn,
    MovedOut,
    Married,
    Born,
    Died,
    Aged(u32),
}

#[rustfmt::skip]
const KINDS: [(Kind, &str, &str, &str); 13] = [
    (Kind::LostJob, "会社の都合で退職した", "A job was lost (employer’s reason)", "会社の 理由で 仕事を やめた"),
    (Kind::LeftJob, "自分の都合で退職した", "A job was given up", "自分の 理由で 仕事を やめた"),
    (Kind::TookJob, "就職して会社の健康保険に入った", "Insured by a new employer", "会社の 健康保険に 入った"),
    (Kind::MovedIn, "転入した", "Moved here", "引っ越して きた"),
    (Kind::MovedOut, "転出した", "Moved away", "引っ越して いった"),
    (Kind::Married, "結婚して1人増えた", "Married: one person more", "結婚して 1人 増えた"),
    (Kind::Born, "子が生まれた", "A child was born", "赤ちゃんが 生まれた"),
    (Kind::Died, "亡くなった", "Somebody died", "家族が 亡くなった"),
    (Kind::Aged(6), "小学校に上がった", "A child started school (6)", "子どもが 小学校に 入った"),
    (Kind::Aged(18), "18歳の年度を過ぎた", "Past the year of turning 18", "18歳を すぎた"),
    (Kind::Aged(40), "40歳になった", "Turned 40", "40歳に なった"),
    (Kind::Aged(65), "65歳になった", "Turned 65", "65歳に なった"),
    (Kind::Aged(75), "75歳になった", "Turned 75", "75歳に なった"),
];

impl Kind {
    fn has_person(self) -> bool {
        !matches!(self, Kind::MovedIn | Kind::MovedOut | Kind::Married)
    }

    fn has_day(self) -> bool {
        !matches!(self, Kind::Aged(_))
    }
}

/// What was chosen.
#[derive(Clone, Copy)]
struct Chosen {
    kind: RwSignal<Option<Kind>>,
    person: RwSignal<usize>,
    on: RwSignal<Option<NaiveDate>>,
    /// Of whoever is married.
    birth: RwSignal<Option<NaiveDate>>,
    salary: RwSignal<Yen>,
}

impl Chosen {
    /// The event, once everything that it needs is there.
    fn event(&self) -> Option<LifeEvent> {
        let person = self.person.get();
        let kind = self.kind.get()?;
        if let Kind::Aged(age) = kind {
            return Some(LifeEvent::Aged { person, age });
        }
        let on = self.on.get()?;
        Some(match kind {
            Kind::LostJob => LifeEvent::LostJob { person, on },
            Kind::LeftJob => LifeEvent::LeftJob { person, on },
            Kind::TookJob => LifeEvent::TookJob { person, on },
            Kind::MovedIn => LifeEvent::MovedIn { on },
            Kind::MovedOut => LifeEvent::MovedOut { on },
            Kind::Married => LifeEvent::Married {
                on,
                birth: self.birth.get()?,
                salary: self.salary.get(),
            },
            Kind::Born => LifeEvent::Born {
                person,
                on,
                multiple: false,
            },
            Kind::Died => LifeEvent::Died { person, on },
            Kind::Aged(age) => LifeEvent::Aged { person, age },
        })
    }
}

/// By what a premium is calculated.
#[derive(Clone, Copy)]
pub struct Means {
    pub assessor: Memo<Result<Assessor, AssessmentError>>,
    pub tables: StoredValue<Result<Tables, LawError>>,
}

#[component]
pub fn Events(form: Form, sheet: Memo<Sheet>, means: Means, lang: RwSignal<Lang>) -> impl IntoView {
    let chosen = Chosen {
        kind: RwSignal::new(None),
        person: RwSignal::new(0),
        on: RwSignal::new(None),
        birth: RwSignal::new(None),
        salary: RwSignal::new(Yen::ZERO),
    };
    // The fields of an event are not those of the estimate above.
    let unread = Unread::provide();
    let is = move |kind: Kind| chosen.kind.get() == Some(kind);
    let choose = move |place: String| {
        let place: Option<usize> = place.parse().ok();
        let kind = place.and_then(|place| KINDS.get(place));
        chosen.kind.set(kind.map(|(kind, ..)| *kind));
    };
    let kinds = Signal::derive(move || {
        let lang = lang.get();
        let nothing = lang.pick("選んでください", "Please choose", "選んで ください");
        let word = |(place, &(_, ja, en, easy)): (usize, &(Kind, _, _, _))| {
            (place.to_string(), lang.pick(ja, en, easy).to_owned())
        };
        let all = KINDS.iter().enumerate().map(word);
        std::iter::once((String::new(), nothing.to_owned()))
            .chain(all)
            .collect()
    });
    let place = Signal::derive(move || {
        let place = KINDS.iter().position(|(kind, ..)| is(*kind));
        place.map_or_else(String::new, |place| place.to_string())
    });
    let persons = Signal::derive(move || {
        let lang = lang.get();
        let word = |place: usize| (place.to_string(), nth(lang, place + 1));
        (0..form.persons.get().len()).map(word).collect()
    });
    let who = Signal::derive(move || chosen.person.get().to_string());
    let total = move |sheet: &Sheet| {
        means.assessor.with(|assessor| {
            means
                .tables
                .with_value(|tables| outcome(sheet, assessor, tables))
        })
    };
    let said = move || {
        let event = chosen.event().filter(|_| !unread.any())?;
        let lang = lang.get();
        let ages = means.assessor.with(|assessor| {
            let assessor = assessor.as_ref().ok();
            assessor.map(|assessor| assessor.rules.ages)
        })?;
        let compared = match apply(&sheet.get(), event, ages) {
            Ok(compared) => compared,
            Err(why) => return Some(refused(why, lang)),
        };
        let told = sentence(total(&compared.without), total(&compared.with), event, lang);
        let why = reason(&sheet.get(), event, lang);
        Some(format!("{told}{}{why}", lang.of("", " ")))
    };
    view! {
        <section aria-labelledby="events-heading" class="events no-print">
            <h3 id="events-heading">{word(lang, "もしこうなったら", "What if …", "もし こう なったら")}</h3>
            <div class="member-grid">
                <Choice id="event" label=word(lang, "できごと", "What happens", "できごと") options=kinds value=place choose=choose />
                <When holds=Signal::derive(move || chosen.kind.get().is_some_and(Kind::has_person))>
                    <Choice id="event-person" label=word(lang, "だれが", "Who", "だれが") options=persons value=who
                        choose=move |place: String| if let Ok(place) = place.parse() { chosen.person.set(place) } />
                </When>
                <When holds=Signal::derive(move || chosen.kind.get().is_some_and(Kind::has_day))>
                    <DateEntry id="event-day" label=word(lang, "いつ（この年度の中）", "When (within this year)", "いつ（今年度の 日）") value=chosen.on lang=lang />
                </When>
                <When holds=Signal::derive(move || is(Kind::Married))>
                    <DateEntry id="event-birth" label=word(lang, "増える人の生年月日", "Date of birth of the new person", "増える 人の 生まれた日") value=chosen.birth lang=lang />
                    <YenEntry id="event-salary" label=word(lang, "増える人の給与収入（年）", "Salary of the new person (year)", "増える 人の 給料（1年）") value=chosen.salary lang=lang />
                </When>
            </div>
            <p aria-live="polite" data-testid="event-outcome">{said}</p>
        </section>
    }
}

fn refused(why: EventError, lang: Lang) -> String {
    match (lang, why) {
        (Lang::En, EventError::OutsideYear) => {
            "Please enter a day between 1 April of this year and 31 March.".to_owned()
        }
        (Lang::En, EventError::NoSuchPerson) => "There is no such person.".to_owned(),
        (_, why) => why.to_string(),
    }
}
