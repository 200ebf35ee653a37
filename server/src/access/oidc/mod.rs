//! 庁内の認証基盤 (OpenID Connect): a second door for cities whose people sign in elsewhere. It
//! opens only accounts that an administrator has added here; roles and wards stay ours.

#[cfg(feature = "oidc")]
mod provider;
#[cfg(feature = "oidc")]
pub mod routes;

#[cfg(feature = "oidc")]
pub use provider::{Provider, Settings};

/// Without the feature there is no such door.
#[cfg(not(feature = "oidc"))]
#[derive(Clone)]
pub enum Provider {}
