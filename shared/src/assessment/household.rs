//! The facts of one assessment: a household of one fiscal year.

pub use crate::assessment::relief::{Relief, ReliefKind};
use crate::calendar::Month;
use crate::law::parameters::ByPart;
use crate::money::Yen;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// 世帯 (household): the members whose facts one taxpayer's premium depends on (法76条).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Household {
    #[serde(default)]
    pub reduction: Reduction,
    /// 市独自の軽減額, already computed: yen a year off the sum of a part, before its rounding
    /// and cap.
    #[serde(default, skip_serializing_if = "no_parts")]
    pub local_reductions: ByPart<Yen>,
    /// 減免の決定, in the order in which they take from a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reliefs: Vec<Relief>,
    pub members: Vec<Member>,
}

/// Whether 7/5/2割軽減 is judged or given in per cent (unit tables).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Reduction {
    #[default]
    Judge,
    Given {
        tier: u8,
    },
}

/// 世帯員: an insured person, or a 擬制世帯主 (head, not insured).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    pub id: String,
    pub birth_date: NaiveDate,
    #[serde(default)]
    pub head: bool,
    #[serde(default = "yes")]
    pub insured: bool,
    /// 資格取得日 inside the fiscal year; absent = insured before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acquired_on: Option<NaiveDate>,
    /// 資格喪失日; absent = insured after the year. Turning 75 needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost_on: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_ground: Option<LossGround>,
    /// Other periods of the year, before this one: who left and came back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_periods: Vec<EarlierPeriod>,
    #[serde(default)]
    pub income: Income,
    #[serde(default)]
    pub income_status: IncomeStatus,
    /// 固定資産税額 for 資産割, in yen.
    #[serde(default, skip_serializing_if = "no_yen")]
    pub fixed_asset_tax: Yen,
    /// 特定同一世帯所属者 (not insured) during the whole fiscal year.
    #[serde(default, skip_serializing_if = "is_false")]
    pub former_member: bool,
    /// 特定月 of a former member.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "2024-06"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specific_month: Option<Month>,
    /// The day on which the member left for another household (令29条の7第2項8号イ: "same
    /// household"): from that month on it makes no 特定世帯 here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_household_on: Option<NaiveDate>,
    /// 特例対象被保険者等 (令29条の7の2): a qualifying code of the 離職理由 is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub involuntary: Option<Involuntary>,
    /// 出産被保険者 (令29条の7, 産前産後).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maternity: Option<Maternity>,
    /// 旧被扶養者: the day of 資格取得 as such (条例による減免).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former_dependant_since: Option<NaiveDate>,
    /// 介護保険適用除外施設 (介護保険法施行法11条): a stay during which the person is no 第2号被保険者.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub care_exempt: Option<CareExempt>,
}

/// An earlier 資格期間 of the same fiscal year, ended by a loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EarlierPeriod {
    /// Absent = insured before the fiscal year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acquired_on: Option<NaiveDate>,
    pub lost_on: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_ground: Option<LossGround>,
}

/// 非自発的失業: the job ended by no wish of one's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Involuntary {
    /// 離職日.
    pub left_on: NaiveDate,
}

/// 出産: the expected day, or the actual one where the notice came after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Maternity {
    pub expected_on: NaiveDate,
    /// 多胎.
    #[serde(default, skip_serializing_if = "is_false")]
    pub multiple: bool,
}

/// 介護保険適用除外施設 (介護保険法施行法11条): the stay, as the notice tells it (規則5条の4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CareExempt {
    /// 入所日, or the day on which the facility became one.
    pub entered_on: NaiveDate,
    /// 退所日; absent = still there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_on: Option<NaiveDate>,
}

impl Member {
    /// An insured member about whom nothing else is known.
    pub fn new(id: impl Into<String>, birth_date: NaiveDate) -> Member {
        Member {
            id: id.into(),
            birth_date,
            head: false,
            insured: true,
            acquired_on: None,
            lost_on: None,
            loss_ground: None,
            earlier_periods: Vec::new(),
            income: Income::default(),
            income_status: IncomeStatus::Known,
            fixed_asset_tax: Yen::ZERO,
            former_member: false,
            specific_month: None,
            left_household_on: None,
            involuntary: None,
            maternity: None,
            former_dependant_since: None,
            care_exempt: None,
        }
    }
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

fn no_parts(amounts: &ByPart<Yen>) -> bool {
    amounts.iter().next().is_none()
}

fn no_yen(amount: &Yen) -> bool {
    *amount == Yen::ZERO
}

fn yes() -> bool {
    true
}

/// 喪失の根拠: 法6条1–8号 (another insurance …) or another ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum LossGround {
    #[serde(rename = "art6_1_8")]
    Art6,
    Other,
}

