//! 資格の理由と履歴: every version of somebody's periods, and the answer they give for a day.

use crate::clock::Instant;
use crate::error::ServiceError;
use crate::on_tx;
use crate::store::Tx;
use chrono::NaiveDate;
use kokuho_shared::api::timeline::{Timeline, Version};
use kokuho_shared::eligibility::story::{self, KnownPeriod};
use kokuho_shared::ids::PersonId;
use sqlx::FromRow;

#[derive(FromRow)]
struct Row {
    valid_from: NaiveDate,
    valid_until: Option<NaiveDate>,
    acquired_reason: String,
    lost_reason: String,
    insured_number: String,
    branch: String,
    recorded_at: i64,
    superseded_at: Option<i64>,
    kind: String,
    recorded_by: String,
    reason: String,
}

impl Row {
    fn known(&self, at: Instant) -> bool {
        self.recorded_at <= at.0 && self.superseded_at.is_none_or(|until| until > at.0)
    }

    fn period(&self) -> KnownPeriod {
        KnownPeriod {
            acquired_on: self.valid_from,
            lost_on: self.valid_until,
            acquired: self.acquired_reason.clone(),
            lost: self.lost_reason.clone(),
        }
    }

    fn version(&self, at: Instant) -> Version {
        Version {
            acquired_on: self.valid_from,
            acquired: story::acquisition(&self.acquired_reason).to_owned(),
            lost_on: self.valid_until,
            lost: match self.valid_until {
                Some(_) => story::loss(&self.lost_reason).to_owned(),
                None => String::new(),
            },
            number: format!("{}-{}", self.insured_number, self.branch),
            recorded_at: Instant(self.recorded_at).text(),
            recorded_by: self.recorded_by.clone(),
            source: match (self.kind.as_str(), self.reason.as_str()) {
                ("edit", "") => "届出".to_owned(),
                ("edit", reason) => reason.to_owned(),
                _ => "資格台帳の取込".to_owned(),
            },
            superseded_at: self.superseded_at.map(|at| Instant(at).text()),
            known: self.known(at),
        }
    }
}

/// The answer for a day, as it was known at a moment.
pub async fn of_person(
    tx: &mut Tx,
    person: PersonId,
    on: NaiveDate,
    known_at: Instant,
) -> Result<Timeline, ServiceError> {
    const SQL: &str = "SELECT e.valid_from, e.valid_until, e.acquired_reason, e.lost_reason, e.insured_number, e.branch, \
        e.recorded_at, e.superseded_at, c.kind, c.recorded_by, c.reason FROM eligibility_fact e \
        JOIN change_record c ON c.id = e.change_id WHERE e.person_id = $1 ORDER BY e.valid_from, e.recorded_at, e.id";
    let rows: Vec<Row> = on_tx!(tx, c => sqlx::query_as(SQL).bind(person).fetch_all(c).await?);
    let known = rows.iter().filter(|row| row.known(known_at));
    let periods: Vec<KnownPeriod> = known.map(Row::period).collect();
    let (insured, answer) = story::answer(&periods, on);
    let mut newest: Vec<&Row> = rows.iter().collect();
    newest.sort_by_key(|row| std::cmp::Reverse(row.recorded_at));
    let versions = newest.iter().map(|row| row.version(known_at)).collect();
    Ok(Timeline {
        person_id: person,
        on,
        insured,
        answer,
        versions,
    })
}
