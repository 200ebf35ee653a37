//! 文書: papers of a person and questions to people, issued, read again, and closed.

mod application;
mod certificate;
mod document_record;
pub mod forms;
pub mod income_reports;
pub mod letters;
pub mod paper_plan;
pub mod renewal;
pub mod reply;
pub mod routes;

use document_record::{Source, prepare};
use kokuho_shared::ids::{HouseholdId, PersonId};

use super::entitlement::reference_day::Day;
use super::facilities;
use super::household;
use super::protection;
use crate::access::user::{User, Viewer};
use crate::audit::{AuditAction, Entry};
use crate::clock::{Clock, Instant};
use crate::correspondence::ending::{self, Ending, void};
use crate::correspondence::letter::place_of;
use crate::correspondence::{self, StoredLetter, archive};
use crate::error::ServiceError;
use crate::store::{Db, Lock, Tx};
use crate::typesetting::Typesetting;
use chrono::NaiveDate;
use kokuho_letters::Addressee;
use kokuho_letters::document::Document;
use kokuho_shared::api::Problem;
use kokuho_shared::api::document::{
    DocumentClosing, DocumentKind, DocumentState, DocumentView, DocumentWish,
};
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::calendar::FiscalYear;

/// The longest remark that is kept.
const MOST_REMARK: usize = 200;

/// Who issues, with what, where and when.
pub struct Issuer<'a> {
    pub user: &'a User,
    pub press: &'a Typesetting,
    pub municipality: &'a str,
    pub clock: Clock,
}

/// Whom a document is about: a member, and the household that it goes to.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub view: &'a HouseholdView,
    pub member: &'a MemberFacts,
}

/// What a document says, and how long it holds or waits.
pub struct Composed {
    pub document: Document,
    pub valid_until: Option<NaiveDate>,
    pub reply_by: Option<NaiveDate>,
    /// 再度のお願い: how often it was asked for before.
    pub reminders: i64,
}

fn kind_of(stored: &StoredLetter) -> Result<DocumentKind, ServiceError> {
    let unknown = || ServiceError::Internal(format!("document kind {}", stored.kind));
    DocumentKind::of_key(&stored.kind).ok_or_else(unknown)
}

fn shown(stored: &StoredLetter) -> Result<DocumentView, ServiceError> {
    let unknown =
        |what: &str| ServiceError::Internal(format!("document {}: {what}", stored.number));
    Ok(DocumentView {
        number: stored.number.clone(),
        kind: kind_of(stored)?,
        person_id: stored.person_id.ok_or_else(|| unknown("of nobody"))?,
        issued_on: stored.issued_on,
        issued_by: stored.issued_by.clone(),
        valid_until: stored.valid_until,
        reply_by: stored.reply_by,
        reminders: stored.reminders,
        state: DocumentState::of_key(&stored.state).ok_or_else(|| unknown(&stored.state))?,
        closed_on: stored.closed_on,
        remark: stored.remark.clone(),
    })
}

/// Documents of a household, the newest first.
pub async fn list(tx: &mut Tx, household: HouseholdId) -> Result<Vec<DocumentView>, ServiceError> {
    let stored = archive::of_household(tx, household).await?;
    stored.iter().map(shown).collect()
}

/// Issues a document to the head of the household; a paper replaces those of its kind.
pub async fn issue(
    db: &Db,
    household: HouseholdId,
    wish: &DocumentWish,
    issuer: &Issuer<'_>,
) -> Result<DocumentView, ServiceError> {
    if wish.kind == DocumentKind::LossUrging {
        let text = "届出の勧奨は、資格重複の一覧から行ってください";
        return Err(ServiceError::invalid_at("kind", text));
    }
    if wish.kind == DocumentKind::ReliefNotice {
        let text = "減免の決定通知書は、減免の申請から発行してください";
        return Err(ServiceError::invalid_at("kind", text));
    }
    let mut tx = db.write(Lock::Household(household)).await?;
    let issued = issue_in(&mut tx, household, wish, None, issuer).await?;
    tx.commit().await?;
    Ok(issued)
}

