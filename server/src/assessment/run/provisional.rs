//! 仮算定 (暫定賦課): whom the first instalments of a year are asked for on last year's premium, and what the
//! notice says.

use crate::assessment::basis::Basis;
use crate::assessment::pension;
use crate::clock::Clock;
use crate::error::ServiceError;
use kokuho_letters::document::{Document, Fact, Table};
use kokuho_letters::words::yen;
use kokuho_shared::api::assessment::Decision;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::assessment::premium::months;
use kokuho_shared::assessment::schedule::Schedule;
use kokuho_shared::assessment::schedule::instalments;
use kokuho_shared::assessment::schedule::last_year::LastYear;
use kokuho_shared::era;
use kokuho_shared::money::Yen;

/// Refuses a run where the city asks for nothing provisionally, or on a day that is too late for it.
pub fn refuse_without(basis: &Basis, clock: Clock) -> Result<(), ServiceError> {
    let today = Schedule::first(clock.today());
    let split = basis.assessor.split_provisional(Yen::ZERO, &today);
    split.map_err(|why| ServiceError::invalid_at("provisional", why.to_string()))?;
    Ok(())
}

/// The schedule of a household's 仮算定; none where nothing is asked for: without a premium last
/// year, where nobody is insured in April, or where it is taken from a pension. Refused where last
/// year itself was only asked for provisionally.
pub fn schedule(
    view: &HouseholdView,
    basis: &Basis,
    schedule: Schedule,
    premium: Option<&Option<LastYear>>,
    pension: Option<&pension::PensionStatus>,
) -> Result<Option<Schedule>, ServiceError> {
    let last_year = match premium {
        Some(None) => {
            let text = "前年度の保険料がまだ決定していません（仮算定だけです）。前年度を決定してから、世帯ごとに扱ってください";
            return Err(ServiceError::invalid(text));
        }
        Some(Some(premium)) if premium.total > Yen::ZERO => premium,
        _ => return Ok(None),
    };
    let inputs = basis.inputs(view);
    let april = |member| months::insured(member, &basis.assessor.rules) & 1 != 0;
    let insured = inputs.members.iter().any(april);
    let from_pension = pension.is_some_and(pension::PensionStatus::goes_on);
    let asked = insured && !from_pension;
    Ok(asked.then(|| Schedule {
        provisional: Some(last_year.clone()),
        ..schedule
    }))
}

/// 仮算定の通知書: what is asked for, of what it is a share, and that the year is told in June.
pub fn document(decision: &Decision, last_year: &LastYear, head: &str, number: &str) -> Document {
    let asked = &decision.assessment.instalments;
    let rows = asked.iter().map(|each| {
        vec![
            instalments::name(each.number),
            era::format(each.due_on),
            yen(each.amount),
        ]
    });
    let parts = decision.assessment.premium.parts.iter();
    let parts = parts.map(|(part, result)| vec![part.name().to_owned(), yen(result.amount)]);
    let year = decision.summary.fiscal_year;
    let explained = decision.assessment.explanation.lines.first();
    let [_, months, unit, _] = explained.map_or([0; 4], |line| line.inputs);
    Document {
        title: "国民健康保険料仮算定（暫定賦課）通知書".into(),
        opening: vec![format!(
            "{}の保険料は、前年の所得が分かってから決定します。それまでの間、前年度の保険料をもとに計算した次の額を納めてください。",
            era::fiscal_year(year)
        )],
        facts: vec![
            Fact::new("世帯番号", number),
            Fact::new("世帯主", head),
            Fact::new("仮算定の保険料額", yen(Yen(decision.summary.total))),
            Fact::new("前年度の決定保険料額", yen(last_year.total)),
            Fact::new(
                "計算のしかた",
                format!(
                    "前年度の決定保険料額 {} ÷ 12か月 × {months}か月分（{unit}円未満切捨て）",
                    yen(last_year.total)
                ),
            ),
        ],
        tables: vec![
            Table {
                title: "納期と納付額".into(),
                columns: vec!["期".into(), "納期限".into(), "納付額".into()],
                rows: rows.collect(),
            },
            Table {
                title: "内訳".into(),
                columns: vec!["区分".into(), "金額".into()],
                rows: parts.collect(),
            },
        ],
        notes: vec![
            "1年間の保険料が決まると、仮算定で納めていただく額を差し引いた残りを、その後の納期に分けてお知らせします。決まった額の方が少ないときは、納めすぎた額をお返しするか、ほかの納期に充てます。".into(),
            "世帯の加入者が減ったときや所得が大きく減ったときは、窓口にご相談ください。".into(),
        ],
        reply: None,
        remedies: true,
        household_number: Some(number.to_owned()),
    }
}
