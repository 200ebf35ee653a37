//! One record: no name and no number of a person stands in it, only our own ids.

use crate::access::user::User;
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::row;
use crate::store::Tx;
use kokuho_shared::api::audit::AuditAction;
use kokuho_shared::ids::{HouseholdId, PersonId};
use serde::{Deserialize, Serialize};

/// A record as it is hashed; its JSON never changes once it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Microseconds since 1970.
    pub at: i64,
    pub login: String,
    pub role: String,
    pub what: AuditAction,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub household: Option<HouseholdId>,
    /// Every person who was shown or changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub persons: Vec<PersonId>,
    /// Which decision, file, account or reason; never a name of a citizen.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// `cli`, where a command acted and not a screen.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub channel: String,
    /// The machine's user behind a command.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub machine_user: String,
}

impl Entry {
    pub fn new(user: &User, what: AuditAction, now: Instant) -> Entry {
        let entry = Entry::by(&user.login, user.role.key(), what, now);
        match &user.machine_user {
            Some(machine_user) => entry.at_the_machine(machine_user),
            None => entry,
        }
    }

    /// By a command.
    pub fn at_the_machine(mut self, machine_user: &str) -> Entry {
        "cli".clone_into(&mut self.channel);
        self.machine_user = machine_user.chars().take(40).collect();
        self
    }

    /// By somebody who is not signed in, or by a command.
    pub fn by(login: &str, role: &str, what: AuditAction, now: Instant) -> Entry {
        Entry {
            at: now.0,
            login: login.chars().take(40).collect(),
            role: role.to_owned(),
            what,
            household: None,
            persons: Vec::new(),
            detail: String::new(),
            channel: String::new(),
            machine_user: String::new(),
        }
    }

    pub fn of_household(
        mut self,
        id: HouseholdId,
        persons: impl IntoIterator<Item = PersonId>,
    ) -> Entry {
        self.household = Some(id);
        self.persons = persons.into_iter().collect();
        self
    }

    pub fn detail(mut self, detail: impl Into<String>) -> Entry {
        self.detail = detail.into();
        self
    }

    /// Records a change together with the change itself: both are kept or neither.
    pub async fn write(&self, tx: &mut Tx) -> Result<(), ServiceError> {
        write_all(std::slice::from_ref(self), tx).await
    }
}

/// Records many together.
pub async fn write_all(entries: &[Entry], tx: &mut Tx) -> Result<(), ServiceError> {
    let row = |entry: &Entry| {
        let content = serde_json::to_string(entry)?;
        Ok(row! {
            id: random_id()?,
            at: entry.at,
            content,
        })
    };
    let rows = entries.iter().map(row);
    let rows = rows.collect::<Result<Vec<_>, ServiceError>>()?;
    tx.insert("audit_pending", &rows).await
}

/// Writers never wait for each other to get a number; the sealer gives the order.
pub(super) fn random_id() -> Result<i64, ServiceError> {
    let mut bytes = [0u8; 8];
    getrandom::fill(&mut bytes).map_err(|error| ServiceError::Internal(error.to_string()))?;
    Ok(i64::from_le_bytes(bytes) & i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_from_before_there_were_channels_is_written_as_it_was() {
        let old = r#"{"at":1,"login":"clerk","role":"supervisor","what":"view","household":7,"persons":[1,2]}"#;
        let entry: Entry = serde_json::from_str(old).unwrap();
        assert_eq!(serde_json::to_string(&entry).unwrap(), old);
        let command = entry.at_the_machine("root");
        let text = serde_json::to_string(&command).unwrap();
        assert!(text.ends_with(r#""channel":"cli","machine_user":"root"}"#));
    }
}
