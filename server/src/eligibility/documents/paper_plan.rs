//! 資格確認書, 資格情報のお知らせ, 高齢受給者証: who gets which, and until when.

use super::{Issuer, Subject};
use crate::eligibility::entitlement::bracket::{self, brackets};
use crate::eligibility::entitlement::inputs::{self, EntitlementInputs};
use crate::eligibility::entitlement::ratio::{is_senior, ratios};
use crate::eligibility::entitlement::reference_day::{Day, holds_on};
use crate::eligibility::household;
use crate::error::ServiceError;
use crate::store::{Span, Tx};
use crate::{on_tx, row};
use chrono::NaiveDate;
use kokuho_shared::api::document::{DocumentKind, DocumentWish, PaperFacts, PaperPlan};
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::eligibility::bracket::{Brackets, LimitUnknown, TaxStatus};
use kokuho_shared::eligibility::copayment::Copayment;
use kokuho_shared::eligibility::papers::{Paper, Undecided, paper};
use kokuho_shared::eligibility::terms::certificate_expiry;
use kokuho_shared::ids::HouseholdId;
use kokuho_shared::money::Yen;

/// What each insured person of the household gets on a day.
pub fn plan(
    facts: &EntitlementInputs,
    view: &HouseholdView,
    day: &Day,
) -> Result<Vec<PaperPlan>, ServiceError> {
    let judged = Entitlement::of(facts, view, day)?;
    let insured = |member: &MemberFacts| holds_on(member, day);
    let seniors = view
        .members
        .iter()
        .any(|member| insured(member) && is_senior(member.birth_date, day.on));
    // 収入 of a former member may lower the ratio of the others; whether the head is taxed
    // decides the limit.
    let counts =
        |member: &&MemberFacts| insured(member) || member.head || (seniors && member.is_former());
    let all = view.members.iter().filter(counts);
    all.map(|member| of_member(facts, Subject { view, member }, &judged, day))
        .collect()
}

/// The same for one household inside a transaction, as it is today.
pub async fn plan_in(
    tx: &mut Tx,
    household: HouseholdId,
    issuer: &Issuer<'_>,
) -> Result<Vec<PaperPlan>, ServiceError> {
    let day = issuer.day()?;
    let year = FiscalYear::of(day.on);
    let view = household::visible_in(tx, household, year, issuer.looks()).await?;
    let facts = known_of(tx, &view, &day, issuer).await?;
    plan(&facts, &view, &day)
}

