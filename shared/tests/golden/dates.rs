//! Days of eligibility, and ratios of co-payment.

use kokuho_shared::assessment::household::{Involuntary, LossGround, Maternity, Member};
use kokuho_shared::assessment::premium::circumstances::Circumstances;
use kokuho_shared::assessment::premium::months::{self, Months};
use kokuho_shared::assessment::rules::Rules;
use kokuho_shared::assessment::schedule::limit;
use kokuho_shared::calendar::{FiscalYear, Month};
use kokuho_shared::collection::prescription::{self, Event};
use kokuho_shared::eligibility::copayment::{self, Person};
use kokuho_shared::eligibility::reasons::*;
use kokuho_shared::eligibility::terms::{self, SpecificMonthRule, YearlyDay};
use kokuho_shared::figures;
use kokuho_shared::law::parameters::{ByPart, LossOnFirst, National, Options};
use serde::Deserialize;
use serde_json::{Value, json};

type Got = Result<Value, String>;

/// What one case of `eligibility_dates` comes to.
pub fn eligibility(case: &Value) -> Result<(), String> {
    let inputs = case["inputs"].clone();
    let got = match case["kind"].as_str() {
        Some("loss") => loss(inputs),
        Some("acquisition") => acquisition(inputs),
        Some("age70_ratio") => age70(inputs),
        Some("notice_due") => notice_due(inputs),
        Some("certificate_expiry") => certificate(inputs),
        Some("specific_household") => specific(inputs),
        Some("premium_months") => premium_months(inputs),
        Some("care_months") => care_months(inputs),
        Some("involuntary_period") => involuntary(inputs),
        Some("maternity_months") => maternity(inputs),
        Some("age_flags") => flags(inputs),
        Some("decision_limit") => limit(inputs),
        Some("prescription") => completes(inputs),
        other => Err(format!("unknown kind {other:?}")),
    };
    super::premium::differences("expected", &case["expected"], &got?)
}

fn read<T: serde::de::DeserializeOwned>(inputs: Value) -> Result<T, String> {
    serde_json::from_value(inputs).map_err(|error| error.to_string())
}

