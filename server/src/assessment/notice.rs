//! 保険料決定通知書: one for each decision, bound to what it says and to whom.

use super::change_reasons::{self, Before};
use super::decisions;
use super::run::{provisional, release};
use crate::access::user::{User, Viewer};
use crate::audit::{AuditAction, Entry};
use crate::clock::{Clock, Instant};
use crate::collection::slips::{self, Slip};
use crate::correspondence::kind::{Enclosed, LetterKind, Pages};
use crate::correspondence::letter::place_of;
use crate::correspondence::{self, About, PreparedLetter, StoredLetter, archive};
use crate::eligibility::{household, protection};
use crate::error::ServiceError;
use crate::jobs::progress;
use crate::left_out;
use crate::on_tx;
use crate::store::{Db, Lock, Tx};
use crate::typesetting::Typesetting;
use chrono::NaiveDate;
use kokuho_letters::{Addressee, AssessmentNotice, Content, Insured, Letter, Replaced};
use kokuho_shared::api::Problem;
use kokuho_shared::api::assessment::{Decision, IssuedLetter};
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::run::LETTERS;
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::assessment::household::{IncomeStatus, Member};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::guarded::Guarded;
use kokuho_shared::ids::{DecisionId, HouseholdId, RunId};

/// 保険料の通知書: what a letter that tells of a decision is called. It is stored.
pub const PREMIUM_NOTICE: &str = "premium_notice";

/// Left out of its run's printing where the household was decided anew since.
pub const NOTICE: LetterKind = LetterKind {
    enclosed: Some(&Slips),
    ..LetterKind::printed(
        PREMIUM_NOTICE,
        "",
        left_out!(
            "premium_notice",
            "EXISTS (SELECT 1 FROM decision d JOIN decision n ON n.household_id = d.household_id \
             AND n.fiscal_year = d.fiscal_year AND n.sequence > d.sequence WHERE d.id = l.subject_id)"
        ),
    )
};

/// 納付書 in the envelope of a notice.
struct Slips;

impl Enclosed for Slips {
    fn pages<'a>(&'a self, db: &'a Db, letter: &'a Letter) -> Pages<'a> {
        Box::pin(async move {
            let slips = slips::of_letter(db, &letter.number).await?;
            slips.iter().map(|slip| slips::page(slip, letter)).collect()
        })
    }
}

/// Who issues, with what, and when.
pub struct Issuer<'a> {
    pub user: &'a User,
    pub press: &'a Typesetting,
    pub clock: Clock,
}

/// Issues the notice of a decision and its slips; a second time gives the first ones back. Of a guarded
/// household only for a reason, which is on record.
pub async fn issue(
    db: &Db,
    id: DecisionId,
    reason: &str,
    issuer: &Issuer<'_>,
) -> Result<IssuedLetter, ServiceError> {
    let decision = decisions::find(db, id, issuer.user).await?;
    let (household, year) = (decision.household_id, decision.summary.fiscal_year);
    let mut tx = db.write(Lock::Household(household)).await?;
    if let Some(known) = of_decision(&mut tx, id).await? {
        return Ok(summary(&known));
    }
    refuse_replaced(&mut tx, &decision).await?;
    refuse_unreleased(&mut tx, id).await?;
    let now = tx.at();
    let looks = Viewer {
        user: issuer.user,
        at: Instant::LATEST,
    };
    let view = household::disclosed_in(&mut tx, household, year, looks).await?;
    let shown = Viewer { at: now, ..looks };
    protection::reveal_by_paper(&mut tx, &view, reason, shown).await?;
    let today = issuer.clock.today();
    let number = number(year, tx.take_numbers(&counter(year), 1).await?);
    let told = Before::in_tx(&mut tx, &decision).await?;
    let replaced = told.replaced(&decision, &view, &change_reasons::assessor(&decision)?)?;
    let letter = compose(&decision, &view, replaced, number, issuer.press, today)?;
    let before = slips::newest_in(&mut tx, household, year).await?;
    let serials = usize::try_from(slips::SERIALS).unwrap_or(0);
    let serial = tx.take_numbers(&slips::counter(today), serials).await?;
    let instalments = &decision.assessment.instalments;
    let made = slips::of_decision(instalments, &before, today, serial)?;
    let about = about(&decision, &view, None);
    let envelope = Envelope::new(letter, made, about, issuer.press)?;
    // Set once before it is stored: what cannot be printed is not issued.
    issuer.press.print(envelope.pages()?).await?;
    let by = &issuer.user.login;
    correspondence::write(&mut tx, [&envelope.notice], now, by).await?;
    slips::write(&mut tx, [envelope.enclosed()], now).await?;
    let persons = view.members.iter().map(|member| member.person_id);
    let entry = Entry::new(issuer.user, AuditAction::Print, now).of_household(household, persons);
    entry
        .detail(format!("letter {}", envelope.notice.letter.number))
        .write(&mut tx)
        .await?;
    let stored = of_decision(&mut tx, id).await?;
    tx.commit().await?;
    stored
        .map(|stored| summary(&stored))
        .ok_or(ServiceError::NotFound("文書"))
}

