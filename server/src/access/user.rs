//! 利用者: somebody who is signed in, and what that allows.

use crate::clock::{Clock, Instant};
use crate::error::ServiceError;
use kokuho_shared::access::{Action, Role};

/// How far a sign-in has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Signed in with both factors.
    Full,
    /// Only the password so far: the second factor must be set up first.
    Enrolling,
}

#[derive(Clone, Debug)]
pub struct User {
    pub login: String,
    pub name: String,
    pub role: Role,
    /// 行政区 to which the account is limited; empty = the whole city.
    pub ward: String,
    pub stage: Stage,
    /// The machine's user, where a command acts and not a screen.
    pub machine_user: Option<String>,
}

impl User {
    /// Deny by default: a half-finished sign-in allows nothing but to finish it.
    pub fn check(&self, action: Action) -> Result<(), ServiceError> {
        if self.stage == Stage::Enrolling && action != Action::OwnSession {
            return Err(ServiceError::FactorMissing);
        }
        if self.role.may(action) {
            Ok(())
        } else {
            Err(ServiceError::Forbidden)
        }
    }

    /// Who is limited to a ward has nothing to do with work on the whole city.
    pub fn check_whole_city(&self) -> Result<(), ServiceError> {
        if self.ward.is_empty() {
            Ok(())
        } else {
            Err(ServiceError::Forbidden)
        }
    }

    /// Whether the account sees a ward. What it does not see does not exist for it.
    pub fn sees(&self, ward: &str) -> bool {
        self.ward.is_empty() || self.ward == ward
    }
}

/// Who does something, and by which clock.
#[derive(Clone, Copy)]
pub struct Actor<'a> {
    pub user: &'a User,
    pub clock: Clock,
}

/// Who looks, and at which moment what is known is looked at.
#[derive(Clone, Copy)]
pub struct Viewer<'a> {
    pub user: &'a User,
    pub at: Instant,
}
