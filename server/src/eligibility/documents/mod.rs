//! 文書: papers of a person and questions to people, issued, read again, and closed.

mod applied;
mod bracket;
mod day;
pub mod forms;
pub mod income_reports;
mod known;
pub mod papers;
mod prepared;
mod printed;
mod ratio;
pub mod renewal;
pub mod reply;
pub mod routes;

use prepared::{COLUMNS, Prepared, Source};

use super::facilities;
use super::household;
use super::protection;
use crate::access::user::User;
use crate::audit::{Entry, What};
use crate::clock::{Clock, Instant};
use crate::error::ServiceError;
use crate::on_tx;
use crate::press::Press;
use crate::store::{Db, Lock, Tx};
use chrono::NaiveDate;
use kokuho_letters::document::Document;
use kokuho_letters::{Addressee, Letter};
use kokuho_shared::api::Problem;
use kokuho_shared::api::document::{
    DocumentClosing, DocumentKind, DocumentState, DocumentView, DocumentWish,
};
use kokuho_shared::api::household::{HouseholdView, MemberView};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::text::fold_place;
use sqlx::FromRow;

/// The longest remark that is kept.
const MOST_REMARK: usize = 200;

/// Who issues, with what, where and when.
pub struct Issuer<'a> {
    pub user: &'a User,
    pub press: &'a Press,
    pub municipality: &'a str,
    pub clock: Clock,
}

/// What a document says, and how long it holds or waits.
pub struct Composed {
    pub document: Document,
    pub valid_until: Option<NaiveDate>,
    pub reply_by: Option<NaiveDate>,
    /// 再度のお願い: how often it was asked for before.
    pub reminders: i64,
}

#[derive(FromRow)]
pub(super) struct Row {
    number: String,
    kind: String,
    household_id: i64,
    person_id: i64,
    fiscal_year: i64,
    issued_on: NaiveDate,
    issued_by: String,
    content: String,
    content_sha256: String,
    valid_until: Option<NaiveDate>,
    reply_by: Option<NaiveDate>,
    reminders: i64,
    state: String,
    closed_on: Option<NaiveDate>,
    remark: String,
}

impl Row {
    fn kind(&self) -> Result<DocumentKind, ServiceError> {
        let unknown = || ServiceError::Internal(format!("document kind {}", self.kind));
        DocumentKind::of_key(&self.kind).ok_or_else(unknown)
    }

    fn view(&self) -> Result<DocumentView, ServiceError> {
        let unknown = || ServiceError::Internal(format!("document state {}", self.state));
        Ok(DocumentView {
            number: self.number.clone(),
            kind: self.kind()?,
            person_id: self.person_id,
            issued_on: self.issued_on,
            issued_by: self.issued_by.clone(),
            valid_until: self.valid_until,
            reply_by: self.reply_by,
            reminders: self.reminders,
            state: DocumentState::of_key(&self.state).ok_or_else(unknown)?,
            closed_on: self.closed_on,
            remark: self.remark.clone(),
        })
    }
}

/// SELECT of what [`Row`] reads, and the rest of the statement.
macro_rules! documents {
    ($rest:literal) => {
        concat!(
            "SELECT number, kind, household_id, person_id, fiscal_year, issued_on, issued_by, content, content_sha256, \
             valid_until, reply_by, reminders, state, closed_on, remark FROM document ",
            $rest
        )
    };
}

/// Documents of a household, the newest first.
pub async fn list(tx: &mut Tx, household: i64) -> Result<Vec<DocumentView>, ServiceError> {
    const SQL: &str = documents!("WHERE household_id = $1 ORDER BY issued_at DESC, number DESC");
    let rows: Vec<Row> = on_tx!(tx, c => sqlx::query_as(SQL).bind(household).fetch_all(c).await?);
    rows.iter().map(Row::view).collect()
}

