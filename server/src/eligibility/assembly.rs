//! 世帯の組立て: the rows of a household put together to what is known of it in a fiscal year.

use super::circumstances;
use super::household_rows::{
    EligibilityRow, IncomeWithChange, MemberRow, ReliefRow, Rows, TO_LATE_ELDERLY,
};
use crate::error::ServiceError;
use crate::facts::incomes::IncomeRow;
use chrono::NaiveDate;
use kokuho_shared::api::household::{HouseholdView, Mailing};
use kokuho_shared::assessment::facts::{Belonged, EligibilityPeriod, MemberFacts};
use kokuho_shared::assessment::household::{Income, IncomeStatus, LossGround, Relief};
use kokuho_shared::assessment::premium::circumstances::Circumstances;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::calendar::Month;
use kokuho_shared::guarded::Guarded;
use kokuho_shared::ids::{HouseholdId, PersonId};
use kokuho_shared::money::Yen;
use std::collections::HashMap;

/// What is known of one household besides its members.
#[derive(Default)]
pub(super) struct HouseholdFacts {
    eligibilities: Vec<EligibilityRow>,
    incomes: Vec<IncomeWithChange>,
    circumstances: Vec<circumstances::CircumstanceRow>,
    reliefs: Vec<ReliefRow>,
}

/// Splits the rows by household; they come in the order of members.
pub(super) fn each(
    fiscal_year: FiscalYear,
    from: NaiveDate,
    rows: Rows,
) -> Result<Vec<HouseholdView>, ServiceError> {
    let mut of_household: HashMap<HouseholdId, HouseholdFacts> = HashMap::new();
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

pub(super) fn assemble(
    id: HouseholdId,
    fiscal_year: FiscalYear,
    from: NaiveDate,
    members: &[MemberRow],
    known: &HouseholdFacts,
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
    let mut periods: HashMap<PersonId, Vec<&EligibilityRow>> = HashMap::new();
    let mut former: HashMap<PersonId, Month> = HashMap::new();
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
    let by_person: HashMap<PersonId, &IncomeRow> =
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
        MemberFacts {
            specific_month,
            belonged,
            ..view
        }
    };
    let mut seen: Vec<MemberFacts> = Vec::with_capacity(members.len());
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
fn rows_payer(rows: &[MemberRow]) -> Option<PersonId> {
    let payer = rows
        .iter()
        .find(|row| row.payer && !row.moved_out && row.member_until.is_none());
    payer.map(|row| row.person_id)
}

/// 送付先: where 国保上の世帯主 lives now, otherwise the head of the register.
fn mailing(rows: &[MemberRow], payer: Option<PersonId>) -> Mailing {
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
fn overlaps(member: &MemberFacts) -> bool {
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
    incomes: &HashMap<PersonId, &IncomeRow>,
    fiscal_year: FiscalYear,
) -> MemberFacts {
    let known = incomes.get(&row.person_id).map(|income| income.line());
    let fixed_asset_tax = known
        .as_ref()
        .map_or(Yen::ZERO, |line| line.fixed_asset_tax);
    let (income, income_status) = match known {
        Some(line) => (line.income, line.status),
        None => (Income::default(), without_line(row.birth_date, fiscal_year)),
    };
    let view = |period: &&EligibilityRow| EligibilityPeriod {
        acquired_on: period.valid_from,
        lost_on: period.valid_until,
        loss_ground: period.valid_until.map(|_| ground(&period.lost_reason)),
    };
    let (last, earlier) = match periods.split_last() {
        Some((last, earlier)) => (Some(last), earlier),
        None => (None, &[][..]),
    };
    MemberFacts {
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
fn without_line(birth: NaiveDate, fiscal_year: FiscalYear) -> IncomeStatus {
    let youngest = NaiveDate::from_ymd_opt(fiscal_year.0 - DECLARES_FROM, 1, 1);
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
