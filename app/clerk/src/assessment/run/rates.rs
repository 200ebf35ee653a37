//! 料率の欄: one row of fields for each part, as percent and yen.

use crate::figures;
use kokuho_shared::assessment::trial::whatif::Thresholds;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::law::parameters::{ByPart, Part, PartRates};
use kokuho_shared::money::Yen;
use kokuho_shared::rate::Rate;
use kokuho_ui::components::{Field, typed};
use leptos::prelude::*;

/// The fields of one part.
#[derive(Clone)]
pub struct Fields {
    pub part: Part,
    known: PartRates,
    rate: RwSignal<String>,
    capita: RwSignal<String>,
    adult: RwSignal<String>,
    household: RwSignal<String>,
    cap: RwSignal<String>,
    required: RwSignal<String>,
}

/// The city's own rates of a year, to begin with.
pub fn of_shipped(municipality: &str, year: FiscalYear) -> Vec<Fields> {
    let Ok(parameters) = figures::parameters(municipality, year) else {
        return Vec::new();
    };
    let fields = |(part, cited): (Part, &kokuho_shared::law::parameters::Cited<PartRates>)| {
        let known = cited.value;
        let text = |amount: Yen| RwSignal::new(amount.0.to_string());
        Fields {
            part,
            known,
            rate: RwSignal::new(percent(known.income_rate)),
            capita: text(known.per_capita),
            adult: text(known.per_capita_18plus),
            household: text(known.per_household),
            cap: text(known.cap),
            required: RwSignal::new(String::new()),
        }
    };
    parameters.rates.iter().map(fields).collect()
}

/// 軽減の基準: yen for each person, of 5割 and of 2割.
#[derive(Clone, Copy)]
pub struct Levels {
    known: Thresholds,
    t50: RwSignal<String>,
    t20: RwSignal<String>,
}

impl Levels {
    /// Those of the law in a year, to begin with.
    pub fn of_shipped(municipality: &str, year: FiscalYear) -> Option<Levels> {
        let parameters = figures::parameters(municipality, year).ok()?;
        let heads = parameters.national.per_head.value;
        let (t50, t20) = (heads.t50, heads.t20);
        Some(Levels {
            known: Thresholds { t50, t20 },
            t50: RwSignal::new(t50.to_string()),
            t20: RwSignal::new(t20.to_string()),
        })
    }

    /// Other ones than those of the law, where somebody has typed them.
    pub fn read(&self) -> Result<Option<Thresholds>, String> {
        let amount = |value: RwSignal<String>, tier: &str| {
            let read = value.with_untracked(|text| read_yen(text));
            let amount = read.map(|yen| yen.0);
            amount.ok_or_else(|| format!("{tier}軽減の基準額を円で入力してください"))
        };
        let (t50, t20) = (amount(self.t50, "5割")?, amount(self.t20, "2割")?);
        let told = Thresholds { t50, t20 };
        if !told.are_sound() {
            return Err("5割軽減の基準額は、2割軽減の基準額以下にしてください".to_owned());
        }
        Ok((told != self.known).then_some(told))
    }

    pub fn shown(&self) -> impl IntoView + use<> {
        view! {
            <fieldset class="member">
                <legend>"軽減の基準（1人につき加える額）"</legend>
                <div class="member-entry">
                    {line("level-50".to_owned(), "5割軽減（円）", self.t50)}
                    {line("level-20".to_owned(), "2割軽減（円）", self.t20)}
                </div>
            </fieldset>
        }
    }
}

fn line(id: String, label: &'static str, value: RwSignal<String>) -> impl IntoView {
    let input = id.clone();
    view! {
        <Field id=id label=label>
            <input id=input class="input" inputmode="decimal" autocomplete="off" prop:value=move || value.get()
                on:input=move |event| value.set(typed(&event)) />
        </Field>
    }
}

/// All parts, or what is wrong.
pub fn all(fields: &[Fields]) -> Result<ByPart<PartRates>, String> {
    let mut rates = ByPart::default();
    for field in fields {
        rates.set(field.part, field.read()?);
    }
    Ok(rates)
}

/// `9.5` for 9.5 %.
fn percent(rate: Rate) -> String {
    let ppm = rate.parts_per_million();
    let text = format!("{}.{:04}", ppm / 10_000, ppm % 10_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn read_percent(text: &str) -> Option<Rate> {
    let (whole, rest) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    if rest.len() > 4
        || !rest
            .bytes()
            .chain(whole.bytes())
            .all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let rest: i64 = format!("{rest:0<4}").parse().ok()?;
    Rate::from_parts_per_million(whole.checked_mul(10_000)?.checked_add(rest)?)
}

fn read_yen(text: &str) -> Option<Yen> {
    let amount: i64 = text.trim().replace(',', "").parse().ok()?;
    (amount >= 0).then_some(Yen(amount))
}

impl Fields {
    fn read(&self) -> Result<PartRates, String> {
        let name = self.part.name();
        let amount = |value: RwSignal<String>, label: &str| {
            let read = value.with_untracked(|text| read_yen(text));
            read.ok_or_else(|| format!("{name}の{label}を円で入力してください"))
        };
        let rate = self.rate.with_untracked(|text| read_percent(text));
        Ok(PartRates {
            income_rate: rate
                .ok_or_else(|| format!("{name}の所得割率を％で入力してください（小数4桁まで）"))?,
            per_capita: amount(self.capita, "均等割")?,
            per_capita_18plus: amount(self.adult, "18歳以上均等割")?,
            per_household: amount(self.household, "平等割")?,
            cap: amount(self.cap, "限度額")?,
            ..self.known
        })
    }

    /// What the part must bring; none where nothing is typed.
    pub fn required(&self) -> Result<Option<Yen>, String> {
        let name = self.part.name();
        self.required.with_untracked(|text| match text.trim() {
            "" => Ok(None),
            typed => match read_yen(typed) {
                Some(amount) => Ok(Some(amount)),
                None => Err(format!("{name}の必要額を円で入力してください")),
            },
        })
    }

    pub fn set_rate(&self, rate: Rate) {
        self.rate.set(percent(rate));
    }

    pub fn shown(&self) -> impl IntoView + use<> {
        let key = self.part.key();
        let line = |end: &'static str, label: &'static str, value: RwSignal<String>| {
            line(format!("{key}-{end}"), label, value)
        };
        let adult =
            (self.part == Part::Child).then(|| line("adult", "18歳以上均等割（円）", self.adult));
        view! {
            <fieldset class="member">
                <legend>{self.part.name()}</legend>
                <div class="member-entry">
                    {line("rate", "所得割率（％）", self.rate)}
                    {line("capita", "均等割（円）", self.capita)}
                    {adult}
                    {line("household", "平等割（円）", self.household)}
                    {line("cap", "限度額（円）", self.cap)}
                    {line("required", "必要額（円、率を求めるとき）", self.required)}
                </div>
            </fieldset>
        }
    }
}
