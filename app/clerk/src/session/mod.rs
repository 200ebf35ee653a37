//! サインイン, 二要素認証.

pub mod enrol;
pub mod sign_in;
