//! 発行した文書: what a household was sent or handed, whatever room issued it, and printing it again.

use crate::access::user::{Actor, User};
use crate::audit::{AuditAction, Entry};
use crate::error::ServiceError;
use crate::store::Tx;
use crate::{guarded, on_tx, row};
use chrono::NaiveDate;
use kokuho_letters::Letter;
use kokuho_shared::access::Action;
use kokuho_shared::api::document::{DocumentKind, DocumentState};
use kokuho_shared::api::issued::{HouseholdLetter, HouseholdLetters, IssuedState};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::{HouseholdId, PersonId};
use sqlx::FromRow;

/// So many stand on a page.
const ON_A_PAGE: i64 = 50;
/// The longest reason of a reprint.
const MOST_REASON: usize = 200;
const SLIP: &str = "payment_slip";

#[derive(FromRow)]
struct IssuedRow {
    number: String,
    kind: String,
    household_id: HouseholdId,
    person_id: Option<PersonId>,
    fiscal_year: FiscalYear,
    instalment: Option<i64>,
    issued_on: NaiveDate,
    issued_by: String,
    issued_by_name: String,
    content: String,
    state: String,
    of_run: bool,
    sent: bool,
    /// What the slip that took the place of this one asks for.
    newer: Option<i64>,
    guarded: bool,
    reprints: i64,
}

/// SELECT of what [`IssuedRow`] reads: letters of their own, and slips by the letter that they belong to. `$1` stands
/// in both conditions.
macro_rules! issued {
    ($letter:literal, $slip:literal, $rest:literal) => {
        concat!(
            "SELECT l.number, l.kind, l.household_id, l.person_id, l.fiscal_year, CAST(NULL AS BIGINT) AS instalment, \
             l.issued_on, l.issued_at, l.issued_by, \
             COALESCE((SELECT a.name FROM account a WHERE a.login = l.issued_by), '') AS issued_by_name, l.content, \
             l.state, l.run_id IS NOT NULL AS of_run, \
             EXISTS (SELECT 1 FROM letter_sent s WHERE s.number = l.number) AS sent, CAST(NULL AS BIGINT) AS newer, ",
            guarded!(both "l.household_id", "l.place"),
            " AS guarded, (SELECT COUNT(*) FROM letter_reprint r WHERE r.number = l.number) AS reprints \
             FROM letter l WHERE l.kind <> 'payment_slip' AND ",
            $letter,
            " UNION ALL SELECT p.number, 'payment_slip', p.household_id, CAST(NULL AS BIGINT), p.fiscal_year, \
             p.instalment, l.issued_on, l.issued_at, l.issued_by, \
             COALESCE((SELECT a.name FROM account a WHERE a.login = l.issued_by), ''), l.content, \
             l.state, l.run_id IS NOT NULL, EXISTS (SELECT 1 FROM letter_sent s WHERE s.number = l.number), \
             (SELECT n.principal FROM payment_slip n WHERE n.household_id = p.household_id \
             AND n.fiscal_year = p.fiscal_year AND n.instalment = p.instalment AND n.reissues = p.reissues + 1), ",
            guarded!(both "p.household_id", "l.place"),
            ", (SELECT COUNT(*) FROM letter_reprint r WHERE r.number = p.number) \
             FROM payment_slip p JOIN letter l ON l.number = p.letter_number WHERE p.principal > 0 AND ",
            $slip,
            $rest
        )
    };
}

impl IssuedRow {
    fn view(self, user: &User) -> Result<HouseholdLetter, ServiceError> {
        let letter: Letter = serde_json::from_str(&self.content)?;
        let place = match self.kind.as_str() {
            SLIP => "slips",
            _ if self.person_id.is_some() => "documents",
            _ => "letters",
        };
        Ok(HouseholdLetter {
            name: name(&self.kind),
            state: self.state()?,
            may_open: self.may_open(user),
            pdf: format!("/api/{place}/{}", self.number),
            number: self.number,
            kind: self.kind,
            fiscal_year: self.fiscal_year,
            instalment: self.instalment,
            issued_on: self.issued_on,
            issued_by: self.issued_by,
            issued_by_name: self.issued_by_name,
            addressee: letter.addressee.name,
            person_id: self.person_id,
            reprints: self.reprints,
        })
    }

