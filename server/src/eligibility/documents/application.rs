//! 申請による証: 限度額適用認定証 and 特定疾病療養受療証, what they show and until when.

use super::forms::day as told;
use super::paper_plan::Entitlement;
use crate::eligibility::entitlement::reference_day::Day;
use crate::error::ServiceError;
use chrono::{Datelike, NaiveDate};
use kokuho_letters::document::Fact;
use kokuho_shared::api::document::{DocumentKind, DocumentWish};
use kokuho_shared::calendar::Month;
use kokuho_shared::eligibility::bracket::{Bracket, SeniorBracket};
use kokuho_shared::eligibility::papers::{Disease, disease_limit};
use kokuho_shared::money::Yen;

/// What a certificate says that somebody applied for.
pub struct Applied {
    pub title: &'static str,
    /// 発効期日: the first of the month of the application, or 資格取得 after it.
    from: NaiveDate,
    says: Says,
    /// The end of the year of the brackets.
    year_end: Option<NaiveDate>,
}

enum Says {
    Limit(&'static str),
    Disease(Disease, Yen),
}

/// Of whoever applies: whether of 70 or older, and since when insured.
#[derive(Clone, Copy)]
pub struct Applicant {
    pub senior: bool,
    pub acquired_on: NaiveDate,
}

/// From when a certificate holds, and the end of the year of the brackets.
#[derive(Clone, Copy)]
struct Term {
    from: NaiveDate,
    year_end: NaiveDate,
}

const LIMIT: &str = "限度額適用認定証";
const LIMIT_AND_MEALS: &str = "限度額適用・標準負担額減額認定証";

/// Judges an application, or says what stands in its way.
pub fn judge(
    wish: &DocumentWish,
    judged: &Entitlement,
    applicant: Applicant,
    day: &Day,
) -> Result<Applied, ServiceError> {
    let term = Term {
        from: Month::of(day.on).first_day().max(applicant.acquired_on),
        year_end: year_end(day)?,
    };
    if wish.kind == DocumentKind::DiseaseCertificate {
        return of_disease(wish, judged, applicant.senior, day, term);
    }
    let told = judged.limits.as_ref();
    let told = told.map_err(|why| ServiceError::invalid_at("person_id", why.to_string()))?;
    if applicant.senior {
        let undecided = || ServiceError::invalid_at("person_id", "負担割合が決まっていません");
        let bracket = told.senior.ok_or_else(undecided)?;
        let bracket = Some(bracket).filter(|bracket| bracket.needs_certificate());
        let bracket = bracket.ok_or_else(|| {
            let text = "この区分は負担割合だけで限度額が適用されるため、認定証は要りません";
            ServiceError::invalid_at("kind", text)
        })?;
        let low = matches!(bracket, SeniorBracket::Low1 | SeniorBracket::Low2);
        return Ok(limit(low, bracket.name(), term));
    }
    let application = &wish.application;
    if !application.no_arrears && application.special_reason.trim().is_empty() {
        let text = "70歳未満の人には、保険料の滞納がないことを確かめて交付します。滞納があっても交付するときは、特別の事情を入力してください";
        return Err(ServiceError::invalid_at("application.no_arrears", text));
    }
    let low = told.general == Bracket::O;
    Ok(limit(low, told.general.name(), term))
}

fn limit(low: bool, bracket: &'static str, term: Term) -> Applied {
    Applied {
        title: if low { LIMIT_AND_MEALS } else { LIMIT },
        from: term.from,
        says: Says::Limit(bracket),
        year_end: Some(term.year_end),
    }
}

fn of_disease(
    wish: &DocumentWish,
    judged: &Entitlement,
    senior: bool,
    day: &Day,
    term: Term,
) -> Result<Applied, ServiceError> {
    let disease = wish.application.disease.ok_or_else(|| {
        ServiceError::invalid_at("application.disease", "特定疾病を選んでください")
    })?;
    // From 70 on, and for the other diseases, the bracket changes nothing.
    let asks = disease == Disease::Dialysis && !senior;
    let bracket = match (&judged.limits, asks) {
        (Ok(told), true) => Some(told.general),
        (Err(why), true) => return Err(ServiceError::invalid_at("person_id", why.to_string())),
        (_, false) => None,
    };
    Ok(Applied {
        title: DocumentKind::DiseaseCertificate.name(),
        from: term.from,
        says: Says::Disease(disease, disease_limit(disease, bracket, &day.bracket)),
        year_end: asks.then_some(term.year_end),
    })
}

/// 7月31日 on or after a day: brackets are judged anew in August.
fn year_end(day: &Day) -> Result<NaiveDate, ServiceError> {
    let today = day.on;
    let begins = |year: i32| NaiveDate::from_ymd_opt(year, day.copayment.judged_in, 1);
    let next = begins(today.year()).filter(|day| *day > today);
    let next = next.or_else(|| begins(today.year() + 1));
    next.and_then(|day| day.pred_opt())
        .ok_or_else(|| ServiceError::Internal("calendar".into()))
}

impl Applied {
    /// With the paper of eligibility at the latest, but for a disease that never ends.
    pub fn until(&self, paper: Option<NaiveDate>) -> Option<NaiveDate> {
        let year_end = self.year_end?;
        Some(paper.map_or(year_end, |paper| paper.min(year_end)))
    }

    pub fn facts(&self) -> Vec<Fact> {
        let mut facts = match &self.says {
            Says::Limit(bracket) => vec![Fact::new("適用区分", *bracket)],
            Says::Disease(disease, limit) => vec![
                Fact::new("認定疾病名", disease.name()),
                Fact::new("自己負担限度額（月額）", format!("{}円", limit.0)),
            ],
        };
        facts.push(Fact::new("発効期日", told(self.from)));
        facts
    }
}