/// What a notice of a decision is about.
pub fn about(decision: &Decision, view: &HouseholdView, run_id: Option<RunId>) -> About {
    About {
        kind: PREMIUM_NOTICE,
        household_id: decision.household_id,
        subject_id: Some(decision.summary.id.into()),
        fiscal_year: decision.summary.fiscal_year,
        run_id,
        ward: view.mailing.ward.open().cloned().unwrap_or_default(),
        ..About::default()
    }
}

/// A notice with its slips, as they go into one envelope.
pub struct Envelope {
    pub notice: PreparedLetter,
    pub slips: Vec<Slip>,
}

impl Envelope {
    pub fn new(
        letter: Letter,
        slips: Vec<Slip>,
        about: About,
        press: &Typesetting,
    ) -> Result<Envelope, ServiceError> {
        let payable = slips.iter().filter(|slip| slip.principal > 0).count();
        let count = |many: usize| i64::try_from(many).unwrap_or(i64::MAX);
        let about = About {
            pages: count(letter.usual_pages() + payable),
            enclosed: count(payable),
            ..about
        };
        let notice = PreparedLetter::new(letter, about, press)?;
        Ok(Envelope { notice, slips })
    }

    /// Everything that is printed, in order.
    pub fn pages(&self) -> Result<Vec<Letter>, ServiceError> {
        let letter = &self.notice.letter;
        let payable = self.slips.iter().filter(|slip| slip.principal > 0);
        let slips = payable.map(|slip| slips::page(slip, letter));
        std::iter::once(Ok(letter.clone())).chain(slips).collect()
    }

    pub fn enclosed(&self) -> slips::Enclosed<'_> {
        let about = &self.notice.about;
        slips::Enclosed {
            slips: &self.slips,
            household_id: about.household_id,
            fiscal_year: about.fiscal_year,
            letter: &self.notice.letter.number,
            run_id: about.run_id.unwrap_or(RunId::NONE),
        }
    }
}

fn summary(stored: &StoredLetter) -> IssuedLetter {
    IssuedLetter {
        number: stored.number.clone(),
        issued_at: Instant(stored.issued_at).text(),
        issued_by: stored.issued_by.clone(),
        content_sha256: stored.content_sha256.clone(),
    }
}

/// The notice of a decision to the head of the household as it is known, with what it replaces.
pub fn compose(
    decision: &Decision,
    view: &HouseholdView,
    replaced: Option<Replaced>,
    number: String,
    press: &Typesetting,
    today: NaiveDate,
) -> Result<Letter, ServiceError> {
    let head = view
        .payer_member()
        .ok_or(ServiceError::NotFound("世帯主"))?;
    let content = match &decision.last_year {
        Some(last_year) => Content::Document(provisional::document(
            decision,
            last_year,
            &head.name,
            &view.number,
        )),
        None => Content::AssessmentNotice(AssessmentNotice {
            replaces: replaced,
            open_inquiries: decision.summary.open_inquiries,
            ..assessed(decision, view, head)
        }),
    };
    Ok(Letter {
        number,
        addressee: Addressee {
            name: head.name.clone(),
            postcode: open_address(&view.mailing.postcode)?,
            address: vec![open_address(&view.mailing.address)?],
            barcode: !view.is_guarded(),
        },
        sender: press.sender(),
        business_date: today,
        fiscal_year: decision.summary.fiscal_year,
        content,
    })
}

fn assessed(decision: &Decision, view: &HouseholdView, head: &MemberFacts) -> AssessmentNotice {
    let name_of = |id: &String| {
        let member = view
            .members
            .iter()
            .find(|member| member.person_id.to_string() == *id);
        member.map_or_else(String::new, |member| member.name.clone())
    };
    let people = decision
        .inputs
        .members
        .iter()
        .map(|member| name_of(&member.id))
        .collect();
    AssessmentNotice::of(
        &decision.assessment,
        view.number.clone(),
        head.name.clone(),
        people,
        insured(decision, name_of),
    )
}

