//! What the clerk is changing: each field a signal, compared with what the server said.

use crate::figures;
use chrono::NaiveDate;
use kokuho_shared::api::household::{FactsEdit, HouseholdView, MemberEdit};
use kokuho_shared::assessment::facts::{EligibilityPeriod, MemberFacts};
use kokuho_shared::assessment::household::{
    CareExempt, Income, IncomeStatus, Involuntary, LossGround, Maternity,
};
use kokuho_shared::assessment::income::kinds::Entered;
use kokuho_shared::assessment::premium::circumstances::Circumstances;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::money::Yen;
use leptos::prelude::*;

/// One member's fields.
#[derive(Clone)]
pub struct MemberDraft {
    pub known: MemberFacts,
    pub acquired_on: RwSignal<Option<NaiveDate>>,
    pub lost_on: RwSignal<Option<NaiveDate>>,
    pub loss_ground: RwSignal<LossGround>,
    pub status: RwSignal<IncomeStatus>,
    pub salary_receipts: RwSignal<Yen>,
    pub salary_income: RwSignal<Yen>,
    pub pension_receipts: RwSignal<Yen>,
    pub pension_income: RwSignal<Yen>,
    pub other_income: RwSignal<Yen>,
    /// 合計所得金額 where it is not the sum of the three; nothing = the sum.
    pub total_income: RwSignal<Yen>,
    /// What only the levy or only the test sees.
    pub transfer_special_deduction: RwSignal<Yen>,
    pub casualty_loss: RwSignal<Yen>,
    pub family_pay_deducted: RwSignal<Yen>,
    pub family_pay_received: RwSignal<Yen>,
    pub fixed_asset_tax: RwSignal<Yen>,
    /// 所得の内訳 that was put into the fields.
    pub entered: RwSignal<Option<Entered>>,
    income_year: i32,
    /// 特例の事情.
    pub left_on: RwSignal<Option<NaiveDate>>,
    pub expected_on: RwSignal<Option<NaiveDate>>,
    pub multiple: RwSignal<bool>,
    pub dependant_since: RwSignal<Option<NaiveDate>>,
    pub entered_on: RwSignal<Option<NaiveDate>>,
    pub facility_left_on: RwSignal<Option<NaiveDate>>,
}

impl MemberDraft {
    pub fn of(known: &MemberFacts, fiscal_year: FiscalYear) -> MemberDraft {
        let income = known.income;
        let period = known.eligibility;
        let special = known.circumstances;
        MemberDraft {
            known: known.clone(),
            acquired_on: RwSignal::new(period.map(|period| period.acquired_on)),
            lost_on: RwSignal::new(period.and_then(|period| period.lost_on)),
            loss_ground: RwSignal::new(ground_of(period)),
            status: RwSignal::new(known.income_status),
            salary_receipts: RwSignal::new(income.salary_receipts.unwrap_or_default()),
            salary_income: RwSignal::new(income.salary_income),
            pension_receipts: RwSignal::new(income.pension_receipts.unwrap_or_default()),
            pension_income: RwSignal::new(income.pension_income),
            other_income: RwSignal::new(income.other_income),
            total_income: RwSignal::new(own_total(&income).unwrap_or_default()),
            transfer_special_deduction: RwSignal::new(income.transfer_special_deduction),
            casualty_loss: RwSignal::new(income.casualty_loss),
            family_pay_deducted: RwSignal::new(income.family_pay_deducted),
            family_pay_received: RwSignal::new(income.family_pay_received),
            fixed_asset_tax: RwSignal::new(known.fixed_asset_tax),
            entered: RwSignal::new(known.entered),
            income_year: fiscal_year.income_year(),
            left_on: RwSignal::new(special.involuntary.map(|each| each.left_on)),
            expected_on: RwSignal::new(special.maternity.map(|each| each.expected_on)),
            multiple: RwSignal::new(special.maternity.is_some_and(|each| each.multiple)),
            dependant_since: RwSignal::new(special.former_dependant_since),
            entered_on: RwSignal::new(special.care_exempt.map(|stay| stay.entered_on)),
            facility_left_on: RwSignal::new(special.care_exempt.and_then(|stay| stay.left_on)),
        }
    }

