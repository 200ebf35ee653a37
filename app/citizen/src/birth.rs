//! 生年月日または年齢: 元号, year, month and day apart, each with the keyboard of numbers. A whole day that is typed or
//! pasted into the field of the year is understood as everywhere else.

use crate::form::{Form, Person};
use crate::words::word;
use chrono::{Datelike, NaiveDate};
use kokuho_shared::assessment::sheet::code::DayField;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::{era, text};
use kokuho_ui::components::typed;
use kokuho_ui::entry;
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;

/// 西暦, and then the eras in which somebody alive can be born.
const CALENDARS: [(&str, &str, &str); 6] = [
    ("西暦", "西暦", "AD"),
    ("令和", "令和 R", "Reiwa"),
    ("平成", "平成 H", "Heisei"),
    ("昭和", "昭和 S", "Showa"),
    ("大正", "大正 T", "Taisho"),
    ("明治", "明治 M", "Meiji"),
];

/// What stands in the four fields.
#[derive(Clone, Default, PartialEq, Eq)]
struct Parts {
    calendar: String,
    year: String,
    month: String,
    day: String,
}

/// What the four fields say.
#[derive(PartialEq, Eq)]
enum Said {
    Nothing,
    /// Something is still missing.
    Part,
    Wrong,
    Day(NaiveDate),
}

impl Parts {
    /// `gregorian`: the year is written with four digits.
    fn of(day: NaiveDate, gregorian: bool) -> Parts {
        let written = era::format(day);
        let name: String = written.chars().take(2).collect();
        let year = written.chars().skip(2).take_while(|sign| *sign != '年');
        let known = CALENDARS.iter().find(|(value, ..)| *value == name);
        let (calendar, year) = match known.filter(|_| !gregorian) {
            Some((value, ..)) => ((*value).to_owned(), year.collect()),
            None => ("西暦".to_owned(), day.year().to_string()),
        };
        Parts {
            calendar,
            year,
            month: day.month().to_string(),
            day: day.day().to_string(),
        }
    }

    fn read(&self) -> Said {
        let plain = |text: &str| text::half_width(text).trim().to_owned();
        let [year, month, day] = [&self.year, &self.month, &self.day].map(|text| plain(text));
        if year.is_empty() && month.is_empty() && day.is_empty() {
            return Said::Nothing;
        }
        let digits = |text: &str| text.chars().all(|sign| sign.is_ascii_digit());
        // A whole day stands in the field of the year, whatever the others still hold.
        if year.len() > 4
            && let Ok(day) = era::parse_date(&year)
        {
            return Said::Day(day);
        }
        if month.is_empty() && day.is_empty() {
            let begun = year.len() <= 4 && digits(&year);
            return if begun { Said::Part } else { Said::Wrong };
        }
        if year.is_empty() || month.is_empty() || day.is_empty() {
            return Said::Part;
        }
        let whole = match self.calendar.as_str() {
            _ if year.len() == 4 && digits(&year) => format!("{year}/{month}/{day}"),
            _ if !digits(&year) && year != "元" => format!("{year}.{month}.{day}"),
            "" | "西暦" => return Said::Wrong,
            era => format!("{era}{year}年{month}月{day}日"),
        };
        era::parse_date(&whole).map_or(Said::Wrong, Said::Day)
    }

    /// As it is meant: each part in its own field.
    fn in_order(&self, day: NaiveDate) -> Parts {
        let digits: String = text::half_width(&self.year);
        Parts::of(day, digits.trim().starts_with(&day.year().to_string()))
    }
}

/// Whoever is so old on 1 April, and has the next birthday only after the year.
fn born_at(age: &str, year: FiscalYear) -> Option<NaiveDate> {
    const OLDEST: i32 = 120;
    let age: i32 = text::half_width(age)
        .trim()
        .trim_end_matches('歳')
        .parse()
        .ok()?;
    let known = (0..=OLDEST).contains(&age);
    NaiveDate::from_ymd_opt(year.0 - age, 4, 2).filter(|_| known)
}

