//! 資格確認書, 資格情報のお知らせ, 高齢受給者証: who gets which, until when, with which ratio.

use super::forms::day;
use super::{Composed, Issuer};
use crate::error::ServiceError;
use crate::on_tx;
use crate::store::Tx;
use crate::store::facts::IncomeRow;
use chrono::{Datelike, NaiveDate};
use kokuho_letters::document::{Document, Fact};
use kokuho_shared::api::document::{DocumentKind, DocumentWish, PaperFacts, PaperPlan};
use kokuho_shared::api::household::{EligibilityView, HouseholdView, MemberView};
use kokuho_shared::assessment::household::{Income, IncomeStatus};
use kokuho_shared::calendar::{FiscalYear, Month};
use kokuho_shared::eligibility::copayment::{Copayment, Person};
use kokuho_shared::eligibility::papers::{CardStatus, Known, Paper, Undecided, judge_known, paper};
use kokuho_shared::eligibility::terms::{age_70, certificate_expiry};
use kokuho_shared::law::national::National;
use kokuho_shared::law::shipped;
use kokuho_shared::money::Yen;
use sqlx::FromRow;

/// What a paper says of a person besides what the household shows.
#[derive(FromRow)]
struct Identity {
    sex: i64,
    insurer_number: String,
}

#[derive(FromRow)]
struct Card {
    status: String,
    observed_on: NaiveDate,
}

#[derive(FromRow)]
struct Figures {
    taxable_income: Option<i64>,
    receipts: Option<i64>,
}

/// 所得の年 that decides the ratio of a month (令27条の2): the year before the one before last from
/// January to July, last year from August on.
pub fn income_year(on: NaiveDate) -> i64 {
    let back = if on.month() < 8 { 2 } else { 1 };
    i64::from(on.year() - back)
}

/// What each insured person of the household gets on a day.
pub async fn plan(
    tx: &mut Tx,
    view: &HouseholdView,
    issuer: &Issuer<'_>,
) -> Result<Vec<PaperPlan>, ServiceError> {
    let today = issuer.clock.today();
    let ratios = ratios(tx, view, today).await?;
    let seniors = view
        .members
        .iter()
        .any(|member| period_on(member, today).is_some() && is_senior(member.birth_date, today));
    let mut plans = Vec::new();
    for member in &view.members {
        // 収入 of a former member may lower the ratio of the others.
        if period_on(member, today).is_none() && !(seniors && is_former(member)) {
            continue;
        }
        plans.push(of_member(tx, member, &ratios, (view, today, issuer.municipality)).await?);
    }
    Ok(plans)
}