    /// The member as it stands in the fields now.
    pub fn view(&self) -> MemberFacts {
        let income = self.income();
        let law = figures::kinds().and_then(|rules| rules.of(self.income_year).copied());
        let entered = self.entered.get().zip(law.ok());
        // Typed over by hand it is another income.
        let entered = entered.filter(|(entered, law)| entered.makes(&income, law));
        MemberFacts {
            eligibility: self.eligibility(),
            income,
            entered: entered.map(|(entered, _)| entered),
            income_status: self.status.get(),
            fixed_asset_tax: self.fixed_asset_tax.get(),
            circumstances: self.circumstances(),
            ..self.known.clone()
        }
    }

    fn eligibility(&self) -> Option<EligibilityPeriod> {
        let before = self.known.eligibility?;
        let lost_on = self.lost_on.get();
        let ground = self.loss_ground.get();
        let untouched = lost_on == before.lost_on && ground == ground_of(Some(before));
        Some(EligibilityPeriod {
            acquired_on: self.acquired_on.get().unwrap_or(before.acquired_on),
            lost_on,
            loss_ground: if untouched {
                before.loss_ground
            } else {
                lost_on.map(|_| ground)
            },
        })
    }

    /// 特例の事情 as they stand in the fields now.
    pub fn circumstances(&self) -> Circumstances {
        let multiple = self.multiple.get();
        Circumstances {
            involuntary: self.left_on.get().map(|left_on| Involuntary { left_on }),
            maternity: self.expected_on.get().map(|expected_on| Maternity {
                expected_on,
                multiple,
            }),
            former_dependant_since: self.dependant_since.get(),
            care_exempt: self.entered_on.get().map(|entered_on| CareExempt {
                entered_on,
                left_on: self.facility_left_on.get(),
            }),
        }
    }

    fn income(&self) -> Income {
        let before = self.known.income;
        let mut now = Income {
            salary_receipts: optional(before.salary_receipts, self.salary_receipts.get()),
            salary_income: self.salary_income.get(),
            pension_receipts: optional(before.pension_receipts, self.pension_receipts.get()),
            pension_income: self.pension_income.get(),
            other_income: self.other_income.get(),
            transfer_special_deduction: self.transfer_special_deduction.get(),
            casualty_loss: self.casualty_loss.get(),
            family_pay_deducted: self.family_pay_deducted.get(),
            family_pay_received: self.family_pay_received.get(),
            ..before
        };
        let typed = self.total_income.get();
        now.total_income = match own_total(&before) {
            Some(own) if own == typed => Some(own),
            _ if typed != Yen::ZERO => Some(typed),
            _ => before.total_income.map(|_| sum(&now)),
        };
        now
    }
}

/// Nothing typed into a field that was empty stays nothing.
fn optional(before: Option<Yen>, now: Yen) -> Option<Yen> {
    if now == Yen::ZERO && before.is_none() {
        None
    } else {
        Some(now)
    }
}

fn sum(income: &Income) -> Yen {
    income.salary_income + income.pension_income + income.other_income
}

/// 合計所得金額 that says something else than the three incomes.
fn own_total(income: &Income) -> Option<Yen> {
    income.total_income.filter(|total| *total != sum(income))
}

fn ground_of(period: Option<EligibilityPeriod>) -> LossGround {
    let known = period.and_then(|period| period.loss_ground);
    known.unwrap_or(LossGround::Art6)
}

/// The members as they stand in the fields now.
pub fn views(drafts: &[MemberDraft]) -> Vec<MemberFacts> {
    drafts.iter().map(MemberDraft::view).collect()
}

/// Whether anything differs from what the server said.
pub fn is_changed(view: &HouseholdView, drafts: &[MemberDraft]) -> bool {
    // All are read each time, so that a later change of any of them is noticed.
    view.members != views(drafts)
}

/// The request that writes the difference.
pub fn edit(view: &HouseholdView, drafts: &[MemberDraft], reason: String) -> FactsEdit {
    let now = untrack(|| views(drafts));
    let pairs = view.members.iter().zip(now);
    let changed = pairs.filter(|(known, now)| *known != now);
    let members = changed.map(|(_, now)| MemberEdit {
        person_id: now.person_id,
        eligibility: now.eligibility,
        income: now.income,
        income_status: now.income_status,
        fixed_asset_tax: Some(now.fixed_asset_tax),
        entered: now.entered,
        circumstances: Some(now.circumstances),
    });
    FactsEdit {
        fiscal_year: view.fiscal_year,
        revision: view.revision,
        reason,
        members: members.collect(),
    }
}