/// Everything that decides the papers of one household.
pub async fn known_of(
    tx: &mut Tx,
    view: &HouseholdView,
    day: &Day,
    issuer: &Issuer<'_>,
) -> Result<EntitlementInputs, ServiceError> {
    let mut facts = inputs::read(tx, Span::one(view.id), day).await?;
    facts.special = bracket::special(view, day)?;
    if !facts.special.is_empty() {
        match household::visible_in(tx, view.id, day.levy, issuer.looks()).await {
            Ok(before) if bracket::unemployed_low(&before, day) => {
                facts.low.insert(view.id);
            }
            // There was no such household in the year that decides.
            Ok(_) | Err(ServiceError::NotFound(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(facts)
}

/// What a household bears, or why it cannot be told.
pub(super) struct Entitlement {
    pub ratios: Result<Copayment, Undecided>,
    pub limits: Result<Brackets, LimitUnknown>,
}

impl Entitlement {
    pub fn of(
        facts: &EntitlementInputs,
        view: &HouseholdView,
        day: &Day,
    ) -> Result<Entitlement, ServiceError> {
        let ratios = ratios(facts, view, day)?;
        let limits = brackets(facts, view, &ratios, day);
        Ok(Entitlement { ratios, limits })
    }

    /// 限度額適用区分 of those under 70, or from 70 on.
    pub fn limit(&self, senior: bool) -> Option<&'static str> {
        let told = self.limits.as_ref().ok()?;
        match (senior, told.senior) {
            (true, Some(bracket)) => Some(bracket.name()),
            (true, None) => None,
            (false, _) => Some(told.general.name()),
        }
    }
}

pub(super) fn of_member(
    facts: &EntitlementInputs,
    subject: Subject<'_>,
    judged: &Entitlement,
    day: &Day,
) -> Result<PaperPlan, ServiceError> {
    let Subject { view, member } = subject;
    let card = facts.cards.get(&member.person_id);
    let status = facts.card(member.person_id);
    let today = day.on;
    let insured = holds_on(member, day);
    let kinds = match paper(status, view.is_protected()) {
        _ if !insured => Vec::new(),
        // The ratio is printed on it: no 高齢受給者証 besides.
        Paper::Certificate => vec![DocumentKind::EligibilityCertificate],
        Paper::Notice => vec![DocumentKind::EligibilityNotice],
    };
    let senior = insured && is_senior(member.birth_date, today);
    // 資格情報のお知らせ runs out only where it shows a ratio.
    let runs_out = insured && (senior || kinds != [DocumentKind::EligibilityNotice]);
    let figures = facts.figures.get(&member.person_id);
    let stay_until = facts.stays.get(&member.person_id).copied();
    let until = expiry(member.birth_date, stay_until, day)?;
    let ratios = &judged.ratios;
    let told = ratios.as_ref().ok();
    let limit = judged.limit(senior).filter(|_| insured);
    Ok(PaperPlan {
        person_id: member.person_id,
        card: status,
        card_observed_on: card.map(|card| card.observed_on),
        kinds,
        valid_until: until.filter(|_| runs_out),
        ratio_tenths: senior.then(|| told.and_then(tenths)).flatten(),
        step: senior
            .then(|| told.and_then(|told| Some(told.step?.number())))
            .flatten(),
        undecided: match ratios {
            Err(why) if senior => Some(named(why, view)),
            _ => None,
        },
        income_year: day.income_year,
        taxable_income: figures.and_then(|found| found.taxable_income),
        receipts: figures.and_then(|found| found.receipts),
        tax: figures.and_then(|found| found.tax),
        stay_until,
        limit: limit.map(str::to_owned),
        limit_undecided: judged
            .limits
            .as_ref()
            .err()
            .filter(|_| insured)
            .map(LimitUnknown::to_string),
    })
}

fn named(why: &Undecided, view: &HouseholdView) -> String {
    let name = |id: &String| {
        let all = view.members.iter();
        let mut found = all.filter(|member| member.person_id.to_string() == *id);
        found
            .next()
            .map_or_else(|| id.clone(), |member| member.name.clone())
    };
    match why {
        Undecided::Income(id) => Undecided::Income(name(id)).to_string(),
        Undecided::TaxableIncome(id) => Undecided::TaxableIncome(name(id)).to_string(),
    }
}

fn tenths(copayment: &Copayment) -> Option<i64> {
    Some(copayment.senior()?.parts_per_million() / 100_000)
}

/// 有効期限 of a paper from a day on; none where somebody's stay has ended before it.
pub(super) fn expiry(
    birth: NaiveDate,
    stay_until: Option<NaiveDate>,
    day: &Day,
) -> Result<Option<NaiveDate>, ServiceError> {
    let until = certificate_expiry(day.on, birth, day.yearly, stay_until);
    let until = until.ok_or_else(|| ServiceError::Internal("calendar".into()))?;
    Ok(Some(until).filter(|until| *until >= day.on))
}

/// 証の取違え: another paper than the planned one needs a reason, such as an application of
/// somebody who needs help.
pub async fn refuse_unplanned(
    tx: &mut Tx,
    wish: &DocumentWish,
    household: HouseholdId,
    issuer: &Issuer<'_>,
) -> Result<(), ServiceError> {
    let plans = plan_in(tx, household, issuer).await?;
    let plan = plans.iter().find(|plan| plan.person_id == wish.person_id);
    if wish.kind.on_application() {
        return refuse_without_need(wish, plan);
    }
    let planned = plan.is_none_or(|plan| plan.kinds.contains(&wish.kind));
    if planned || !wish.remark.trim().is_empty() {
        return Ok(());
    }
    let names = plan.map(|plan| {
        plan.kinds
            .iter()
            .map(|kind| kind.name())
            .collect::<Vec<_>>()
    });
    let text = format!(
        "この人に交付するのは{}です。別の証を交付する理由を備考に入力してください",
        names.unwrap_or_default().join("、")
    );
    Err(ServiceError::invalid_at("remark", text))
}

/// Whoever uses the card needs no certificate besides (規則27条の14の2第1項).
fn refuse_without_need(wish: &DocumentWish, plan: Option<&PaperPlan>) -> Result<(), ServiceError> {
    let by_card = plan.is_some_and(|plan| plan.kinds == [DocumentKind::EligibilityNotice]);
    if !by_card || !wish.remark.trim().is_empty() {
        return Ok(());
    }
    let text = format!(
        "マイナ保険証を利用できる人に{}は要りません。交付する理由を備考に入力してください",
        wish.kind.name()
    );
    Err(ServiceError::invalid_at("remark", text))
}

/// Keeps what was observed of the card and found out of the figures.
pub async fn keep(
    tx: &mut Tx,
    facts: &PaperFacts,
    issuer: &Issuer<'_>,
) -> Result<(), ServiceError> {
    const OLD_CARD: &str =
        "UPDATE card_fact SET superseded_at = $1 WHERE person_id = $2 AND superseded_at IS NULL";
    const OLD: &str = "UPDATE copayment_fact SET superseded_at = $1 \
        WHERE person_id = $2 AND income_year = $3 AND superseded_at IS NULL";
    let negative = [
        ("taxable_income", facts.taxable_income),
        ("receipts", facts.receipts),
    ];
    let negative = negative
        .into_iter()
        .find(|(_, yen)| yen.is_some_and(|yen| yen < Yen::ZERO));
    if let Some((field, _)) = negative {
        return Err(ServiceError::invalid_at(field, "0円以上にしてください"));
    }
    let (now, today) = (tx.at(), issuer.clock.today());
    let (person, login) = (facts.person_id, &issuer.user.login);
    on_tx!(tx, c => sqlx::query(OLD_CARD).bind(now.0).bind(person).execute(c).await?.rows_affected());
    let card = row! {
        id: tx.take_ids("card_fact", 1).await?,
        person_id: person,
        status: facts.card.key(),
        observed_on: today,
        recorded_at: now,
        recorded_by: login.clone(),
    };
    tx.insert("card_fact", &[card]).await?;
    keep_stay(tx, facts, issuer).await?;
    on_tx!(tx, c => sqlx::query(OLD).bind(now.0).bind(person).bind(facts.income_year)
        .execute(c).await?.rows_affected());
    let figures = row! {
        id: tx.take_ids("copayment_fact", 1).await?,
        person_id: person,
        income_year: facts.income_year,
        taxable_income: facts.taxable_income,
        receipts: facts.receipts,
        tax: facts.tax.map(TaxStatus::key),
        recorded_at: now,
        recorded_by: login.clone(),
    };
    tx.insert("copayment_fact", &[figures]).await
}

async fn keep_stay(
    tx: &mut Tx,
    facts: &PaperFacts,
    issuer: &Issuer<'_>,
) -> Result<(), ServiceError> {
    const OLD: &str = "UPDATE residence_term_fact SET superseded_at = $1 WHERE person_id = $2 AND superseded_at IS NULL";
    let (now, person) = (tx.at(), facts.person_id);
    on_tx!(tx, c => sqlx::query(OLD).bind(now.0).bind(person).execute(c).await?.rows_affected());
    let Some(until) = facts.stay_until else {
        return Ok(());
    };
    let row = row! {
        id: tx.take_ids("residence_term_fact", 1).await?,
        person_id: person,
        until,
        recorded_at: now,
        recorded_by: issuer.user.login.clone(),
    };
    tx.insert("residence_term_fact", &[row]).await
}
