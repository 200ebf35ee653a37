//! 事実 (facts): what is known of the people of a household in a year, and how it becomes the input of a calculation.

pub mod calculation;
pub mod member;

pub use calculation::to_household;
pub use member::{Belonged, EligibilityPeriod, MemberFacts};