/// Those who are insured in the year, with what the levy takes of them.
fn insured(decision: &Decision, name_of: impl Fn(&String) -> String) -> Vec<Insured> {
    let members = decision.inputs.members.iter();
    let members = members.filter(|member| member.insured);
    let income = |member: &Member| match member.income_status {
        IncomeStatus::Unknown => None,
        _ => {
            let income = &member.income;
            Some(income.salary_income + income.pension_income + income.other_income)
        }
    };
    let each = members.map(|member| Insured {
        name: name_of(&member.id),
        birth_date: member.birth_date,
        income: income(member),
    });
    each.collect()
}

/// Only an open place can be printed on an envelope.
fn open_address(text: &Guarded<String>) -> Result<String, ServiceError> {
    let open = text.open().cloned();
    open.ok_or_else(|| ServiceError::Internal("a hidden address cannot be printed".into()))
}

/// A notice of a yearly run may be issued only after the run was released, or if its letters were made before there
/// were releases.
async fn refuse_unreleased(tx: &mut Tx, decision: DecisionId) -> Result<(), ServiceError> {
    const SQL: &str = "SELECT run_id FROM decision WHERE id = $1";
    let run: RunId =
        on_tx!(&mut *tx, c => sqlx::query_scalar(SQL).bind(decision).fetch_one(c).await?);
    if run == RunId::NONE || progress::of_run(&mut *tx, run, LETTERS).await?.is_some() {
        return Ok(());
    }
    release::refuse_without(tx, run).await
}

/// A notice of what no longer holds would bring its slips back.
async fn refuse_replaced(tx: &mut Tx, decision: &Decision) -> Result<(), ServiceError> {
    const SQL: &str = "SELECT id FROM decision WHERE household_id = $1 AND fiscal_year = $2 \
        ORDER BY sequence DESC LIMIT 1";
    let newest: Option<DecisionId> = on_tx!(tx, connection => sqlx::query_scalar(SQL)
        .bind(decision.household_id).bind(decision.summary.fiscal_year)
        .fetch_optional(connection).await?);
    if newest == Some(decision.summary.id) {
        return Ok(());
    }
    let text = "この決定は後の決定に置き換えられています。新しい決定の通知書を発行してください";
    Err(ServiceError::Conflict(Problem::new(text)))
}

/// 文書番号: the fiscal year and a unique number.
pub fn number(year: FiscalYear, next: i64) -> String {
    format!("{year}-{next:07}")
}

/// The fiscal year in a letter's number.
fn year_of(number: &str) -> FiscalYear {
    let year = number.split('-').next();
    year.and_then(|year| year.parse().ok()).unwrap_or_default()
}

/// The counter of letters of a fiscal year.
pub fn counter(year: FiscalYear) -> String {
    format!("letter-{year}")
}

async fn of_decision(
    tx: &mut Tx,
    decision: DecisionId,
) -> Result<Option<StoredLetter>, ServiceError> {
    archive::of_subject(tx, PREMIUM_NOTICE, decision).await
}

/// The PDF of an issued letter: the same as when it was issued, or none. One that tells a guarded place is
/// for those who may be shown it, and on record before it is.
pub async fn pdf(
    db: &Db,
    number: &str,
    issuer: &Issuer<'_>,
) -> Result<(Vec<u8>, HouseholdId), ServiceError> {
    let mut tx = db.read().await?;
    let stored = archive::find(&mut tx, number).await?;
    if stored.kind != PREMIUM_NOTICE {
        return Err(ServiceError::NotFound("文書"));
    }
    if !household::sees(&mut tx, stored.household_id, issuer.user).await? {
        return Err(ServiceError::NotFound("文書"));
    }
    let slips = slips::of_letter(&mut tx, number).await?;
    let letter = stored.letter(issuer.press)?;
    let looks = Viewer {
        user: issuer.user,
        at: Instant::LATEST,
    };
    let year = year_of(&stored.number);
    let view = household::disclosed_in(&mut tx, stored.household_id, year, looks).await?;
    let guarded =
        view.is_guarded() || protection::is_guarded_place(&mut tx, &place_of(&letter)).await?;
    tx.commit().await?;
    if guarded {
        let what = format!("letter {number}");
        let at = issuer.clock.now();
        protection::reveal_paper(db, &view, what, Viewer { at, ..looks }).await?;
    }
    let mut pages = vec![letter.clone()];
    for slip in slips {
        pages.push(slips::page(&slip, &letter)?);
    }
    Ok((issuer.press.print(pages).await?, stored.household_id))
}
