//! 負担割合 and 限度額区分 (entitlement): what somebody bears of the costs on a day, from what is known of the year that
//! decides it.

pub mod bracket;
pub mod inputs;
pub mod ratio;
pub mod reference_day;