/// Issues a document to the head of the household; a paper replaces those of its kind.
pub async fn issue(
    db: &Db,
    household: i64,
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
    let row = issue_in(&mut tx, household, (wish, None), issuer).await?;
    tx.commit().await?;
    row.view()
}

/// The same inside a transaction that holds the household; `reply_by` where another day than the
/// usual one is meant.
pub(super) async fn issue_in(
    tx: &mut Tx,
    household: i64,
    (wish, reply_by): (&DocumentWish, Option<NaiveDate>),
    issuer: &Issuer<'_>,
) -> Result<Row, ServiceError> {
    issuer.press.refuse_unready()?;
    let remark = remark(&wish.remark)?;
    // A paper is of today, whatever year is on the screen.
    let year = match wish.kind.is_paper() {
        true => FiscalYear::of(issuer.clock.today()).0,
        false => wish.fiscal_year,
    };
    let view = household::disclosed_in(tx, household, year, issuer.looks()).await?;
    let place = view
        .members
        .iter()
        .find(|member| member.person_id == wish.person_id);
    let member =
        place.ok_or_else(|| ServiceError::invalid_at("person_id", "この世帯の人ではありません"))?;
    if wish.kind.is_paper() {
        papers::refuse_unplanned(tx, wish, household, issuer).await?;
    }
    let mut composed = match wish.kind {
        DocumentKind::EligibilityCertificate
        | DocumentKind::EligibilityNotice
        | DocumentKind::RecipientCertificate
        | DocumentKind::LimitCertificate
        | DocumentKind::DiseaseCertificate => {
            let day = issuer.day()?;
            let facts = papers::known_of(tx, &view, (&day, issuer)).await?;
            let dates = (day.on, &day);
            printed::compose(&facts, wish, (&view, member), (dates, issuer.press))?
        }
        DocumentKind::ResidenceInquiry
        | DocumentKind::IncomeReport
        | DocumentKind::LossUrging
        | DocumentKind::ReliefInquiry
        | DocumentKind::ReliefNotice
        | DocumentKind::FacilityInquiry => {
            let dates = (issuer.clock.today(), reply_by);
            forms::compose(wish, &view, (member, remark), dates)?
        }
    };
    if let Some(before) = overdue(tx, wish, issuer).await? {
        remind(&mut composed, (before.issued_on, before.reminders));
        void(tx, &before.number, issuer.clock.today()).await?;
    }
    write(tx, wish, (&view, member), composed, issuer).await
}

/// The document of the same kind, person and year whose answer should have come by now.
async fn overdue(
    tx: &mut Tx,
    wish: &DocumentWish,
    issuer: &Issuer<'_>,
) -> Result<Option<Row>, ServiceError> {
    const SQL: &str = documents!(
        "WHERE person_id = $1 AND kind = $2 AND fiscal_year = $3 AND state = 'open' AND reply_by < $4 \
         ORDER BY number DESC LIMIT 1"
    );
    if !wish.kind.reminds() {
        return Ok(None);
    }
    Ok(
        on_tx!(tx, c => sqlx::query_as(SQL).bind(wish.person_id).bind(wish.kind.key())
        .bind(i64::from(wish.fiscal_year)).bind(issuer.clock.today()).fetch_optional(c).await?),
    )
}

/// 再度のお願い: the letter says when it was asked for before.
fn remind(composed: &mut Composed, (issued_on, reminders): (NaiveDate, i64)) {
    let title = &mut composed.document.title;
    *title = format!("{title}（再度のお願い）");
    let asked = format!(
        "{}にお願いしましたが、まだ回答が届いていません。行き違いのときは、ご容赦ください。",
        forms::day(issued_on)
    );
    composed.document.opening.insert(0, asked);
    composed.reminders = reminders + 1;
}