/// The same inside a transaction that holds the household; `reply_by` where another day than the
/// usual one is meant.
pub(super) async fn issue_in(
    tx: &mut Tx,
    household: HouseholdId,
    wish: &DocumentWish,
    reply_by: Option<NaiveDate>,
    issuer: &Issuer<'_>,
) -> Result<DocumentView, ServiceError> {
    issuer.press.refuse_unready()?;
    let remark = remark(&wish.remark)?;
    // A paper is of today, whatever year is on the screen.
    let year = match wish.kind.is_paper() {
        true => FiscalYear::of(issuer.clock.today()),
        false => wish.fiscal_year,
    };
    let view = household::disclosed_in(tx, household, year, issuer.looks()).await?;
    let place = view
        .members
        .iter()
        .find(|member| member.person_id == wish.person_id);
    let member =
        place.ok_or_else(|| ServiceError::invalid_at("person_id", "この世帯の人ではありません"))?;
    let subject = Subject {
        view: &view,
        member,
    };
    if wish.kind.is_paper() {
        paper_plan::refuse_unplanned(tx, wish, household, issuer).await?;
    }
    let mut composed = match wish.kind {
        DocumentKind::EligibilityCertificate
        | DocumentKind::EligibilityNotice
        | DocumentKind::RecipientCertificate
        | DocumentKind::LimitCertificate
        | DocumentKind::DiseaseCertificate => {
            let day = issuer.day()?;
            let facts = paper_plan::known_of(tx, &view, &day, issuer).await?;
            certificate::compose(&facts, wish, subject, day.on, &day, issuer.press)?
        }
        DocumentKind::ResidenceInquiry
        | DocumentKind::IncomeReport
        | DocumentKind::LossUrging
        | DocumentKind::ReliefInquiry
        | DocumentKind::ReliefNotice
        | DocumentKind::FacilityInquiry => {
            forms::compose(wish, subject, remark, issuer.clock.today(), reply_by)?
        }
    };
    if let Some(before) = overdue(tx, wish, issuer).await? {
        remind(&mut composed, before.issued_on, before.reminders);
        void(tx, &before.number, issuer.clock.today()).await?;
    }
    write(tx, wish, subject, composed, issuer).await
}

/// The document of the same kind, person and year whose answer should have come by now.
async fn overdue(
    tx: &mut Tx,
    wish: &DocumentWish,
    issuer: &Issuer<'_>,
) -> Result<Option<StoredLetter>, ServiceError> {
    if !wish.kind.reminds() {
        return Ok(None);
    }
    let (kind, today) = (wish.kind.key(), issuer.clock.today());
    archive::unanswered(tx, wish.person_id, kind, wish.fiscal_year, today).await
}

/// 再度のお願い: the letter says when it was asked for before.
fn remind(composed: &mut Composed, issued_on: NaiveDate, reminders: i64) {
    let title = &mut composed.document.title;
    *title = format!("{title}（再度のお願い）");
    let asked = format!(
        "{}にお願いしましたが、まだ回答が届いていません。行き違いのときは、ご容赦ください。",
        forms::day(issued_on)
    );
    composed.document.opening.insert(0, asked);
    composed.reminders = reminders + 1;
}

/// Issues to the head of the household what another room has composed. Where a document of the same
/// kind and remark is there, that one is given back.
pub async fn issue_once(
    tx: &mut Tx,
    wish: &DocumentWish,
    view: &HouseholdView,
    composed: Composed,
    issuer: &Issuer<'_>,
) -> Result<DocumentView, ServiceError> {
    let known = archive::open_with(tx, view.id, wish.kind.key(), &wish.remark).await?;
    if let Some(known) = known {
        return shown(&known);
    }
    issuer.press.refuse_unready()?;
    let head = view
        .payer_member()
        .ok_or(ServiceError::NotFound("世帯主"))?;
    let subject = Subject { view, member: head };
    write(tx, wish, subject, composed, issuer).await
}

impl Issuer<'_> {
    /// Papers are for the business day.
    fn day(&self) -> Result<Day, ServiceError> {
        Day::of(self.clock.today(), self.municipality)
    }

    /// Who looks, and when.
    pub fn looks(&self) -> Viewer<'_> {
        Viewer {
            user: self.user,
            at: Instant::LATEST,
        }
    }
}

