//! 世帯: what is known of a household in a fiscal year, as of two dates.

use super::circumstances;
use super::reading::{
    self, EligibilityRow, IncomeWithChange, MemberRow, ReliefRow, Rows, TO_LATE_ELDERLY,
};
use crate::access::user::{Onlooker, User};
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::facts::incomes::IncomeRow;
use crate::on_tx;
use crate::store::together::{Answers, Asked, Together};
use crate::store::{Db, Tx};
use chrono::NaiveDate;
use kokuho_shared::access::Action;
use kokuho_shared::api::household::{
    Belonged, EligibilityView, HouseholdView, Mailing, MemberView,
};
use kokuho_shared::assessment::household::{Income, IncomeStatus, LossGround, Relief};
use kokuho_shared::assessment::premium::circumstances::Circumstances;
use kokuho_shared::calendar::{FiscalYear, Month};
use kokuho_shared::guarded::Guarded;
use kokuho_shared::money::Yen;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Which state of the facts is asked for.
#[derive(Clone, Copy, Debug)]
pub struct AsOf {
    pub fiscal_year: i32,
    /// Only members of this day; otherwise everybody who belonged to the household in the year.
    pub valid_on: Option<NaiveDate>,
    pub known_at: Instant,
}

/// The household for the screen. Decisions are added by the assessment.
pub async fn view(db: &Db, id: i64, as_of: AsOf) -> Result<HouseholdView, ServiceError> {
    let mut tx = db.read().await?;
    let view = view_in(&mut tx, id, as_of).await?;
    tx.commit().await?;
    Ok(view)
}

/// A household with a decision of the year to which nobody belongs any more: its last head alone,
/// not insured, so that a decision takes everything back.
fn emptied(as_of: AsOf, last: Option<MemberRow>) -> Result<HouseholdView, ServiceError> {
    let last = last.filter(|_| as_of.valid_on.is_none());
    let last = last.ok_or(ServiceError::NotFound("世帯"))?;
    let head = MemberRow { head: true, ..last };
    let (from, ..) = days(as_of)?;
    assemble(
        head.household_id,
        as_of.fiscal_year,
        from,
        std::slice::from_ref(&head),
        &Known::default(),
    )
}

/// The households with ids from `first` to `last`, in that order.
pub async fn views(
    db: &Db,
    first: i64,
    last: i64,
    as_of: AsOf,
) -> Result<Vec<HouseholdView>, ServiceError> {
    let asked = asked(first, as_of)?;
    let mut tx = db.read().await?;
    let rows = reading::rows(&mut tx, &asked, last).await?;
    tx.commit().await?;
    each(as_of.fiscal_year, asked.days.0, rows)
}

/// One household inside a transaction.
pub async fn view_in(tx: &mut Tx, id: i64, as_of: AsOf) -> Result<HouseholdView, ServiceError> {
    static OF_ONE: LazyLock<Together> = LazyLock::new(|| Together::new(&TEXTS));
    let asked = asked(id, as_of)?;
    let mut answers = tx.ask(&OF_ONE, &asked).await?;
    view_of(tx, &mut answers, &asked, as_of).await
}

/// What a household is read from, to be asked together with what other rooms know of it.
pub const TEXTS: [&str; 9] = reading::OF_ONE;

/// The household that the answers to [`TEXTS`] tell of.
pub async fn view_of(
    tx: &mut Tx,
    answers: &mut Answers,
    asked: &Asked,
    as_of: AsOf,
) -> Result<HouseholdView, ServiceError> {
    let rows = reading::rows_of_one(answers)?;
    let found = each(as_of.fiscal_year, asked.days.0, rows)?;
    if let Some(view) = found.into_iter().next() {
        return Ok(view);
    }
    let last = reading::last(tx, asked.household, as_of.fiscal_year, as_of.known_at).await?;
    emptied(as_of, last)
}

/// With what one household is asked about.
pub fn asked(id: i64, as_of: AsOf) -> Result<Asked, ServiceError> {
    let (from, until, income_year) = days(as_of)?;
    Ok(Asked {
        household: id,
        known_at: as_of.known_at.0,
        days: (from, until),
        income_year,
        fiscal_year: income_year + 1,
    })
}

/// What is known of one household besides its members.
#[derive(Default)]
struct Known {
    eligibilities: Vec<EligibilityRow>,
    incomes: Vec<IncomeWithChange>,
    circumstances: Vec<circumstances::Row>,
    reliefs: Vec<ReliefRow>,
}

