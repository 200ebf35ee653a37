//! 減免決定通知書: what the household is told of a decided application (行政手続法8条: with the reason of a refusal).

use super::{Desk, Row, find, granted};
use crate::eligibility::documents::{self, Composed, Issuer};
use crate::eligibility::household;
use crate::error::ServiceError;
use crate::store::{Db, Lock};
use kokuho_letters::document::{Document, Fact};
use kokuho_shared::api::Problem;
use kokuho_shared::api::document::{Application, DocumentKind, DocumentView, DocumentWish};
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::relief::ReliefState;
use kokuho_shared::assessment::household::Relief;
use kokuho_shared::calendar::Month;
use kokuho_shared::era;

/// Issues the notice of a decided application; a second time gives the first one back.
pub async fn issue(
    db: &Db,
    case: i64,
    reveal_reason: &str,
    desk: &Desk<'_>,
    issuer: &Issuer<'_>,
) -> Result<DocumentView, ServiceError> {
    let mut tx = db.read().await?;
    let household = find(&mut tx, case).await?.household_id;
    tx.commit().await?;
    let mut tx = db.write(Lock::Household(household)).await?;
    let row = find(&mut tx, case).await?;
    let view = household::disclosed_in(&mut tx, household, row.fiscal_year, issuer.looks()).await?;
    let state = row.state()?;
    let Some(title) = title(state) else {
        let text = "まだ決定していないか、取り下げられた申請です。決定通知書はありません";
        return Err(ServiceError::Conflict(Problem::new(text)));
    };
    let relief = granted(&mut tx, row.id).await?;
    let head = view
        .payer_member()
        .ok_or(ServiceError::NotFound("世帯主"))?;
    let wish = DocumentWish {
        fiscal_year: row.fiscal_year,
        kind: DocumentKind::ReliefNotice,
        person_id: head.person_id,
        facility_id: None,
        asked: None,
        application: Application::default(),
        remark: format!("減免の申請 {}（{}）", row.id, state.name()),
        reveal_reason: reveal_reason.to_owned(),
    };
    let document = compose(&row, state, title, relief.as_ref(), &view, desk)?;
    let composed = Composed {
        document,
        valid_until: None,
        reply_by: None,
        reminders: 0,
    };
    let issued = documents::issue_once(&mut tx, &wish, &view, composed, issuer).await?;
    tx.commit().await?;
    Ok(issued)
}

fn title(state: ReliefState) -> Option<&'static str> {
    match state {
        ReliefState::Granted => Some("国民健康保険料減免決定通知書"),
        ReliefState::Refused => Some("国民健康保険料減免不承認通知書"),
        ReliefState::Ended => Some("国民健康保険料減免取消通知書"),
        ReliefState::Applied | ReliefState::Withdrawn => None,
    }
}

fn compose(
    row: &Row,
    state: ReliefState,
    title: &str,
    relief: Option<&Relief>,
    view: &HouseholdView,
    desk: &Desk<'_>,
) -> Result<Document, ServiceError> {
    let rule = desk
        .rules
        .find(desk.municipality, row.applied_on, &row.rule);
    let case = row.view(rule, None)?;
    let person = row.person_id.and_then(|id| {
        let mut members = view.members.iter();
        members.find(|member| member.person_id == id)
    });
    let whom = match (row.person_id, person) {
        (None, _) => "世帯",
        (_, Some(person)) => person.name.as_str(),
        (Some(_), None) => return Err(ServiceError::NotFound("減免の対象の人")),
    };
    let mut facts = vec![
        Fact::new("世帯番号", view.number.clone()),
        Fact::new("年度", era::fiscal_year(row.fiscal_year)),
        Fact::new("減免の種類", case.name.clone()),
        Fact::new("対象", whom),
        Fact::new("申請日", era::format(row.applied_on)),
        Fact::new("決定", state.name()),
    ];
    if let Some(relief) = relief.filter(|_| state == ReliefState::Granted) {
        facts.push(Fact::new("減免の内容", amount(relief)));
    }
    facts.push(Fact::new(
        "期間",
        format!("{}から{}まで", month(case.from), month(case.until)),
    ));
    if !row.reason.is_empty() {
        facts.push(Fact::new("理由", row.reason.clone()));
    }
    facts.push(Fact::new("根拠", "国民健康保険法第77条及び市の条例"));
    let opening = match state {
        ReliefState::Ended => {
            "国民健康保険料の減免を、次のとおり取り消しましたのでお知らせします。"
        }
        _ => {
            "申請のありました国民健康保険料の減免について、次のとおり決定しましたのでお知らせします。"
        }
    };
    let note = match state {
        ReliefState::Granted => {
            "減免した後の保険料額は、別にお送りする保険料の決定通知書でお知らせします。申請の内容が事実と違うときや事情が変わったときは、減免を取り消すことがあります。"
        }
        ReliefState::Refused => "保険料額は変わりません。",
        _ => "取消しの後の保険料額は、別にお送りする保険料の決定通知書でお知らせします。",
    };
    Ok(Document {
        title: title.into(),
        opening: vec![opening.into()],
        facts,
        notes: vec![note.into()],
        remedies: true,
        ..Document::default()
    })
}

/// `令和8年6月`.
fn month(month: Month) -> String {
    let first = era::format(month.first_day());
    first.strip_suffix("1日").unwrap_or(&first).to_owned()
}

/// Which lines are reduced by how much.
fn amount(relief: &Relief) -> String {
    let lines = [
        (relief.income_levy, "所得割"),
        (relief.per_capita, "均等割"),
        (relief.per_household, "平等割"),
    ];
    let lines = lines.iter().filter(|(is, _)| *is).map(|(_, name)| *name);
    let lines: Vec<&str> = lines.collect();
    format!("{}の{}％", lines.join("・"), relief.percent)
}