#[component]
pub fn Birth(
    form: Form,
    person: Person,
    lang: RwSignal<Lang>,
    /// What is wrong with a day that can be read, or with none.
    wrong: Signal<Option<String>>,
) -> impl IntoView {
    let key = person.key;
    let value = person.day(DayField::Birth);
    let known = value.get_untracked();
    let parts = RwSignal::new(match known {
        Some(day) => Parts::of(day, lang.get_untracked() == Lang::En),
        None => Parts::default(),
    });
    let age = RwSignal::new(String::new());
    let error = RwSignal::new(false);
    // Only what is finished is found fault with.
    let read = move |finished: bool| {
        let said = parts.with_untracked(Parts::read);
        match said {
            Said::Day(_) | Said::Nothing => error.set(false),
            Said::Wrong if finished => error.set(true),
            _ => {}
        }
        value.set(match said {
            Said::Day(day) => Some(day),
            _ => None,
        });
    };
    let read_age = move |finished: bool| {
        let born = age.with_untracked(|age| born_at(age, form.fiscal_year.get_untracked()));
        let empty = age.with_untracked(|age| age.trim().is_empty());
        if born.is_some() || empty {
            error.set(false);
        } else if finished {
            error.set(true);
        }
        value.set(born);
    };
    // The other way to say it is read again, and an age means another day in another year.
    Effect::new(move |before: Option<(bool, FiscalYear)>| {
        let now = (form.by_age.get(), form.fiscal_year.get());
        let Some(before) = before.filter(|before| *before != now) else {
            return now;
        };
        match now.0 {
            true => read_age(true),
            false if before.0 => read(true),
            false => {}
        }
        now
    });
    let settle = move |_| {
        read(true);
        if let Some(day) = value.get_untracked() {
            let ordered = parts.with_untracked(|parts| parts.in_order(day));
            parts.set(ordered);
        }
    };
    let told = Signal::derive(move || {
        let unread = error
            .get()
            .then(|| unread_words(form.by_age.get(), lang.get()));
        unread.map(str::to_owned).or_else(|| wrong.get())
    });
    let hint = move || birth_hint(form, value.get(), lang.get());
    let id = move |field: &str| format!("m{key}-{field}");
    let part = move |field: &'static str,
                     of: fn(&mut Parts) -> &mut String,
                     label: Signal<String>| {
        let class = format!("input birth-{field}");
        let id = if field == "year" {
            id("birth")
        } else {
            id(field)
        };
        view! {
            <label class="birth-part">
                <input id=id type="text" inputmode="numeric" autocomplete="off" class=class
                    aria-describedby=format!("m{key}-birth-hint m{key}-birth-error")
                    aria-invalid=move || told.get().is_some().to_string()
                    prop:value=move || parts.with(|parts| of(&mut parts.clone()).clone())
                    on:input=move |event| { parts.update(|parts| *of(parts) = typed(&event)); read(false) }
                    on:change=settle />
                <span>{label}</span>
            </label>
        }
    };
    let calendar = move |&(value, ja, en): &'static (&'static str, &'static str, &'static str)| {
        let chosen = move || parts.with(|parts| parts.calendar == value);
        view! { <option value=value selected=chosen>{move || lang.get().of(ja, en)}</option> }
    };
    view! {
        <div class="field birth" role="group" aria-labelledby=id("birth-label") class:field-wrong=move || told.get().is_some()>
            <span class="label" id=id("birth-label")>
                {move || if form.by_age.get() { age_label(form.fiscal_year.get(), lang.get()) } else { lang.get().pick("生年月日", "Date of birth", "生まれた日").to_owned() }}
                <span class="field-required">{word(lang, "※必須", "required", "※書いて ください")}</span>
            </span>
            {move || if form.by_age.get() { view! {
                <label class="birth-part">
                    <input id=id("age") type="text" inputmode="numeric" autocomplete="off" class="input birth-day"
                        aria-describedby=format!("m{key}-birth-hint m{key}-birth-error")
                        aria-invalid=move || told.get().is_some().to_string()
                        prop:value=move || age.get()
                        on:input=move |event| { age.set(typed(&event)); read_age(false) }
                        on:change=move |_| read_age(true) />
                    <span>{word(lang, "歳", "years old", "歳")}</span>
                </label>
            }.into_any() } else { view! {
                <div class="birth-parts">
                    <select id=id("calendar") class="select birth-calendar" aria-label=word(lang, "元号", "Calendar", "元号")
                        on:change=move |event| { parts.update(|parts| parts.calendar = event_target_value(&event)); read(true) }>
                        <option value="" selected=move || parts.with(|parts| parts.calendar.is_empty())>{word(lang, "元号", "Calendar", "元号")}</option>
                        {CALENDARS.iter().map(calendar).collect_view()}
                    </select>
                    {part("year", |parts| &mut parts.year, word(lang, "年", "year", "年"))}
                    {part("month", |parts| &mut parts.month, word(lang, "月", "month", "月"))}
                    {part("day", |parts| &mut parts.day, word(lang, "日", "day", "日"))}
                </div>
            }.into_any() }}
            <p class="field-hint" id=id("birth-hint")>{hint}</p>
            <p class="field-error" id=id("birth-error") role="alert">{move || told.get()}</p>
        </div>
    }
}

fn age_label(year: FiscalYear, lang: Lang) -> String {
    match lang {
        Lang::Ja => format!("年齢（{year}年4月1日の）"),
        Lang::En => format!("Age (on 1 April {year})"),
        Lang::Easy => format!("何歳ですか（{year}年4月1日）"),
    }
}

fn birth_hint(form: Form, day: Option<NaiveDate>, lang: Lang) -> String {
    if form.by_age.get() {
        let text = lang.pick(
            "年度の途中で40・65・75歳になる人は、生年月日で入力すると正確です",
            "Whoever turns 40, 65 or 75 within the year: a date of birth is more exact",
            "今年度に 40歳・65歳・75歳に なる 人は、生まれた日を 書いて ください",
        );
        return text.to_owned();
    }
    match day {
        Some(day) => format!("= {}", entry::echo_of(day, lang)),
        None => lang
            .pick(
                "例：昭和 56年 4月 2日。西暦は4けた（1981）",
                "e.g. 1981, 4, 2",
                "書き方: 1981年 4月 2日",
            )
            .to_owned(),
    }
}

fn unread_words(by_age: bool, lang: Lang) -> &'static str {
    if by_age {
        return lang.pick(
            "0から120までの数字で入力してください",
            "Enter a number from 0 to 120",
            "0から 120までの 数字で 書いて ください",
        );
    }
    lang.pick(
        "この日付は読めません。元号を選ぶか、西暦4けた（例：1981）で入力してください",
        "Not a day. Choose the calendar, or enter a year of four digits (e.g. 1981)",
        "この 日は ありません。元号を えらぶか、1981のように 書いて ください",
    )
}
