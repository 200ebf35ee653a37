//! サインイン, 二要素認証, 自分の設定.

pub mod enrol;
pub mod link;
pub mod lock;
pub mod notices;
pub mod own;
mod password;
pub mod sign_in;