fn day(day: Option<chrono::NaiveDate>) -> Value {
    day.map_or(Value::Null, |day| json!(day))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LossInputs {
    reason: LossReason,
    event_on: Option<chrono::NaiveDate>,
    birth_date: Option<chrono::NaiveDate>,
    new_address_on: Option<chrono::NaiveDate>,
    #[serde(default)]
    disability_loss: DisabilityLoss,
    #[serde(default)]
    age75_loss: Age75Loss,
}

fn loss(inputs: Value) -> Got {
    let inputs: LossInputs = read(inputs)?;
    let event = inputs.event_on.or(inputs.birth_date.and_then(birthday_75));
    let facts = LossFacts {
        new_address_on: inputs.new_address_on,
        age75: inputs.age75_loss,
        disability: inputs.disability_loss,
    };
    let loss = inputs.reason.loss(event.ok_or("event_on")?, facts);
    let only = loss.lost_on.is_none() && loss.administration_ends_on.is_some();
    Ok(json!({"lost_on": day(loss.lost_on), "administration_ends_only": only}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AcquisitionInputs {
    reason: AcquisitionReason,
    event_on: chrono::NaiveDate,
}

fn acquisition(inputs: Value) -> Got {
    let inputs: AcquisitionInputs = read(inputs)?;
    Ok(json!({"acquired_on": day(inputs.reason.acquired_on(inputs.event_on))}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Born {
    birth_date: chrono::NaiveDate,
    fiscal_year: Option<i32>,
}

fn age70(inputs: Value) -> Got {
    let born: Born = read(inputs)?;
    let age = terms::age_70(born.birth_date).ok_or("birth_date")?;
    Ok(json!({"attained_on": age.attained_on, "ratio_from": age.ratio_from}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoticeInputs {
    event_on: chrono::NaiveDate,
    #[serde(default)]
    closed_days: Vec<chrono::NaiveDate>,
}

fn notice_due(inputs: Value) -> Got {
    let inputs: NoticeInputs = read(inputs)?;
    Ok(json!({"due_on": day(terms::notification_due(inputs.event_on, &inputs.closed_days))}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CertificateInputs {
    issued_on: chrono::NaiveDate,
    birth_date: chrono::NaiveDate,
    yearly_end: String,
    stay_until: Option<chrono::NaiveDate>,
}

fn certificate(inputs: Value) -> Got {
    let inputs: CertificateInputs = read(inputs)?;
    let yearly = inputs.yearly_end.split_once('-').and_then(|(month, day)| {
        Some(YearlyDay {
            month: month.parse().ok()?,
            day: day.parse().ok()?,
        })
    });
    let yearly = yearly.ok_or("yearly_end")?;
    let expires = terms::certificate_expiry(
        inputs.issued_on,
        inputs.birth_date,
        yearly,
        inputs.stay_until,
    );
    Ok(json!({"expires_on": day(expires)}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpecificInputs {
    lost_on: chrono::NaiveDate,
    specific_month_rule: SpecificMonthRule,
}

fn specific(inputs: Value) -> Got {
    let inputs: SpecificInputs = read(inputs)?;
    let reliefs = national(2026)?.reliefs.value;
    let period = terms::specific_period(inputs.lost_on, inputs.specific_month_rule, &reliefs);
    let period = period.ok_or("lost_on")?;
    Ok(
        json!({"specific_month": period.specific_month, "half_through": period.half_through,
        "three_quarters_through": period.three_quarters_through}),
    )
}

fn national(year: i32) -> Result<National, String> {
    figures::national(FiscalYear(year)).map_err(|error| error.to_string())
}

fn rules(year: i32, loss_on_first: LossOnFirst) -> Result<Rules, String> {
    let rounding = figures::parameters("27100", FiscalYear(2026));
    let rounding = rounding.map_err(|error| error.to_string())?.rounding.value;
    let options = Options {
        loss_on_first,
        ..Options::default()
    };
    Rules::inline(&national(year)?, ByPart::default(), rounding, options)
        .map_err(|error| error.to_string())
}

/// Number, first and last of the months of a year.
fn counted(months: Months, year: i32) -> Got {
    let named = |place: u32| FiscalYear(year).month_at(place).map(Month::of);
    let (first, last) = match months {
        0 => (None, None),
        _ => (
            named(months.trailing_zeros()),
            named(15 - months.leading_zeros()),
        ),
    };
    Ok(json!({"months": months.count_ones(), "first_month": first, "last_month": last}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MonthsInputs {
    fiscal_year: i32,
    birth_date: chrono::NaiveDate,
    acquired_on: Option<chrono::NaiveDate>,
    lost_on: Option<chrono::NaiveDate>,
    loss_ground: Option<LossGround>,
    loss_on_first: LossOnFirst,
}

fn premium_months(inputs: Value) -> Got {
    let inputs: MonthsInputs = read(inputs)?;
    let member = Member {
        acquired_on: inputs.acquired_on,
        lost_on: inputs.lost_on,
        loss_ground: inputs.loss_ground,
        ..Member::new("A", inputs.birth_date)
    };
    let rules = rules(inputs.fiscal_year, inputs.loss_on_first)?;
    counted(months::insured(&member, &rules), inputs.fiscal_year)
}

fn care_months(inputs: Value) -> Got {
    let born: Born = read(inputs)?;
    let year = born.fiscal_year.ok_or("fiscal_year")?;
    let rules = rules(year, LossOnFirst::PreviousDay)?;
    let member = Member::new("A", born.birth_date);
    counted(
        months::insured(&member, &rules) & months::care(&member, &rules),
        year,
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LeftInputs {
    left_on: chrono::NaiveDate,
    birth_date: chrono::NaiveDate,
}

fn involuntary(inputs: Value) -> Got {
    let inputs: LeftInputs = read(inputs)?;
    let circumstances = Circumstances {
        involuntary: Some(Involuntary {
            left_on: inputs.left_on,
        }),
        ..Circumstances::default()
    };
    let national = national(2026)?;
    let eligible = circumstances.check(inputs.birth_date, &national).is_ok();
    let [span, ..] = circumstances
        .spans(&national)
        .map(|span| span.filter(|_| eligible));
    Ok(
        json!({"eligible": eligible, "from_month": span.map(|(from, _)| from), "to_month": span.map(|(_, to)| to)}),
    )
}

fn maternity(inputs: Value) -> Got {
    let maternity: Maternity = read(inputs)?;
    let circumstances = Circumstances {
        maternity: Some(maternity),
        ..Circumstances::default()
    };
    let [_, span, _, _] = circumstances.spans(&national(2026)?);
    let (mut month, last) = span.ok_or("expected_on")?;
    let last = last.ok_or("expected_on")?;
    let mut months = Vec::new();
    while month <= last {
        months.push(month);
        let next = month.first_day().checked_add_months(chrono::Months::new(1));
        month = next.map(Month::of).ok_or("expected_on")?;
    }
    Ok(json!({"months": months}))
}

fn flags(inputs: Value) -> Got {
    let born: Born = read(inputs)?;
    let rules = rules(
        born.fiscal_year.ok_or("fiscal_year")?,
        LossOnFirst::PreviousDay,
    )?;
    Ok(
        json!({"preschool": rules.is_preschool(born.birth_date), "under18": rules.is_child(born.birth_date),
        "pension65": rules.is_senior(born.birth_date)}),
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitInputs {
    first_due_on: chrono::NaiveDate,
}

fn limit(inputs: Value) -> Got {
    let inputs: LimitInputs = read(inputs)?;
    let national = figures::national(FiscalYear::of(inputs.first_due_on));
    let months = national
        .map_err(|why| why.to_string())?
        .decision_limit
        .value
        .months;
    Ok(json!({"last_decision_on": day(limit::last_decision_on(inputs.first_due_on, months))}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PrescriptionInputs {
    due_on: chrono::NaiveDate,
    events: Vec<Event>,
}

fn completes(inputs: Value) -> Got {
    let inputs: PrescriptionInputs = read(inputs)?;
    Ok(json!({"completes_on": day(prescription::completes_on(inputs.due_on, &inputs.events))}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RatioInputs {
    receipts_confirmed: bool,
    persons: Vec<Person>,
}

/// What one case of `copayment_ratio` comes to.
pub fn ratio(case: &Value) -> Result<(), String> {
    let month: Month = read(case["as_of"]["care_month"].clone())?;
    let inputs: RatioInputs = read(case["inputs"].clone())?;
    let rules = figures::copayment().map_err(|error| error.to_string())?;
    let rule = rules.of(month).map_err(|error| error.to_string())?;
    let judged = copayment::judge(&inputs.persons, month, inputs.receipts_confirmed, rule);
    let mut got = json!({"taxable": {}, "ratios": {}});
    for each in &judged.ratios {
        got["ratios"][&each.id] = json!(each.ratio);
        if let Some(taxable) = each.taxable {
            got["taxable"][&each.id] = json!(taxable);
        }
    }
    got["step"] = json!(judged.step.map(copayment::Step::number));
    got["senior_ratio"] = json!(judged.senior());
    super::premium::differences("expected", &case["expected"], &got)
}