async fn write(
    tx: &mut Tx,
    wish: &DocumentWish,
    subject: Subject<'_>,
    composed: Composed,
    issuer: &Issuer<'_>,
) -> Result<DocumentView, ServiceError> {
    let Subject { view, member } = subject;
    let (today, now) = (issuer.clock.today(), tx.at());
    let serial = tx.take_numbers(&document_record::counter(today), 1).await?;
    let addressee = match wish.kind {
        DocumentKind::FacilityInquiry => facility(tx, wish).await?,
        DocumentKind::ReliefInquiry => asked(wish)?,
        _ => {
            let by = Viewer {
                user: issuer.user,
                at: now,
            };
            protection::reveal_by_paper(tx, view, &wish.reveal_reason, by).await?;
            document_record::head_of(view)?
        }
    };
    let source = Source {
        serial,
        issued_on: today,
        run_id: None,
    };
    let prepared = prepare(wish, subject, addressee, composed, issuer.press, &source)?;
    // Set once before it is stored: what cannot be printed is not issued.
    issuer.press.print(vec![prepared.letter.clone()]).await?;
    replace(tx, wish.kind, member.person_id, today).await?;
    correspondence::write(tx, [&prepared], now, &issuer.user.login).await?;
    let number = &prepared.letter.number;
    let entry = Entry::new(issuer.user, AuditAction::Print, now);
    let entry = entry.of_household(view.id, [member.person_id]);
    entry.detail(issued(number, wish)).write(tx).await?;
    shown(&archive::find(tx, number).await?)
}

/// Which document, and what an application was checked for.
fn issued(number: &str, wish: &DocumentWish) -> String {
    let mut text = format!("document {number} {}", wish.kind.key());
    if wish.application.no_arrears {
        text.push_str(", no arrears confirmed");
    }
    if !wish.application.special_reason.trim().is_empty() {
        text.push_str(", issued in spite of arrears");
    }
    text
}

/// 差替え: of each person one paper of a kind is valid; a certificate and the notice of eligibility
/// exclude each other.
async fn replace(
    tx: &mut Tx,
    kind: DocumentKind,
    person: PersonId,
    today: NaiveDate,
) -> Result<(), ServiceError> {
    let replaced: &[DocumentKind] = match kind {
        DocumentKind::EligibilityCertificate | DocumentKind::EligibilityNotice => &[
            DocumentKind::EligibilityCertificate,
            DocumentKind::EligibilityNotice,
        ],
        DocumentKind::RecipientCertificate => &[DocumentKind::RecipientCertificate],
        DocumentKind::LimitCertificate => &[DocumentKind::LimitCertificate],
        DocumentKind::DiseaseCertificate => &[DocumentKind::DiseaseCertificate],
        DocumentKind::ResidenceInquiry
        | DocumentKind::IncomeReport
        | DocumentKind::LossUrging
        | DocumentKind::ReliefInquiry
        | DocumentKind::ReliefNotice
        | DocumentKind::FacilityInquiry => &[],
    };
    for kind in replaced {
        ending::void_of(tx, person, kind.key(), today).await?;
    }
    Ok(())
}

/// The facility that is asked; of a person nothing else is told to it than the name and birth date.
async fn facility(tx: &mut Tx, wish: &DocumentWish) -> Result<Addressee, ServiceError> {
    let id = wish
        .facility_id
        .ok_or_else(|| ServiceError::invalid_at("facility_id", "尋ねる施設を選んでください"))?;
    let found = facilities::find(tx, id).await?;
    Ok(Addressee {
        name: found.name,
        postcode: found.postcode,
        address: vec![found.address],
        barcode: false,
    })
}