    fn may_open(&self, user: &User) -> bool {
        !self.guarded || user.role.may(Action::Protect)
    }

    fn state(&self) -> Result<IssuedState, ServiceError> {
        match self.newer {
            Some(0) => return Ok(IssuedState::Void),
            Some(_) => return Ok(IssuedState::Replaced),
            None => {}
        }
        let ended = DocumentState::of_key(&self.state)
            .ok_or_else(|| ServiceError::Internal(format!("letter state {}", self.state)))?;
        Ok(match ended {
            DocumentState::Open if !self.of_run => IssuedState::Issued,
            DocumentState::Open if self.sent => IssuedState::Printed,
            DocumentState::Open => IssuedState::Planned,
            DocumentState::Replied => IssuedState::Replied,
            DocumentState::Returned => IssuedState::Returned,
            DocumentState::Lost => IssuedState::Lost,
            DocumentState::Void => IssuedState::Void,
            DocumentState::Undeliverable => IssuedState::Undeliverable,
        })
    }
}

/// What a kind is called.
fn name(kind: &str) -> String {
    match kind {
        SLIP => "納付書".into(),
        "premium_notice" => "保険料の決定通知書".into(),
        _ => DocumentKind::of_key(kind).map_or_else(|| kind.to_owned(), |kind| kind.name().into()),
    }
}

/// A page of what was issued to a household, from 1.
pub async fn page(
    tx: &mut Tx,
    household: HouseholdId,
    page: i64,
    user: &User,
) -> Result<HouseholdLetters, ServiceError> {
    const ALL: &str = issued!(
        "l.household_id = $1",
        "p.household_id = $1",
        " ORDER BY issued_at DESC, number DESC LIMIT $2 OFFSET $3"
    );
    const TOTAL: &str = "SELECT (SELECT COUNT(*) FROM letter WHERE household_id = $1 AND kind <> 'payment_slip') \
        + (SELECT COUNT(*) FROM payment_slip WHERE household_id = $1 AND principal > 0)";
    let before = (page - 1) * ON_A_PAGE;
    let total: i64 =
        on_tx!(&mut *tx, c => sqlx::query_scalar(TOTAL).bind(household).fetch_one(c).await?);
    let rows: Vec<IssuedRow> = on_tx!(tx, c => sqlx::query_as(ALL).bind(household).bind(ON_A_PAGE)
        .bind(before).fetch_all(c).await?);
    let views = rows.into_iter().map(|row| row.view(user));
    Ok(HouseholdLetters {
        total,
        page,
        letters: views.collect::<Result<_, _>>()?,
    })
}

/// The household of what has a number.
pub async fn household_of(tx: &mut Tx, number: &str) -> Result<HouseholdId, ServiceError> {
    Ok(find(tx, number).await?.household_id)
}

async fn find(tx: &mut Tx, number: &str) -> Result<IssuedRow, ServiceError> {
    const ONE: &str = issued!("l.number = $1", "p.number = $1", "");
    let row: Option<IssuedRow> =
        on_tx!(tx, c => sqlx::query_as(ONE).bind(number).fetch_optional(c).await?);
    row.ok_or(ServiceError::NotFound("文書"))
}

/// Notes that something is printed again.
pub async fn reprint(
    tx: &mut Tx,
    number: &str,
    reason: &str,
    Actor { user, clock }: Actor<'_>,
) -> Result<HouseholdLetter, ServiceError> {
    let reason = reason.trim();
    if reason.chars().count() > MOST_REASON {
        let text = format!("理由は{MOST_REASON}字までにしてください");
        return Err(ServiceError::invalid_at("reason", text));
    }
    let known = find(tx, number).await?;
    if !known.may_open(user) {
        return Err(ServiceError::Forbidden);
    }
    let now = clock.now();
    let row = row! {
        id: tx.take_ids("letter_reprint", 1).await?,
        number: number.to_owned(),
        printed_at: now,
        printed_by: user.login.clone(),
        reason: reason.to_owned(),
    };
    tx.insert("letter_reprint", &[row]).await?;
    let entry = Entry::new(user, AuditAction::Print, now);
    entry
        .of_household(known.household_id, known.person_id)
        .detail(format!("reprint of {number}"))
        .write(tx)
        .await?;
    find(tx, number).await?.view(user)
}
