//! What decides the papers of some households, read at once: cards, figures, incomes, identities.

use super::reference_day::Day;
use crate::error::ServiceError;
use crate::facts::incomes::IncomeRow;
use crate::on_tx;
use crate::store::{Span, Tx};
use chrono::NaiveDate;
use kokuho_shared::assessment::household::{Income, IncomeStatus};
use kokuho_shared::eligibility::bracket::TaxStatus;
use kokuho_shared::eligibility::papers::CardStatus;
use kokuho_shared::ids::{HouseholdId, PersonId};
use kokuho_shared::money::Yen;
use sqlx::FromRow;
use std::collections::{HashMap, HashSet};

/// By person.
#[derive(Default)]
pub struct EntitlementInputs {
    pub cards: HashMap<PersonId, Card>,
    pub figures: HashMap<PersonId, Figures>,
    pub incomes: HashMap<PersonId, (Income, IncomeStatus)>,
    pub identities: HashMap<PersonId, Identity>,
    /// 在留期間の満了日.
    pub stays: HashMap<PersonId, NaiveDate>,
    /// Whoever is no resident any more and neither studies nor is in a facility elsewhere.
    pub gone: HashSet<PersonId>,
    /// 特例対象被保険者等 in the month.
    pub special: HashSet<PersonId>,
    /// Households with such people within the line of 2割軽減.
    pub low: HashSet<HouseholdId>,
}

pub struct Card {
    pub status: CardStatus,
    pub observed_on: NaiveDate,
}

#[derive(Default)]
pub struct Figures {
    pub taxable_income: Option<Yen>,
    pub receipts: Option<Yen>,
    pub tax: Option<TaxStatus>,
}

/// What a paper says of a person besides what the household shows.
pub struct Identity {
    pub sex: i64,
    pub insurer_number: String,
}

/// SELECT of something current of everybody who belongs to the households.
macro_rules! of_members {
    ($columns:literal, $table:literal, $also:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM membership_fact m JOIN ",
            $table,
            " f ON f.person_id = m.person_id AND f.superseded_at IS NULL WHERE m.household_id BETWEEN $1 AND $2 \
             AND m.superseded_at IS NULL",
            $also
        )
    };
}

const CARDS: &str = of_members!("f.person_id, f.status, f.observed_on", "card_fact", "");
const FIGURES: &str = of_members!(
    "f.person_id, f.taxable_income, f.receipts, f.tax",
    "copayment_fact",
    " AND f.income_year = $3"
);
const INCOMES: &str = of_members!(
    "f.id, f.person_id, f.income_year, f.status, f.salary_receipts, f.salary_income, f.pension_receipts, f.pension_income, \
     f.other_income, f.total_income, f.transfer_special_deduction, f.casualty_loss, f.family_pay_deducted, \
     f.family_pay_received, f.fixed_asset_tax",
    "income_fact",
    " AND f.income_year = $3"
);
const IDENTITIES: &str = "SELECT p.person_id, p.sex, e.insurer_number FROM membership_fact m \
    JOIN person_fact p ON p.person_id = m.person_id AND p.superseded_at IS NULL \
    JOIN eligibility_fact e ON e.person_id = m.person_id AND e.superseded_at IS NULL AND e.valid_from <= $3 \
    AND (e.valid_until IS NULL OR e.valid_until > $4) \
    WHERE m.household_id BETWEEN $1 AND $2 AND m.superseded_at IS NULL";
const STAYS: &str = of_members!("f.person_id, f.until", "residence_term_fact", "");