/// 所得: figures of the calendar year before the fiscal year, in yen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Income {
    /// 給与収入, only to count 給与所得者等.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salary_receipts: Option<Yen>,
    pub salary_income: Yen,
    /// 公的年金等の収入, only to count 給与所得者等.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pension_receipts: Option<Yen>,
    pub pension_income: Yen,
    pub other_income: Yen,
    /// 合計所得金額 for the ladder of 基礎控除; absent = the sum of the three.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_income: Option<Yen>,
    /// 譲渡所得の特別控除額: taken off in `other_income`, added back in the reduction test.
    pub transfer_special_deduction: Yen,
    /// 雑損失の繰越控除額: subtracted in the reduction test only.
    pub casualty_loss: Yen,
    /// 専従者給与・控除 deducted by the owner: added back in the reduction test.
    pub family_pay_deducted: Yen,
    /// 専従者給与 inside `salary_income`: left out of the reduction test.
    pub family_pay_received: Yen,
}

/// What is known of a person's income.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum IncomeStatus {
    #[default]
    #[strum(message = "申告済")]
    Known,
    /// 未申告: levied on the income given, no reduction for the household.
    #[strum(message = "未申告")]
    Undeclared,
    /// 転入で未着: no income levy, no reduction for the household.
    #[strum(message = "不明（照会中）")]
    Unknown,
}

coded!(IncomeStatus, named);

impl Household {
    /// The household with these reliefs; one of a person who takes no part has nothing to take from.
    pub fn with_reliefs(mut self, reliefs: &[Relief]) -> Household {
        let takes_part = |relief: &&Relief| {
            let person = relief.person.as_ref();
            person.is_none_or(|id| self.members.iter().any(|member| member.id == *id))
        };
        self.reliefs = reliefs.iter().filter(takes_part).cloned().collect();
        self
    }

    /// The head, where there is exactly one.
    pub fn head(&self) -> Option<&Member> {
        let mut heads = self.members.iter().filter(|member| member.head);
        heads.next().filter(|_| heads.next().is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_written_without_what_is_not_so_and_a_member_is_insured_unless_told_otherwise() {
        let mut member = Member::new("1", "1980-06-10".parse().unwrap());
        let text = serde_json::to_string(&member).unwrap();
        for absent in ["former_member", "fixed_asset_tax", "care_exempt"] {
            assert!(!text.contains(absent), "{text}");
        }
        (member.former_member, member.fixed_asset_tax) = (true, Yen(5));
        let text = serde_json::to_string(&member).unwrap();
        let again: Member = serde_json::from_str(&text).unwrap();
        assert_eq!(again, member);
        assert!(text.contains("\"former_member\":true") && text.contains("fixed_asset_tax"));
        let short = r#"{"id": "1", "birth_date": "1980-06-10"}"#;
        assert!(serde_json::from_str::<Member>(short).unwrap().insured);
        let mut household = Household::default();
        let text = serde_json::to_string(&household).unwrap();
        assert!(!text.contains("local_reductions"), "{text}");
        household
            .local_reductions
            .set(crate::law::parameters::Part::Care, Yen(1));
        let text = serde_json::to_string(&household).unwrap();
        assert_eq!(serde_json::from_str::<Household>(&text).unwrap(), household);
    }

    #[test]
    fn the_head_is_the_only_one_called_so() {
        let day = "1980-06-10".parse().unwrap();
        let with = |heads: &[bool]| {
            let members = heads.iter().enumerate().map(|(place, head)| Member {
                head: *head,
                ..Member::new(place.to_string(), day)
            });
            Household {
                members: members.collect(),
                ..Household::default()
            }
        };
        let head = |heads: &[bool]| with(heads).head().map(|head| head.id.clone());
        assert_eq!(head(&[false, true]).as_deref(), Some("1"));
        assert_eq!(head(&[false, false]), None);
        assert_eq!(head(&[true, true]), None);
    }

    #[test]
    fn a_relief_of_the_household_or_of_somebody_in_it_is_taken() {
        let relief = |person: Option<&str>| Relief {
            kind: ReliefKind::Local,
            percent: 50,
            income_levy: true,
            per_capita: true,
            per_household: true,
            parts: Vec::new(),
            person: person.map(str::to_string),
            from: "2026-04".parse().unwrap(),
            until: "2027-03".parse().unwrap(),
        };
        let household = Household {
            members: vec![Member::new("1", "1980-06-10".parse().unwrap())],
            ..Household::default()
        };
        let all = [relief(None), relief(Some("1")), relief(Some("2"))];
        assert_eq!(household.with_reliefs(&all).reliefs, all[..2]);
    }
}
