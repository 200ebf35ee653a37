//! サインイン, 二要素認証.

pub mod enrol;
pub mod lock;
pub mod sign_in;
