//! 利用者と権限: accounts, second factors, sessions, and who may do what where.

pub mod accounts;
pub mod attempts;
pub mod demonstration;
pub mod device;
pub mod enrolment;
pub mod factor;
pub mod keys;
pub mod notices;
pub mod oidc;
pub mod passwords;
mod place;
pub mod requests;
pub mod routes;
pub mod sessions;
pub mod sign_in;
pub mod user;

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let pair = |at: usize| {
        text.get(at..at + 2)
            .and_then(|pair| u8::from_str_radix(pair, 16).ok())
    };
    (text.len().is_multiple_of(2))
        .then(|| (0..text.len()).step_by(2).map(pair).collect())
        .flatten()
}

/// Whether two digests are the same, without telling by the time where they differ.
pub(crate) fn same(one: &str, other: &str) -> bool {
    let differs = one.bytes().zip(other.bytes());
    one.len() == other.len() && differs.fold(0, |sum, (one, other)| sum | (one ^ other)) == 0
}
