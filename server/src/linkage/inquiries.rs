//! 照会: asked for a person and a purpose, answered from outside, adopted by a clerk.

mod list;
mod queue;
mod settlement;

use serde::Deserialize;
use sqlx::FromRow;

pub use list::{InquiryRow, counts, of_household, open, seal_context};
pub use queue::ask;
pub use settlement::settle;

/// 照会 of one household's people that are not settled (`store::together::Asked`).
pub const OPEN_OF_ONE: &str = "SELECT COUNT(*) AS count FROM inquiry WHERE state NOT IN \
    ('adopted', 'rejected', 'on_paper', 'cancelled', 'repeated') AND person_id IN \
    (SELECT person_id FROM membership_fact WHERE household_id = $1 AND superseded_at IS NULL)";

#[derive(Deserialize, FromRow)]
pub struct Count {
    pub count: i64,
}