/// Splits the rows by household; they come in the order of members.
fn each(fiscal_year: i32, from: NaiveDate, rows: Rows) -> Result<Vec<HouseholdView>, ServiceError> {
    let mut of_household: HashMap<i64, Known> = HashMap::new();
    for row in rows.eligibilities {
        let known = of_household.entry(row.household_id).or_default();
        known.eligibilities.push(row);
    }
    for row in rows.incomes {
        let known = of_household.entry(row.household_id).or_default();
        known.incomes.push(row);
    }
    for row in rows.circumstances {
        let known = of_household.entry(row.household_id).or_default();
        known.circumstances.push(row);
    }
    for row in rows.reliefs {
        let known = of_household.entry(row.household_id).or_default();
        known.reliefs.push(row);
    }
    let members = rows.members;
    let households = members.chunk_by(|one, next| one.household_id == next.household_id);
    households
        .filter_map(|members| Some((members.first()?.household_id, members)))
        .map(|(id, members)| {
            let known = of_household.remove(&id).unwrap_or_default();
            assemble(id, fiscal_year, from, members, &known)
        })
        .collect()
}

/// What an account does not see does not exist for it: neither where the household is now, nor where it
/// was at the moment that is asked for.
pub async fn refuse_hidden(
    tx: &mut Tx,
    view: &HouseholdView,
    user: &User,
) -> Result<(), ServiceError> {
    if user.ward.is_empty() {
        return Ok(());
    }
    let then = view.ward.open().is_some_and(|ward| user.sees(ward));
    if then && sees(tx, view.id, user).await? {
        return Ok(());
    }
    Err(ServiceError::NotFound("世帯"))
}

/// Whether the account sees a household where it is now.
pub async fn sees(tx: &mut Tx, id: i64, user: &User) -> Result<bool, ServiceError> {
    Ok(ward_in(tx, id).await?.is_some_and(|ward| user.sees(&ward)))
}

/// A household that the account does not see, or that is not there, is not found.
pub async fn refuse_unseen(db: &Db, id: i64, user: &User) -> Result<(), ServiceError> {
    let mut tx = db.read().await?;
    let seen = sees(&mut tx, id, user).await?;
    tx.commit().await?;
    if seen {
        Ok(())
    } else {
        Err(ServiceError::NotFound("世帯"))
    }
}

/// A household of a year inside a transaction, for an account that sees it.
pub async fn visible_in(
    tx: &mut Tx,
    id: i64,
    fiscal_year: i32,
    onlooker: Onlooker<'_>,
) -> Result<HouseholdView, ServiceError> {
    let as_of = AsOf {
        fiscal_year,
        valid_on: None,
        known_at: onlooker.at,
    };
    let view = view_in(tx, id, as_of).await?;
    refuse_hidden(tx, &view, onlooker.user).await?;
    Ok(view)
}

/// The same where the answer tells where the household lives: of one under 支援措置 only for those
/// who may be shown it.
pub async fn disclosed_in(
    tx: &mut Tx,
    id: i64,
    fiscal_year: i32,
    onlooker: Onlooker<'_>,
) -> Result<HouseholdView, ServiceError> {
    let view = visible_in(tx, id, fiscal_year, onlooker).await?;
    if view.is_guarded() && !onlooker.user.role.may(Action::Protect) {
        return Err(ServiceError::Forbidden);
    }
    Ok(view)
}

/// Every household that is known at a moment or has a decision of the year, in order: one that
/// lost its people still owes what was decided.
pub async fn ids(
    tx: &mut Tx,
    known_at: Instant,
    fiscal_year: i32,
) -> Result<Vec<i64>, ServiceError> {
    const SQL: &str = "SELECT household_id FROM membership WHERE recorded_at <= $1 \
        AND (superseded_at IS NULL OR superseded_at > $2) AND (valid_until IS NULL OR NOT moved_out OR valid_until > $4) \
        UNION SELECT household_id FROM decision WHERE fiscal_year = $3 ORDER BY household_id";
    let april = FiscalYear(fiscal_year).april();
    Ok(
        on_tx!(tx, c => sqlx::query_scalar(SQL).bind(known_at.0).bind(known_at.0)
        .bind(i64::from(fiscal_year)).bind(april).fetch_all(c).await?),
    )
}

/// 行政区 of a household as it is known now; of one that nobody belongs to, that of who did.
pub async fn ward_in(tx: &mut Tx, id: i64) -> Result<Option<String>, ServiceError> {
    const SQL: &str = "SELECT p.ward FROM membership m JOIN person_fact p ON p.person_id = m.person_id \
        WHERE m.household_id = $1 AND p.superseded_at IS NULL \
        ORDER BY CASE WHEN m.superseded_at IS NULL THEN 0 ELSE 1 END, m.moved_out, m.head DESC, p.birth_date, p.person_id LIMIT 1";
    Ok(on_tx!(tx, c => sqlx::query_scalar(SQL).bind(id).fetch_optional(c).await?))
}