/// 差替え: another document takes the place of one that is still open.
async fn void(tx: &mut Tx, number: &str, on: NaiveDate) -> Result<(), ServiceError> {
    const SQL: &str =
        "UPDATE document SET state = 'void', closed_on = $1 WHERE number = $2 AND state = 'open'";
    on_tx!(tx, c => sqlx::query(SQL).bind(on).bind(number).execute(c).await?.rows_affected());
    Ok(())
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
    const SQL: &str = documents!(
        "WHERE household_id = $1 AND kind = $2 AND remark = $3 AND state = 'open' ORDER BY number DESC LIMIT 1"
    );
    let known: Option<Row> = on_tx!(tx, c => sqlx::query_as(SQL).bind(view.id)
        .bind(wish.kind.key()).bind(&wish.remark).fetch_optional(c).await?);
    if let Some(known) = known {
        return known.view();
    }
    issuer.press.refuse_unready()?;
    let head = view
        .payer_member()
        .ok_or(ServiceError::NotFound("世帯主"))?;
    write(tx, wish, (view, head), composed, issuer)
        .await?
        .view()
}

impl Issuer<'_> {
    /// Papers are for the business day.
    fn day(&self) -> Result<day::Day, ServiceError> {
        day::Day::of(self.clock.today(), self.municipality)
    }

    /// Who looks, and when.
    pub fn looks(&self) -> (&User, Instant) {
        (self.user, Instant::LATEST)
    }
}

async fn write(
    tx: &mut Tx,
    wish: &DocumentWish,
    (view, member): (&HouseholdView, &MemberView),
    composed: Composed,
    issuer: &Issuer<'_>,
) -> Result<Row, ServiceError> {
    let (today, now) = (issuer.clock.today(), tx.at());
    let serial = tx.take_numbers(&prepared::counter(today), 1).await?;
    let addressee = match wish.kind {
        DocumentKind::FacilityInquiry => facility(tx, wish).await?,
        DocumentKind::ReliefInquiry => asked(wish)?,
        _ => {
            let by = (issuer.user, now);
            protection::reveal_by_paper(tx, view, &wish.reveal_reason, by).await?;
            prepared::head_of(view)?
        }
    };
    let source = Source {
        issued_on: today,
        issued_by: &issuer.user.login,
        run_id: None,
    };
    let whom = (view, member.person_id, addressee);
    let prepared = Prepared::new((serial, wish), whom, composed, (issuer.press, &source))?;
    // Set once before it is stored: what cannot be printed is not issued.
    issuer.press.print(vec![prepared.letter.clone()]).await?;
    replace(tx, wish.kind, member.person_id, today).await?;
    tx.insert("document", COLUMNS, &[prepared.values(now)])
        .await?;
    let row = prepared.row;
    let entry = Entry::new(issuer.user, What::Print, now);
    let entry = entry.of_household(view.id, [member.person_id]);
    entry.detail(issued(&row, wish)).write(tx).await?;
    Ok(row)
}

