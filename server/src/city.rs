//! What every work of the city needs: where its facts are, which city it is, what it prints with, and which day it is.

use crate::clock::Clock;
use crate::store::Db;
use crate::typesetting::Typesetting;

/// The city whose work is done.
#[derive(Clone)]
pub struct City {
    pub db: Db,
    /// 全国地方公共団体コード, five digits.
    pub code: String,
    pub press: Typesetting,
    pub clock: Clock,
}