fn days(as_of: AsOf) -> Result<(NaiveDate, NaiveDate, i64), ServiceError> {
    let wrong = || {
        ServiceError::invalid_at(
            "fiscal_year",
            format!("{}年度は扱えません", as_of.fiscal_year),
        )
    };
    if !(2000..=2100).contains(&as_of.fiscal_year) {
        return Err(wrong());
    }
    let income_year = i64::from(as_of.fiscal_year) - 1;
    match as_of.valid_on {
        Some(day) => Ok((day, day.succ_opt().ok_or_else(wrong)?, income_year)),
        None => {
            let april = FiscalYear(as_of.fiscal_year).april().ok_or_else(wrong)?;
            let end = FiscalYear(as_of.fiscal_year + 1)
                .april()
                .ok_or_else(wrong)?;
            Ok((april, end, income_year))
        }
    }
}

fn assemble(
    id: i64,
    fiscal_year: i32,
    from: NaiveDate,
    members: &[MemberRow],
    known: &Known,
) -> Result<HouseholdView, ServiceError> {
    let first = members.first().ok_or(ServiceError::NotFound("世帯"))?;
    let revision = members
        .iter()
        .map(|row| row.revision.max(row.newest_change.unwrap_or(0)))
        .chain(known.eligibilities.iter().map(|row| row.change_id))
        .chain(known.incomes.iter().map(|row| row.change_id))
        .chain(known.circumstances.iter().map(|row| row.change_id))
        .chain(known.reliefs.iter().map(|row| row.change_id))
        .max()
        .unwrap_or(0);
    // Ordered by the day of acquisition: the latest period of the year comes last.
    let mut periods: HashMap<i64, Vec<&EligibilityRow>> = HashMap::new();
    let mut former: HashMap<i64, Month> = HashMap::new();
    for row in &known.eligibilities {
        if row.is_running(from) {
            let of_person = periods.entry(row.person_id).or_default();
            // Who came back to the household has two memberships.
            if of_person
                .last()
                .is_none_or(|last| last.valid_from != row.valid_from)
            {
                of_person.push(row);
            }
        } else if let Some(month) = row.specific_month() {
            former.insert(row.person_id, month);
        }
    }
    let incomes = known.incomes.iter();
    let by_person: HashMap<i64, &IncomeRow> =
        incomes.map(|row| (row.row.person_id, &row.row)).collect();
    let shown = members.iter().find(|row| !row.moved_out).unwrap_or(first);
    let number = first.household_number.clone();
    let (address, postcode) = (shown.address.clone(), shown.postcode.clone());
    let (ward, protected) = (shown.ward.clone(), shown.protected);
    let view = |row: &MemberRow| {
        let of_person = periods.get(&row.person_id).map_or(&[][..], Vec::as_slice);
        let view = member(row, of_person, &by_person, fiscal_year);
        let specific_month = view.specific_month.or(former.get(&row.person_id).copied());
        // 特定同一世帯所属者 ends with death and with leaving the city too, which no loss of 資格 tells.
        let ended = row
            .member_until
            .filter(|_| specific_month.is_some() && !row.moved_out);
        let mut belonged = view.belonged;
        belonged.extend(ended.map(|until| Belonged {
            from: None,
            until: Some(until),
        }));
        MemberView {
            specific_month,
            belonged,
            ..view
        }
    };
    let mut seen: Vec<MemberView> = Vec::with_capacity(members.len());
    for row in members {
        let before = seen.iter_mut().find(|one| one.person_id == row.person_id);
        match before {
            Some(member) => member.belonged.extend(belonged(row)),
            None => seen.push(view(row)),
        }
    }
    let payer = rows_payer(members);
    let mailing = mailing(members, payer);
    let by_hand = members.iter().any(|row| row.present.present_guarded);
    let mut members = seen;
    let twice = circumstances::fill(&mut members, &known.circumstances, fiscal_year);
    let obstacle = |name: String| {
        format!(
            "{name}さんには年度にかかる出産が2つ以上あります。産前産後の免除を1つしか計算できないため、この世帯の保険料は決定できません"
        )
    };
    let mut obstacles: Vec<String> = twice.into_iter().map(obstacle).collect();
    let overlapping = members.iter().filter(|member| overlaps(member));
    obstacles.extend(overlapping.map(|member| {
        let name = &member.name;
        format!("{name}さんの資格期間が重なっています。資格を訂正するまで、この世帯の保険料は決定できません")
    }));
    Ok(HouseholdView {
        id,
        number,
        address: Guarded::Open(address),
        postcode: Guarded::Open(postcode),
        ward: Guarded::Open(ward),
        protected,
        by_hand,
        mailing,
        fiscal_year,
        members,
        decisions: Vec::new(),
        schedule: None,
        obstacles,
        open_inquiries: 0,
        reliefs: reliefs(&known.reliefs)?,
        payer,
        revision,
    })
}