/// Which document, and what an application was checked for.
fn issued(row: &Row, wish: &DocumentWish) -> String {
    let mut text = format!("document {} {}", row.number, row.kind);
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
    person: i64,
    today: NaiveDate,
) -> Result<(), ServiceError> {
    const SQL: &str = "UPDATE document SET state = 'void', closed_on = $1 \
        WHERE person_id = $2 AND state = 'open' AND kind = $3";
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
        on_tx!(tx, c => sqlx::query(SQL).bind(today).bind(person).bind(kind.key())
            .execute(c).await?.rows_affected());
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
fn refuse_anothers(row: &Row, person: i64) -> Result<(), ServiceError> {
    if row.person_id == person {
        return Ok(());
    }
    let text = "この文書の対象者ではありません。文書番号と氏名を確かめてください";
    Err(ServiceError::invalid_at("person_id", text))
}

async fn find(tx: &mut Tx, number: &str) -> Result<Row, ServiceError> {
    const SQL: &str = documents!("WHERE number = $1");
    let row: Option<Row> =
        on_tx!(tx, c => sqlx::query_as(SQL).bind(number).fetch_optional(c).await?);
    row.ok_or(ServiceError::NotFound("文書"))
}

/// The PDF as it was issued, and its household.
pub async fn pdf(
    db: &Db,
    number: &str,
    issuer: &Issuer<'_>,
) -> Result<(Vec<u8>, i64), ServiceError> {
    let mut tx = db.read().await?;
    let row = find(&mut tx, number).await?;
    let year = FiscalYear::of(row.issued_on).0;
    let view = household::disclosed_in(&mut tx, row.household_id, year, issuer.looks()).await?;
    let stored = (row.content.as_str(), row.content_sha256.as_str());
    let letter = unchanged(&row.number, stored, issuer.press)?;
    let place = fold_place(&letter.addressee.address.concat());
    let guarded = view.is_guarded() || protection::is_guarded_place(&mut tx, &place).await?;
    tx.commit().await?;
    if guarded {
        let what = format!("document {number}");
        let by = (issuer.user, issuer.clock.now());
        protection::reveal_paper(db, &view, what, by).await?;
    }
    Ok((issuer.press.print(vec![letter]).await?, row.household_id))
}

/// The letter of a number as it was issued.
fn unchanged(
    number: &str,
    (content, sha256): (&str, &str),
    press: &Press,
) -> Result<Letter, ServiceError> {
    let letter: Letter = serde_json::from_str(content)?;
    refuse_crossed(number, &letter)?;
    if press.hash(&letter)? == sha256 {
        return Ok(letter);
    }
    let text = "発行したときと内容・雛形・書体のどれかが違うため、同じ文書を作れません";
    Err(ServiceError::Conflict(Problem::new(text)))
}

/// 文書の取違え: what is stored under a number must be the letter of that number.
fn refuse_crossed(number: &str, letter: &Letter) -> Result<(), ServiceError> {
    if letter.number == number {
        return Ok(());
    }
    let text = "この番号の文書の内容が、別の文書のものです。責任者に知らせてください";
    Err(ServiceError::Conflict(Problem::new(text)))
}

/// Notes how a document ended.
pub async fn close(
    db: &Db,
    number: &str,
    wish: &DocumentClosing,
    issuer: &Issuer<'_>,
) -> Result<DocumentView, ServiceError> {
    const SQL: &str = "UPDATE document SET state = $1, closed_on = $2, remark = $3 \
        WHERE number = $4 AND state = 'open'";
    let text = remark(&wish.remark)?;
    let mut tx = db.write(Lock::Nothing).await?;
    let row = find(&mut tx, number).await?;
    let year = FiscalYear::of(row.issued_on).0;
    let view = household::disclosed_in(&mut tx, row.household_id, year, issuer.looks()).await?;
    refuse_anothers(&row, wish.person_id)?;
    if !wish.state.fits(row.kind()?) {
        let message = format!("{}には使えません", row.kind()?.name());
        return Err(ServiceError::invalid_at("state", message));
    }
    if wish.on < row.issued_on || wish.on > issuer.clock.today() {
        let message = "発行の日から業務日までの日にしてください";
        return Err(ServiceError::invalid_at("on", message));
    }
    let kept = if text.is_empty() { &row.remark } else { text };
    let closed = on_tx!(&mut tx, c => sqlx::query(SQL).bind(wish.state.key()).bind(wish.on).bind(kept)
        .bind(number).execute(c).await?.rows_affected());
    if closed == 0 {
        let text = "この文書はもう終わっています。読み直してください";
        return Err(ServiceError::Conflict(Problem::new(text).at("state")));
    }
    let entry = Entry::new(issuer.user, What::Update, issuer.clock.now());
    let entry = entry.of_household(view.id, [row.person_id]);
    entry
        .detail(format!("document {number} {}", wish.state.key()))
        .write(&mut tx)
        .await?;
    let after = find(&mut tx, number).await?;
    tx.commit().await?;
    after.view()
}
