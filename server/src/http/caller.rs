//! Who calls: from which address, with which browser.

use super::app::App;
use super::client::ClientAddress;
use super::cookie::cookie;
use super::failure::Failure;
use crate::access::attempts::SignInOrigin;
use crate::access::device;
use crate::access::keys::Keys;
use crate::access::sessions::{self, Here};
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use std::net::{IpAddr, Ipv6Addr};

/// What is known of a caller before anybody signs in.
pub struct Caller {
    address: Option<IpAddr>,
    browser: &'static str,
    device: Option<String>,
    /// Token of the session, where there is one.
    pub token: Option<String>,
}

impl Caller {
    /// Where a session of this caller begins.
    pub fn here(&self) -> Here {
        Here {
            address: self
                .address
                .map_or_else(String::new, |address| address.to_string()),
            browser: self.browser,
        }
    }

    /// Where this caller tries to sign in with a login.
    pub fn origin(&self, keys: &Keys, login: &str) -> SignInOrigin {
        let value = self.device.as_deref();
        SignInOrigin {
            address: self.address.map_or_else(String::new, network),
            device: value.and_then(|value| device::of(keys, login, value)),
        }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Caller, Failure> {
        let client = parts.extensions.get::<ClientAddress>();
        let agent = parts.headers.get(header::USER_AGENT);
        Ok(Caller {
            address: client.map(|client| client.0.to_canonical()),
            browser: family(agent.and_then(|agent| agent.to_str().ok()).unwrap_or("")),
            device: cookie(&parts.headers, device::COOKIE),
            token: cookie(&parts.headers, sessions::COOKIE),
        })
    }
}

/// IPv6 clients are counted by their /64 network.
fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let first = address.to_bits() >> 64 << 64;
            format!("{}/64", Ipv6Addr::from_bits(first))
        }
    }
}

/// Only the browser's family is kept, not its version or device.
fn family(agent: &str) -> &'static str {
    let families = [
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("Chrom", "Chrome"),
        ("Safari", "Safari"),
    ];
    let found = families.into_iter().find(|(mark, _)| agent.contains(mark));
    found.map_or("その他", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_customer_are_one_place() {
        let network = |text: &str| super::network(text.parse().unwrap());
        assert_eq!(network("2001:db8:0:1::5"), "2001:db8:0:1::/64");
        assert_eq!(network("2001:db8:0:1:9::"), network("2001:db8:0:1::5"));
        assert_ne!(network("2001:db8:0:2::5"), network("2001:db8:0:1::5"));
        assert_eq!(network("192.0.2.1"), "192.0.2.1");
    }

    #[test]
    fn a_browser_is_named_by_its_family() {
        let edge =
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0";
        assert_eq!(family(edge), "Edge");
        assert_eq!(
            family("Mozilla/5.0 Gecko/20100101 Firefox/143.0"),
            "Firefox"
        );
        assert_eq!(family("curl/8"), "その他");
    }
}
