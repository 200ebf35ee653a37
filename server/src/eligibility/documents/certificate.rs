//! 証に書くこと: what each paper shows of a person (規則6条, 7条の3, 7条の4).

use super::application::{self, Applicant, Applied};
use super::forms::day as told;
use super::paper_plan::Entitlement;
use super::paper_plan::{expiry, of_member};
use super::{Composed, Subject};
use crate::eligibility::entitlement::inputs::{EntitlementInputs, Identity};
use crate::eligibility::entitlement::ratio::is_senior;
use crate::eligibility::entitlement::reference_day::Day;
use crate::error::ServiceError;
use crate::typesetting::Typesetting;
use chrono::NaiveDate;
use kokuho_letters::document::{Document, Fact};
use kokuho_shared::api::document::{DocumentKind, DocumentWish, PaperPlan};
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::eligibility::papers::ratio_from;
use kokuho_shared::era;

/// A paper for one person, issued on a day and holding from a day on.
pub fn compose(
    facts: &EntitlementInputs,
    wish: &DocumentWish,
    subject: Subject<'_>,
    issued_on: NaiveDate,
    day: &Day,
    press: &Typesetting,
) -> Result<Composed, ServiceError> {
    let Subject { view, member } = subject;
    let today = day.on;
    let period = member.period_on(today).ok_or_else(|| {
        let text = format!("{}に資格のない人には交付できません", era::format(today));
        ServiceError::invalid_at("person_id", text)
    })?;
    let identity = facts.identities.get(&member.person_id);
    let identity = identity.ok_or(ServiceError::NotFound("資格"))?;
    let judged = Entitlement::of(facts, view, day)?;
    let plan = of_member(facts, subject, &judged, day)?;
    let senior = is_senior(member.birth_date, today);
    let kind = wish.kind;
    // A certificate for a disease shows no ratio.
    if let Some(why) = &plan.undecided
        && kind != DocumentKind::DiseaseCertificate
    {
        return Err(ServiceError::invalid_at("person_id", why.clone()));
    }
    let applicant = Applicant {
        senior,
        acquired_on: period.acquired_on,
    };
    let applied = match kind.on_application() {
        true => Some(application::judge(wish, &judged, applicant, day)?),
        false => None,
    };
    if kind == DocumentKind::RecipientCertificate && !senior {
        let text = "高齢受給者証は、70歳になった月の翌月から75歳になるまでの人に交付します";
        return Err(ServiceError::invalid_at("kind", text));
    }
    let stay_until = facts.stays.get(&member.person_id).copied();
    let until = expiry(member.birth_date, stay_until, day)?.ok_or_else(|| {
        let text = "在留期間が過ぎています。更新を確かめてから交付してください";
        ServiceError::invalid_at("person_id", text)
    })?;
    let paper = Printed {
        kind,
        view,
        member,
        identity,
        acquired_on: period.acquired_on,
        issued_on,
        plan,
        senior,
        ratio_from: ratio_from(today, member.birth_date, period.acquired_on, &day.copayment),
        until: Some(until),
        applied,
    };
    Ok(Composed {
        valid_until: paper.valid_until(),
        document: paper.document(press),
        reply_by: None,
        reminders: 0,
    })
}

struct Printed<'a> {
    kind: DocumentKind,
    view: &'a HouseholdView,
    member: &'a MemberFacts,
    identity: &'a Identity,
    acquired_on: NaiveDate,
    issued_on: NaiveDate,
    plan: PaperPlan,
    senior: bool,
    until: Option<NaiveDate>,
    ratio_from: NaiveDate,
    applied: Option<Applied>,
}

impl Printed<'_> {
    /// As planned, or by the paper that was asked for instead of the planned one.
    fn valid_until(&self) -> Option<NaiveDate> {
        if let Some(applied) = &self.applied {
            return applied.until(self.until);
        }
        let runs_out = self.kind != DocumentKind::EligibilityNotice || self.senior;
        self.until.filter(|_| runs_out)
    }

    fn document(&self, press: &Typesetting) -> Document {
        let head = self.view.payer_member();
        let number = self.member.insured_number.clone().unwrap_or_default();
        let (number, branch) = number.rsplit_once('-').unwrap_or((&number, ""));
        let mut facts = vec![
            Fact::new("氏名", self.member.name.clone()),
            Fact::new("記号・番号", number),
            Fact::new("枝番", branch),
            Fact::new("保険者番号", self.identity.insurer_number.clone()),
            Fact::new("保険者名", press.sender().municipality),
        ];
        if self.kind != DocumentKind::EligibilityNotice {
            let sex = if self.identity.sex == 1 { "男" } else { "女" };
            facts.insert(1, Fact::new("生年月日", told(self.member.birth_date)));
            facts.insert(2, Fact::new("性別", sex));
            let name = head.map_or_else(String::new, |head| head.name.clone());
            facts.insert(3, Fact::new("世帯主氏名", name));
        }
        facts.push(Fact::new("資格取得年月日", told(self.acquired_on)));
        let issued = match self.kind {
            DocumentKind::EligibilityNotice => "通知年月日",
            _ => "交付年月日",
        };
        facts.push(Fact::new(issued, told(self.issued_on)));
        if let Some(applied) = &self.applied {
            facts.extend(applied.facts());
        } else if let Some(tenths) = self.plan.ratio_tenths {
            facts.push(Fact::new("一部負担金の割合", format!("{tenths}割")));
            facts.push(Fact::new("発効期日", told(self.ratio_from)));
        }
        if let Some(until) = self.valid_until() {
            facts.push(Fact::new("有効期限", told(until)));
        }
        Document {
            title: match &self.applied {
                Some(applied) => applied.title.into(),
                None => self.kind.name().into(),
            },
            facts,
            notes: self.notes().iter().map(|note| (*note).to_owned()).collect(),
            ..Document::default()
        }
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
