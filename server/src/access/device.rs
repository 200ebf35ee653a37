//! 使い慣れた端末: a browser in which an account signed in before carries a cookie that says so.
//!
//! It opens nothing. It only gives the account's own browser a count of failures of its own, so that
//! somebody at the same address (an office shares one) cannot keep its owner waiting.

use super::keys::Keys;
use crate::error::ServiceError;

pub const COOKIE: &str = "__Host-kokuho-device";
pub const DAYS: i64 = 90;

/// The value of a new cookie for an account.
pub fn new(keys: &Keys, login: &str) -> Result<String, ServiceError> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| ServiceError::Internal(error.to_string()))?;
    let id = super::hex(&bytes);
    Ok(format!("{id}.{}", proof(keys, login, &id)?))
}

/// The device of a cookie, if the cookie is ours and this account's.
pub fn of(keys: &Keys, login: &str, value: &str) -> Option<String> {
    let (id, told) = value.split_once('.')?;
    let right = proof(keys, login, id).ok()?;
    super::same(&right, told).then(|| id.to_owned())
}

fn proof(keys: &Keys, login: &str, id: &str) -> Result<String, ServiceError> {
    keys.digest(format!("device\n{}\n{id}", login.to_lowercase()).as_bytes())
}
