//! 納付書の再発行: one slip of one instalment again, with another 取扱期限, and the slips of a household.

use super::slips::{self, Enclosed, Slip};
use crate::access::user::{User, Viewer};
use crate::audit::{AuditAction, Entry};
use crate::clock::{Clock, Instant};
use crate::correspondence::{self, About, LetterKind, PreparedLetter, archive, letter};
use crate::eligibility::{household, protection};
use crate::error::ServiceError;
use crate::on_tx;
use crate::store::{Db, Lock, Tx};
use crate::typesetting::Typesetting;
use chrono::{Days, NaiveDate};
use kokuho_letters::{Addressee, Letter, SlipForms};
use kokuho_shared::api::Problem;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::slip::{HouseholdSlips, SlipReissue, SlipState, SlipView};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::guarded::Guarded;
use kokuho_shared::ids::{HouseholdId, RunId};
use kokuho_shared::money::Yen;
use sqlx::FromRow;

/// 納付書 as a letter of its own. It is stored: never renamed.
pub const SLIP: LetterKind = LetterKind::single("payment_slip");

/// Who issues, with what, and when.
pub struct Issuer<'a> {
    pub user: &'a User,
    pub press: &'a Typesetting,
    pub clock: Clock,
}

impl Issuer<'_> {
    fn looks(&self) -> Viewer<'_> {
        Viewer {
            user: self.user,
            at: Instant::LATEST,
        }
    }

    fn acts(&self) -> Viewer<'_> {
        Viewer {
            user: self.user,
            at: self.clock.now(),
        }
    }
}

/// The latest 取扱期限 of a slip that is issued again on a day.
fn latest(today: NaiveDate) -> Result<NaiveDate, ServiceError> {
    let forms = SlipForms::shipped().map_err(|why| ServiceError::Internal(why.to_string()))?;
    let last = today.checked_add_days(Days::new(forms.usable_days.into()));
    last.ok_or_else(|| ServiceError::Internal("a day after the calendar".into()))
}

#[derive(FromRow)]
struct SlipRow {
    number: String,
    household_id: HouseholdId,
    fiscal_year: FiscalYear,
    instalment: i64,
    letter_number: String,
    reissues: i64,
    principal: i64,
    due_on: NaiveDate,
    usable_until: NaiveDate,
    newer: Option<String>,
    newer_principal: Option<i64>,
    open: i64,
}

/// SELECT of what [`SlipRow`] reads, and the condition on `p`.
macro_rules! slips {
    ($condition:literal) => {
        concat!(
            "SELECT p.number, p.household_id, p.fiscal_year, p.instalment, p.letter_number, p.reissues, p.principal, \
             p.due_on, p.usable_until, n.number AS newer, n.principal AS newer_principal, \
             (SELECT CAST(COALESCE(SUM(e.amount), 0) AS BIGINT) FROM journal j JOIN ledger_entry e \
             ON e.household_id = j.household_id AND e.journal_id = j.id WHERE j.household_id = p.household_id \
             AND j.fiscal_year = p.fiscal_year AND e.account = 'receivable' AND e.instalment = p.instalment) AS open \
             FROM payment_slip p LEFT JOIN payment_slip n ON n.household_id = p.household_id \
             AND n.fiscal_year = p.fiscal_year AND n.instalment = p.instalment AND n.reissues = p.reissues + 1 WHERE ",
            $condition
        )
    };
}

impl SlipRow {
    fn view(self) -> SlipView {
        let state = match self.newer_principal {
            None => SlipState::Standing,
            Some(0) => SlipState::Void,
            Some(_) => SlipState::Replaced,
        };
        SlipView {
            number: self.number,
            fiscal_year: self.fiscal_year,
            instalment: self.instalment,
            reissues: self.reissues,
            principal: Yen(self.principal),
            due_on: self.due_on,
            usable_until: self.usable_until,
            state,
            replaced_by: self.newer.filter(|_| state == SlipState::Replaced),
            open: Yen(self.open),
        }
    }

    fn slip(&self) -> Slip {
        Slip {
            number: self.number.clone(),
            instalment: self.instalment,
            reissues: self.reissues,
            principal: self.principal,
            due_on: self.due_on,
            usable_until: self.usable_until,
        }
    }
}

async fn find(tx: &mut Tx, number: &str) -> Result<SlipRow, ServiceError> {
    const SQL: &str = slips!("p.number = $1 AND p.principal > 0");
    let row: Option<SlipRow> =
        on_tx!(tx, c => sqlx::query_as(SQL).bind(number).fetch_optional(c).await?);
    row.ok_or(ServiceError::NotFound("納付書"))
}

/// The slips of a household that somebody sees, the newest first.
pub async fn of_household(
    db: &Db,
    household: HouseholdId,
    issuer: &Issuer<'_>,
) -> Result<HouseholdSlips, ServiceError> {
    const SQL: &str = slips!(
        "p.household_id = $1 AND p.principal > 0 ORDER BY p.fiscal_year DESC, p.instalment, p.reissues DESC"
    );
    let mut tx = db.read().await?;
    if !household::sees(&mut tx, household, issuer.user).await? {
        return Err(ServiceError::NotFound("世帯"));
    }
    let rows: Vec<SlipRow> =
        on_tx!(&mut tx, c => sqlx::query_as(SQL).bind(household).fetch_all(c).await?);
    tx.commit().await?;
    Ok(HouseholdSlips {
        latest_usable_until: latest(issuer.clock.today())?,
        slips: rows.into_iter().map(SlipRow::view).collect(),
    })
}