const GONE: &str = "SELECT p.person_id FROM membership_fact m \
    JOIN person_fact p ON p.person_id = m.person_id AND p.superseded_at IS NULL AND p.valid_until IS NOT NULL \
    WHERE m.household_id BETWEEN $1 AND $2 AND m.superseded_at IS NULL \
    AND NOT EXISTS (SELECT 1 FROM student_fact st WHERE st.person_id = p.person_id AND st.superseded_at IS NULL \
      AND st.ended_on IS NULL) \
    AND NOT EXISTS (SELECT 1 FROM stay_fact sf JOIN facility ff ON ff.id = sf.facility_id AND ff.municipality <> $3 \
      WHERE sf.person_id = p.person_id AND sf.superseded_at IS NULL AND sf.left_on IS NULL)";

#[derive(FromRow)]
struct FiguresRow {
    person_id: PersonId,
    taxable_income: Option<i64>,
    receipts: Option<i64>,
    tax: Option<String>,
}

#[derive(FromRow)]
struct CardRow {
    person_id: PersonId,
    status: String,
    observed_on: NaiveDate,
}

#[derive(FromRow)]
struct IdentityRow {
    person_id: PersonId,
    sex: i64,
    insurer_number: String,
}

/// Reads some households: what holds on a day, and the figures of an income year.
pub async fn read(
    tx: &mut Tx,
    households: Span,
    day: &Day,
) -> Result<EntitlementInputs, ServiceError> {
    let Span { first, last } = households;
    let (on, income_year) = (day.on, day.income_year);
    let cards: Vec<CardRow> = on_tx!(tx, c => sqlx::query_as(CARDS).bind(first).bind(last)
        .fetch_all(c).await?);
    let figures: Vec<FiguresRow> = on_tx!(tx, c => sqlx::query_as(FIGURES).bind(first).bind(last)
        .bind(income_year).fetch_all(c).await?);
    let incomes: Vec<IncomeRow> = on_tx!(tx, c => sqlx::query_as(INCOMES).bind(first).bind(last)
        .bind(income_year).fetch_all(c).await?);
    let identities: Vec<IdentityRow> = on_tx!(tx, c => sqlx::query_as(IDENTITIES).bind(first).bind(last)
        .bind(on).bind(on).fetch_all(c).await?);
    let stays: Vec<(PersonId, NaiveDate)> = on_tx!(tx, c => sqlx::query_as(STAYS).bind(first).bind(last)
        .fetch_all(c).await?);
    let gone: Vec<PersonId> = on_tx!(tx, c => sqlx::query_scalar(GONE).bind(first).bind(last)
        .bind(&day.municipality).fetch_all(c).await?);
    let card = |row: CardRow| {
        let card = Card {
            status: CardStatus::of_key(&row.status).unwrap_or_default(),
            observed_on: row.observed_on,
        };
        (row.person_id, card)
    };
    let figure = |row: FiguresRow| {
        let figures = Figures {
            taxable_income: row.taxable_income.map(Yen),
            receipts: row.receipts.map(Yen),
            tax: row.tax.as_deref().and_then(TaxStatus::of_key),
        };
        (row.person_id, figures)
    };
    let identity = |row: IdentityRow| {
        let identity = Identity {
            sex: row.sex,
            insurer_number: row.insurer_number,
        };
        (row.person_id, identity)
    };
    Ok(EntitlementInputs {
        cards: cards.into_iter().map(card).collect(),
        figures: figures.into_iter().map(figure).collect(),
        incomes: incomes
            .iter()
            .map(|row| (row.person_id, (row.line().income, row.line().status)))
            .collect(),
        identities: identities.into_iter().map(identity).collect(),
        stays: stays.into_iter().collect(),
        gone: gone.into_iter().collect(),
        special: HashSet::new(),
        low: HashSet::new(),
    })
}

impl EntitlementInputs {
    pub fn card(&self, person: PersonId) -> CardStatus {
        self.cards
            .get(&person)
            .map(|card| card.status)
            .unwrap_or_default()
    }

    /// An income that no register tells is not known.
    pub fn income(&self, person: PersonId) -> (Income, IncomeStatus) {
        let found = self.incomes.get(&person).copied();
        found.unwrap_or((Income::default(), IncomeStatus::Unknown))
    }
}