/// The office or body that a relief inquiry goes to.
fn asked(wish: &DocumentWish) -> Result<Addressee, ServiceError> {
    let asked = forms::asked(wish)?;
    let wrong = |field: &str, text: &str| Err(ServiceError::invalid_at(field, text));
    if asked.name.trim().is_empty() {
        return wrong("asked.name", "照会先の名称を入力してください");
    }
    if asked.address.trim().is_empty() {
        return wrong("asked.address", "照会先の所在地を入力してください");
    }
    if asked.of.needs_consent() && !asked.consent {
        let text = "法令上の回答の義務がない相手です。本人の同意書を確かめてください";
        return wrong("asked.consent", text);
    }
    Ok(Addressee {
        name: asked.name.trim().to_owned(),
        postcode: asked.postcode.trim().to_owned(),
        address: vec![asked.address.trim().to_owned()],
        barcode: false,
    })
}

fn remark(text: &str) -> Result<&str, ServiceError> {
    let text = text.trim();
    if text.chars().count() > MOST_REMARK {
        let message = format!("備考は{MOST_REMARK}文字までにしてください");
        return Err(ServiceError::invalid_at("remark", message));
    }
    Ok(text)
}

/// 取違え: what came back must be of the person whom the document names.
fn refuse_anothers(stored: &StoredLetter, person: PersonId) -> Result<(), ServiceError> {
    if stored.person_id == Some(person) {
        return Ok(());
    }
    let text = "この文書の対象者ではありません。文書番号と氏名を確かめてください";
    Err(ServiceError::invalid_at("person_id", text))
}

/// A letter about a person; others are another room's.
async fn find(tx: &mut Tx, number: &str) -> Result<StoredLetter, ServiceError> {
    let stored = archive::find(tx, number).await?;
    match stored.person_id {
        Some(_) => Ok(stored),
        None => Err(ServiceError::NotFound("文書")),
    }
}

/// The PDF as it was issued, and its household.
pub async fn pdf(
    db: &Db,
    number: &str,
    issuer: &Issuer<'_>,
) -> Result<(Vec<u8>, HouseholdId), ServiceError> {
    let mut tx = db.read().await?;
    let row = find(&mut tx, number).await?;
    let year = FiscalYear::of(row.issued_on);
    let view = household::disclosed_in(&mut tx, row.household_id, year, issuer.looks()).await?;
    let letter = row.letter(issuer.press)?;
    let place = place_of(&letter);
    let guarded = view.is_guarded() || protection::is_guarded_place(&mut tx, &place).await?;
    tx.commit().await?;
    if guarded {
        let what = format!("document {number}");
        let by = Viewer {
            user: issuer.user,
            at: issuer.clock.now(),
        };
        protection::reveal_paper(db, &view, what, by).await?;
    }
    Ok((issuer.press.print(vec![letter]).await?, row.household_id))
}

/// Notes how a document ended.
pub async fn close(
    db: &Db,
    number: &str,
    wish: &DocumentClosing,
    issuer: &Issuer<'_>,
) -> Result<DocumentView, ServiceError> {
    let text = remark(&wish.remark)?;
    let mut tx = db.write(Lock::Nothing).await?;
    let row = find(&mut tx, number).await?;
    let year = FiscalYear::of(row.issued_on);
    let view = household::disclosed_in(&mut tx, row.household_id, year, issuer.looks()).await?;
    refuse_anothers(&row, wish.person_id)?;
    let kind = kind_of(&row)?;
    if !wish.state.fits(kind) {
        let message = format!("{}には使えません", kind.name());
        return Err(ServiceError::invalid_at("state", message));
    }
    if wish.on < row.issued_on || wish.on > issuer.clock.today() {
        let message = "発行の日から業務日までの日にしてください";
        return Err(ServiceError::invalid_at("on", message));
    }
    let ending = Ending {
        state: wish.state,
        on: wish.on,
        remark: if text.is_empty() { &row.remark } else { text },
        reply_change: None,
    };
    if !ending::end(&mut tx, number, &ending).await? {
        let text = "この文書はもう終わっています。読み直してください";
        return Err(ServiceError::Conflict(Problem::new(text).at("state")));
    }
    let entry = Entry::new(issuer.user, AuditAction::Update, issuer.clock.now());
    let entry = entry.of_household(view.id, row.person_id);
    entry
        .detail(format!("document {number} {}", wish.state.key()))
        .write(&mut tx)
        .await?;
    let after = find(&mut tx, number).await?;
    tx.commit().await?;
    shown(&after)
}