/// 減免 of the year, in the order of their applications.
fn reliefs(rows: &[ReliefRow]) -> Result<Vec<Relief>, ServiceError> {
    let read = |row: &ReliefRow| Ok(serde_json::from_str(&row.relief)?);
    rows.iter().map(read).collect()
}

/// 国保上の世帯主 while that member belongs to the household.
fn rows_payer(rows: &[MemberRow]) -> Option<i64> {
    let payer = rows
        .iter()
        .find(|row| row.payer && !row.moved_out && row.member_until.is_none());
    payer.map(|row| row.person_id)
}

/// 送付先: where 国保上の世帯主 lives now, otherwise the head of the register.
fn mailing(rows: &[MemberRow], payer: Option<i64>) -> Mailing {
    let payer = rows.iter().find(|row| Some(row.person_id) == payer);
    let debtor = payer.or_else(|| rows.iter().find(|row| row.head));
    let Some(present) = debtor.map(|row| &row.present) else {
        return Mailing::default();
    };
    Mailing {
        postcode: present.present_postcode.clone().into(),
        address: present.present_address.clone().into(),
        ward: present.present_ward.clone().into(),
    }
}

/// Whether a period of the year goes on while the next one has begun.
fn overlaps(member: &MemberView) -> bool {
    let mut periods = member.earlier.iter().chain(&member.eligibility);
    let Some(mut before) = periods.next() else {
        return false;
    };
    periods.any(|next| {
        let on = before.lost_on.is_none_or(|lost| lost > next.acquired_on);
        before = next;
        on
    })
}

/// The days of a membership between those of other households.
fn belonged(row: &MemberRow) -> Option<Belonged> {
    let from = Some(row.member_from).filter(|_| row.moved_in);
    let until = row.member_until.filter(|_| row.moved_out);
    (row.moved_in || row.moved_out).then_some(Belonged { from, until })
}

fn member(
    row: &MemberRow,
    periods: &[&EligibilityRow],
    incomes: &HashMap<i64, &IncomeRow>,
    fiscal_year: i32,
) -> MemberView {
    let known = incomes.get(&row.person_id).map(|income| income.line());
    let fixed_asset_tax = known
        .as_ref()
        .map_or(Yen::ZERO, |line| line.fixed_asset_tax);
    let (income, income_status) = match known {
        Some(line) => (line.income, line.status),
        None => (Income::default(), without_line(row.birth_date, fiscal_year)),
    };
    let view = |period: &&EligibilityRow| EligibilityView {
        acquired_on: period.valid_from,
        lost_on: period.valid_until,
        loss_ground: period.valid_until.map(|_| ground(&period.lost_reason)),
    };
    let (last, earlier) = match periods.split_last() {
        Some((last, earlier)) => (Some(last), earlier),
        None => (None, &[][..]),
    };
    MemberView {
        person_id: row.person_id,
        resident_number: row.resident_number.clone(),
        name: row.name.clone(),
        kana: row.kana.clone(),
        birth_date: row.birth_date,
        protected_until: row.protected_until,
        relation: row.relation.clone(),
        head: row.head,
        belonged: belonged(row).into_iter().collect(),
        insured_number: last.map(|period| format!("{}-{}", period.insured_number, period.branch)),
        eligibility: last.map(view),
        earlier: earlier.iter().map(view).collect(),
        specific_month: last.and_then(|period| period.specific_month()),
        income,
        income_status,
        fixed_asset_tax,
        entered: None,
        circumstances: Circumstances::default(),
    }
}

/// 申告義務 begins at this age on 31 December of the income year (local rule of the tax file).
pub const DECLARES_FROM: i32 = 16;

/// The tax file has a line for everybody from 16 on: without one a child has no income, and
/// that of an adult is not known, so that nobody gets a reduction by a missing line.
fn without_line(birth: NaiveDate, fiscal_year: i32) -> IncomeStatus {
    let youngest = NaiveDate::from_ymd_opt(fiscal_year - DECLARES_FROM, 1, 1);
    if youngest.is_some_and(|day| birth > day) {
        IncomeStatus::Known
    } else {
        IncomeStatus::Unknown
    }
}

/// 喪失事由 → the ground in law: 社保加入 and 後期高齢 are of 法6条1–8号, 生活保護 (9号) is not.
pub fn ground(reason: &str) -> LossGround {
    match reason {
        "22" | TO_LATE_ELDERLY => LossGround::Art6,
        _ => LossGround::Other,
    }
}