/// The PDF of one slip, as it was issued, and its household.
pub async fn pdf(
    db: &Db,
    number: &str,
    issuer: &Issuer<'_>,
) -> Result<(Vec<u8>, HouseholdId), ServiceError> {
    let mut tx = db.read().await?;
    let row = find(&mut tx, number).await?;
    let view = household::disclosed_in(&mut tx, row.household_id, row.fiscal_year, issuer.looks());
    let view = view.await?;
    let stored = archive::find(&mut tx, &row.letter_number).await?;
    let page = slips::page(&row.slip(), &stored.letter(issuer.press)?)?;
    let place = letter::place_of(&page);
    let guarded = view.is_guarded() || protection::is_guarded_place(&mut tx, &place).await?;
    tx.commit().await?;
    if guarded {
        let what = format!("slip {number}");
        protection::reveal_paper(db, &view, what, issuer.acts()).await?;
    }
    Ok((issuer.press.print(vec![page]).await?, row.household_id))
}

/// Issues the slip of an instalment again. The one before stays known: what is paid with either of them is of the
/// same instalment.
pub async fn reissue(
    db: &Db,
    household: HouseholdId,
    number: &str,
    wish: &SlipReissue,
    issuer: &Issuer<'_>,
) -> Result<SlipView, ServiceError> {
    issuer.press.refuse_unready()?;
    let today = issuer.clock.today();
    let mut tx = db.write(Lock::Household(household)).await?;
    let before = find(&mut tx, number).await?;
    if before.household_id != household {
        return Err(ServiceError::NotFound("納付書"));
    }
    let view =
        household::visible_in(&mut tx, household, before.fiscal_year, issuer.looks()).await?;
    refuse(&before, wish.usable_until, today)?;
    protection::reveal_by_paper(&mut tx, &view, &wish.reveal_reason, issuer.acts()).await?;
    let serial = tx.take_numbers(&slips::counter(today), 1).await?;
    let reissues = before.reissues + 1;
    let slip = Slip {
        number: slips::number(today, serial, reissues)?.as_str().to_owned(),
        instalment: before.instalment,
        reissues,
        principal: before.open,
        due_on: before.due_on,
        usable_until: wish.usable_until,
    };
    let letter = compose(&slip, &before, &view, issuer)?;
    let about = About {
        kind: SLIP.key,
        household_id: household,
        fiscal_year: before.fiscal_year,
        ward: view.ward.open().cloned().unwrap_or_default(),
        pages: 1,
        enclosed: 1,
        ..About::default()
    };
    let letter = PreparedLetter::new(letter, about, issuer.press)?;
    let at = tx.at();
    correspondence::write(&mut tx, [&letter], at, &issuer.user.login).await?;
    let envelope = Enclosed {
        slips: std::slice::from_ref(&slip),
        household_id: household,
        fiscal_year: before.fiscal_year,
        letter: &slip.number,
        run_id: RunId::NONE,
    };
    slips::write(&mut tx, [envelope], at).await?;
    let entry = Entry::new(issuer.user, AuditAction::Print, issuer.clock.now());
    let persons = view.payer_member().map(|payer| payer.person_id);
    entry
        .of_household(household, persons)
        .detail(format!("slip {} in place of {number}", slip.number))
        .write(&mut tx)
        .await?;
    let issued = find(&mut tx, &slip.number).await?;
    tx.commit().await?;
    Ok(issued.view())
}

fn refuse(before: &SlipRow, until: NaiveDate, today: NaiveDate) -> Result<(), ServiceError> {
    let conflict = |text: String| Err(ServiceError::Conflict(Problem::new(text)));
    if let Some(newer) = &before.newer {
        return conflict(match before.newer_principal {
            Some(0) => "この期の納付書は無効になっています。納める額はありません".into(),
            _ => format!("この納付書は {newer} に差し替えられています"),
        });
    }
    if before.open <= 0 {
        return conflict("この期に未納の額はありません".into());
    }
    if before.open > before.principal {
        let text = "この期の額は後の決定で変わっています。決定の通知書を先に発行してください";
        return conflict(text.into());
    }
    let last = latest(today)?;
    if until < today || until < before.due_on || until > last {
        let first = today.max(before.due_on);
        let text = format!("取扱期限は{first}から{last}までの日にしてください");
        return Err(ServiceError::invalid_at("usable_until", text));
    }
    Ok(())
}

/// The page of the slip, to where the payer lives now.
fn compose(
    slip: &Slip,
    before: &SlipRow,
    view: &HouseholdView,
    issuer: &Issuer<'_>,
) -> Result<Letter, ServiceError> {
    let payer = view
        .payer_member()
        .ok_or(ServiceError::NotFound("世帯主"))?;
    let wrong = |what: &str| ServiceError::Internal(format!("slip {}: {what}", slip.number));
    let open = |text: &Guarded<String>| {
        let open = text.open().cloned();
        open.ok_or_else(|| wrong("a hidden address cannot be printed"))
    };
    Ok(Letter {
        number: slip.number.clone(),
        addressee: Addressee {
            name: payer.name.clone(),
            postcode: open(&view.mailing.postcode)?,
            address: vec![open(&view.mailing.address)?],
            barcode: !view.is_guarded(),
        },
        sender: issuer.press.sender(),
        business_date: issuer.clock.today(),
        fiscal_year: before.fiscal_year,
        content: slips::content(slip, view.number.clone(), payer.name.clone())?,
    })
}
