//! Names under which this server may be asked. A page of another site that lets its own name point
//! here (DNS rebinding) asks under that name, and gets nothing.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kokuho_shared::api::Problem;
use std::net::IpAddr;
use std::sync::Arc;

/// Names of the machine itself are always allowed.
const OWN: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// The allowed names, with any port.
#[derive(Clone, Debug, Default)]
pub struct Hosts(Arc<[String]>);

impl Hosts {
    /// The given names and addresses beside this machine's own.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Hosts {
        let names = names.into_iter().map(name).filter(|name| !name.is_empty());
        Hosts(names.collect())
    }

    fn allow(&self, asked: &str) -> bool {
        let asked = name(asked);
        OWN.contains(&asked.as_str()) || self.0.contains(&asked)
    }
}

/// A name without its port, in small letters; an IPv6 address in brackets.
fn name(host: &str) -> String {
    let host = host.trim().to_ascii_lowercase();
    if let Ok(IpAddr::V6(address)) = host.parse() {
        return format!("[{address}]");
    }
    let end = match host.strip_prefix('[') {
        Some(rest) => rest.find(']').map_or(host.len(), |at| at + 2),
        None => host.find(':').unwrap_or(host.len()),
    };
    host[..end].trim_end_matches('.').to_owned()
}

/// The host of an address like `https://kokuho.city.example`.
pub fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

/// Refuses who asks under another name (421).
pub async fn own_names_only(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    let header = request.headers().get(header::HOST);
    let asked = match request.uri().authority() {
        Some(authority) => Some(authority.as_str()),
        None => header.and_then(|host| host.to_str().ok()),
    };
    if asked.is_some_and(|asked| hosts.allow(asked)) {
        return next.run(request).await;
    }
    let text = "この名前ではこのサーバを使えません。正しい URL で開いてください（管理者へ: --host または --public-url で名前を許可します）";
    (StatusCode::MISDIRECTED_REQUEST, Json(Problem::new(text))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_compared_without_port_and_case() {
        let hosts = Hosts::new(["Kokuho.City.example", "fd00::1", "10.1.2.3:8080"]);
        for allowed in [
            "kokuho.city.example",
            "KOKUHO.city.example:443",
            "kokuho.city.example.",
            "[fd00::1]:8080",
            "10.1.2.3",
            "localhost:1",
            "127.0.0.1:8080",
            "[::1]:8080",
            "[::1]",
        ] {
            assert!(hosts.allow(allowed), "{allowed}");
        }
        for refused in [
            "",
            "evil.example",
            "kokuho.city.example.evil.example",
            "127.0.0.1.evil.example",
            "[fd00::2]",
            "[",
            "[::1",
        ] {
            assert!(!hosts.allow(refused), "{refused}");
        }
    }

    #[test]
    fn the_host_of_an_address_has_neither_scheme_nor_path() {
        assert_eq!(
            host_of("https://kokuho.city.example:8443/a"),
            "kokuho.city.example:8443"
        );
    }
}