async fn of_member(
    tx: &mut Tx,
    member: &MemberView,
    ratios: &Result<Copayment, Undecided>,
    (view, today, municipality): (&HouseholdView, NaiveDate, &str),
) -> Result<PaperPlan, ServiceError> {
    let card = card(tx, member.person_id).await?;
    let status = card
        .as_ref()
        .and_then(|card| CardStatus::of_key(&card.status))
        .unwrap_or_default();
    let insured = period_on(member, today).is_some();
    let kinds = match paper(status, view.is_protected()) {
        _ if !insured => Vec::new(),
        // The ratio is printed on it: no 高齢受給者証 besides.
        Paper::Certificate => vec![DocumentKind::EligibilityCertificate],
        Paper::Notice => vec![DocumentKind::EligibilityNotice],
    };
    let senior = insured && is_senior(member.birth_date, today);
    // 資格情報のお知らせ runs out only where it shows a ratio.
    let runs_out = insured && (senior || kinds != [DocumentKind::EligibilityNotice]);
    let year = income_year(today);
    let figures = figures(tx, member.person_id, year).await?;
    let told = ratios.as_ref().ok();
    Ok(PaperPlan {
        person_id: member.person_id,
        card: status,
        card_observed_on: card.map(|card| card.observed_on),
        kinds,
        valid_until: runs_out.then_some(expiry(member.birth_date, today, municipality)?),
        ratio_tenths: senior.then(|| told.and_then(tenths)).flatten(),
        step: senior
            .then(|| told.and_then(|told| Some(told.step?.number())))
            .flatten(),
        undecided: match ratios {
            Err(why) if senior => Some(named(why, view)),
            _ => None,
        },
        income_year: year,
        taxable_income: figures
            .as_ref()
            .and_then(|found| found.taxable_income)
            .map(Yen),
        receipts: figures.as_ref().and_then(|found| found.receipts).map(Yen),
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

/// The 資格 that holds on a day while the person belongs to the household.
fn period_on(member: &MemberView, on: NaiveDate) -> Option<EligibilityView> {
    let left = member.left_on().is_some_and(|left| left <= on);
    let all = member.earlier.iter().chain(&member.eligibility);
    let holds = |period: &&EligibilityView| {
        period.acquired_on <= on && period.lost_on.is_none_or(|lost| on < lost)
    };
    all.copied().find(|period| holds(&period)).filter(|_| !left)
}

fn is_senior(birth: NaiveDate, on: NaiveDate) -> bool {
    age_70(birth).is_some_and(|age| age.ratio_from <= on)
}

fn expiry(
    birth: NaiveDate,
    issued_on: NaiveDate,
    municipality: &str,
) -> Result<NaiveDate, ServiceError> {
    let parameters = shipped::parameters(municipality, FiscalYear::of(issued_on))?;
    let text = &parameters.eligibility.value.certificate_until;
    let yearly = text
        .split_once('-')
        .and_then(|(month, day)| Some((month.parse().ok()?, day.parse().ok()?)));
    let until = yearly.and_then(|yearly| certificate_expiry(issued_on, birth, yearly, None));
    until.ok_or_else(|| ServiceError::Internal(format!("eligibility.certificate_until: {text}")))
}

/// 特定同一世帯所属者 while it belongs to the household.
fn is_former(member: &MemberView) -> bool {
    member.specific_month.is_some() && member.left_on().is_none()
}

/// 基準所得額: what the law of every city takes off.
fn basis_income(income: &Income, national: &National) -> Yen {
    let gross = income.salary_income + income.pension_income + income.other_income;
    let total = income.total_income.unwrap_or(gross);
    let steps = &national.basic_deduction.value;
    let step = steps.iter().find(|step| total.0 <= step.up_to);
    (gross - Yen(step.map_or(0, |step| step.amount))).or_zero()
}

/// 負担割合 of the household in the month of a day.
async fn ratios(
    tx: &mut Tx,
    view: &HouseholdView,
    on: NaiveDate,
) -> Result<Result<Copayment, Undecided>, ServiceError> {
    let month = Month::of(on);
    let rule = *shipped::copayment()?.of(month)?;
    let year = income_year(on);
    let levy = i32::try_from(year + 1).unwrap_or_default();
    let counts = |member: &&MemberView| {
        let insured = period_on(member, on).is_some() && is_senior(member.birth_date, on);
        insured || is_former(member)
    };
    let counted: Vec<&MemberView> = view.members.iter().filter(counts).collect();
    let national = shipped::national(FiscalYear(levy))?;
    let mut known = Vec::new();
    for member in counted {
        known.push(known_of(tx, member, (on, year), &national).await?);
    }
    Ok(judge_known(&known, month, &rule))
}

async fn known_of(
    tx: &mut Tx,
    member: &MemberView,
    (on, year): (NaiveDate, i64),
    national: &National,
) -> Result<Known, ServiceError> {
    let (income, status) = income(tx, member.person_id, year).await?;
    let figures = figures(tx, member.person_id, year).await?;
    Ok(Known {
        person: Person {
            id: member.person_id.to_string(),
            birth_date: member.birth_date,
            insured: period_on(member, on).is_some(),
            former_member: is_former(member),
            taxable_income: Yen::ZERO,
            basis_income: basis_income(&income, national),
            receipts: Yen::ZERO,
            head_on_dec31: false,
            children_under16: 0,
            children_16_18: 0,
        },
        income_known: status == IncomeStatus::Known,
        taxable_income: figures
            .as_ref()
            .and_then(|found| found.taxable_income)
            .map(Yen),
        receipts: figures.as_ref().and_then(|found| found.receipts).map(Yen),
    })
}

async fn income(
    tx: &mut Tx,
    person: i64,
    year: i64,
) -> Result<(Income, IncomeStatus), ServiceError> {
    const SQL: &str = "SELECT id, person_id, income_year, status, salary_receipts, salary_income, pension_receipts, \
        pension_income, other_income, total_income, transfer_special_deduction, casualty_loss, family_pay_deducted, \
        family_pay_received FROM income_fact WHERE person_id = $1 AND income_year = $2 AND superseded_at IS NULL";
    let row: Option<IncomeRow> = on_tx!(tx, c => sqlx::query_as(SQL).bind(person).bind(year)
        .fetch_optional(c).await?);
    Ok(match row {
        Some(row) => (row.line().income, row.line().status),
        None => (Income::default(), IncomeStatus::Unknown),
    })
}

async fn figures(tx: &mut Tx, person: i64, year: i64) -> Result<Option<Figures>, ServiceError> {
    const SQL: &str = "SELECT taxable_income, receipts FROM copayment_fact \
        WHERE person_id = $1 AND income_year = $2 AND superseded_at IS NULL";
    Ok(on_tx!(tx, c => sqlx::query_as(SQL).bind(person).bind(year).fetch_optional(c).await?))
}

async fn card(tx: &mut Tx, person: i64) -> Result<Option<Card>, ServiceError> {
    const SQL: &str =
        "SELECT status, observed_on FROM card_fact WHERE person_id = $1 AND superseded_at IS NULL";
    Ok(on_tx!(tx, c => sqlx::query_as(SQL).bind(person).fetch_optional(c).await?))
}

/// Keeps what was observed of the card and found out of the figures.
pub async fn keep(
    tx: &mut Tx,
    facts: &PaperFacts,
    issuer: &Issuer<'_>,
) -> Result<(), ServiceError> {
    const OLD_CARD: &str =
        "UPDATE card_fact SET superseded_at = $1 WHERE person_id = $2 AND superseded_at IS NULL";
    const CARD: &str = "INSERT INTO card_fact (id, person_id, status, observed_on, recorded_at, recorded_by) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    const OLD: &str = "UPDATE copayment_fact SET superseded_at = $1 \
        WHERE person_id = $2 AND income_year = $3 AND superseded_at IS NULL";
    const NEW: &str = "INSERT INTO copayment_fact (id, person_id, income_year, taxable_income, receipts, recorded_at, \
        recorded_by) VALUES ($1, $2, $3, $4, $5, $6, $7)";
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
    let (now, today) = (issuer.clock.now(), issuer.clock.today());
    let (person, login) = (facts.person_id, &issuer.user.login);
    let ids = (
        tx.take_ids("card_fact", 1).await?,
        tx.take_ids("copayment_fact", 1).await?,
    );
    on_tx!(tx, c => sqlx::query(OLD_CARD).bind(now.0).bind(person).execute(c).await?.rows_affected());
    on_tx!(tx, c => sqlx::query(CARD).bind(ids.0).bind(person).bind(facts.card.key()).bind(today)
        .bind(now.0).bind(login).execute(c).await?.rows_affected());
    on_tx!(tx, c => sqlx::query(OLD).bind(now.0).bind(person).bind(facts.income_year)
        .execute(c).await?.rows_affected());
    let (taxable, receipts) = (
        facts.taxable_income.map(|yen| yen.0),
        facts.receipts.map(|yen| yen.0),
    );
    on_tx!(tx, c => sqlx::query(NEW).bind(ids.1).bind(person).bind(facts.income_year).bind(taxable)
        .bind(receipts).bind(now.0).bind(login).execute(c).await?.rows_affected());
    Ok(())
}

/// 証の取違え: another paper than the planned one needs a reason, such as an application of
/// somebody who needs help.
pub async fn refuse_unplanned(
    tx: &mut Tx,
    wish: &DocumentWish,
    view: &HouseholdView,
    issuer: &Issuer<'_>,
) -> Result<(), ServiceError> {
    let plans = plan(tx, view, issuer).await?;
    let plan = plans.iter().find(|plan| plan.person_id == wish.person_id);
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

/// A paper for one person.
pub async fn compose(
    tx: &mut Tx,
    kind: DocumentKind,
    view: &HouseholdView,
    member: &MemberView,
    issuer: &Issuer<'_>,
) -> Result<Composed, ServiceError> {
    const SQL: &str = "SELECT p.sex, e.insurer_number FROM person_fact p \
        JOIN eligibility_fact e ON e.person_id = p.person_id AND e.superseded_at IS NULL \
        WHERE p.person_id = $1 AND p.superseded_at IS NULL AND e.valid_from = $2";
    let today = issuer.clock.today();
    let period = period_on(member, today).ok_or_else(|| {
        ServiceError::invalid_at("person_id", "業務日に資格のない人には交付できません")
    })?;
    let identity: Option<Identity> = on_tx!(tx, c => sqlx::query_as(SQL).bind(member.person_id)
        .bind(period.acquired_on).fetch_optional(c).await?);
    let identity = identity.ok_or(ServiceError::NotFound("資格"))?;
    let ratios = ratios(tx, view, today).await?;
    let plan = of_member(tx, member, &ratios, (view, today, issuer.municipality)).await?;
    let senior = is_senior(member.birth_date, today);
    if let Some(why) = &plan.undecided {
        return Err(ServiceError::invalid_at("person_id", why.clone()));
    }
    if kind == DocumentKind::RecipientCertificate && !senior {
        let text = "高齢受給者証は、70歳になった月の翌月から75歳になるまでの人に交付します";
        return Err(ServiceError::invalid_at("kind", text));
    }
    let paper = Printed {
        kind,
        view,
        member,
        identity,
        acquired_on: period.acquired_on,
        today,
        plan,
        senior,
        until: Some(expiry(member.birth_date, today, issuer.municipality)?),
    };
    Ok(Composed {
        valid_until: paper.valid_until(),
        document: paper.document(issuer)?,
        reply_by: None,
    })
}

struct Printed<'a> {
    kind: DocumentKind,
    view: &'a HouseholdView,
    member: &'a MemberView,
    identity: Identity,
    acquired_on: NaiveDate,
    today: NaiveDate,
    plan: PaperPlan,
    senior: bool,
    until: Option<NaiveDate>,
}

impl Printed<'_> {
    /// As planned, or by the paper that was asked for instead of the planned one.
    fn valid_until(&self) -> Option<NaiveDate> {
        let runs_out = self.kind != DocumentKind::EligibilityNotice || self.senior;
        self.until.filter(|_| runs_out)
    }

    fn document(&self, issuer: &Issuer<'_>) -> Result<Document, ServiceError> {
        let head = self.view.members.iter().find(|member| member.head);
        let number = self.member.insured_number.clone().unwrap_or_default();
        let (number, branch) = number.rsplit_once('-').unwrap_or((&number, ""));
        let mut facts = vec![
            Fact::new("氏名", self.member.name.clone()),
            Fact::new("記号・番号", number),
            Fact::new("枝番", branch),
            Fact::new("保険者番号", self.identity.insurer_number.clone()),
            Fact::new("保険者名", issuer.press.sender().municipality),
        ];
        if self.kind != DocumentKind::EligibilityNotice {
            let sex = if self.identity.sex == 1 { "男" } else { "女" };
            facts.insert(1, Fact::new("生年月日", day(self.member.birth_date)));
            facts.insert(2, Fact::new("性別", sex));
            let name = head.map_or_else(String::new, |head| head.name.clone());
            facts.insert(3, Fact::new("世帯主氏名", name));
        }
        facts.push(Fact::new("資格取得年月日", day(self.acquired_on)));
        let issued = match self.kind {
            DocumentKind::EligibilityNotice => "通知年月日",
            _ => "交付年月日",
        };
        facts.push(Fact::new(issued, day(self.today)));
        if let Some(tenths) = self.plan.ratio_tenths {
            facts.push(Fact::new("一部負担金の割合", format!("{tenths}割")));
            facts.push(Fact::new("発効期日", day(self.ratio_from())));
        }
        if let Some(until) = self.valid_until() {
            facts.push(Fact::new("有効期限", day(until)));
        }
        Ok(Document {
            title: self.kind.name().into(),
            facts,
            notes: self.notes().iter().map(|note| (*note).to_owned()).collect(),
            ..Document::default()
        })
    }

    /// Since when the ratio holds: August, or the month after 70, or 資格取得, whichever is last.
    fn ratio_from(&self) -> NaiveDate {
        let august = |year| NaiveDate::from_ymd_opt(year, 8, 1).unwrap_or(self.today);
        let year = self.today.year();
        let since = if self.today < august(year) {
            august(year - 1)
        } else {
            august(year)
        };
        let from_70 = age_70(self.member.birth_date).map(|age| age.ratio_from);
        since.max(self.acquired_on).max(from_70.unwrap_or(since))
    }

    fn notes(&self) -> &'static [&'static str] {
        match self.kind {
            DocumentKind::EligibilityNotice => &[
                "この通知だけでは受診できません。マイナ保険証の読み取りができないときに、マイナンバーカードと一緒に示してください。",
                "記載した事項が変わったときは、改めてお知らせします。",
            ],
            _ => &[
                "医療機関の窓口で示してください。有効期限を過ぎたもの、資格を失った後のものは使えません。",
                "資格を失ったとき、記載した事項が変わったときは、14日以内に届け出て、この証を返してください。",
            ],
        }
    }
}
