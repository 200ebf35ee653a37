//! Who asks: the peer of the connection, or whom a trusted proxy names.

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName};
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// The address a request comes from; every request carries it in its extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

/// Whether the browser speaks https: to us, or to a trusted proxy that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Secure(pub bool);

/// Networks whose word about a request's origin is taken.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Arc<[IpNet]>);

impl Proxies {
    pub fn new(networks: &[IpNet]) -> Proxies {
        Proxies(networks.into())
    }

    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The right-most address that a proxy wrote and that is no proxy itself. What stands left of it
    /// is the client's own word, and so is the whole list when the peer is no proxy.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return peer;
        }
        for place in named(headers).iter().rev() {
            match address(place) {
                Some(found) if self.trusts(found) => {}
                Some(found) => return found,
                None => return peer,
            }
        }
        peer
    }

    fn secure(&self, peer: IpAddr, headers: &HeaderMap) -> bool {
        let told = || match list(headers, "x-forwarded-proto").pop() {
            Some(last) => Some(last),
            None => pairs(headers, "proto").pop(),
        };
        self.trusts(peer) && told().is_some_and(|proto| proto.eq_ignore_ascii_case("https"))
    }
}

/// Notes who asks, and over what.
pub async fn note(
    State((proxies, https)): State<(Proxies, bool)>,
    mut request: Request,
    next: Next,
) -> Response {
    let info = request.extensions().get::<ConnectInfo<SocketAddr>>();
    // Only a test calls the routes without a connection.
    let peer = info.map_or(Ipv4Addr::LOCALHOST.into(), |info| info.0.ip());
    let client = proxies.client(peer, request.headers());
    let secure = https || proxies.secure(peer, request.headers());
    request.extensions_mut().insert(ClientAddress(client));
    request.extensions_mut().insert(Secure(secure));
    next.run(request).await
}

/// The chain of clients as the headers tell it, the nearest last.
fn named(headers: &HeaderMap) -> Vec<String> {
    let usual = list(headers, "x-forwarded-for");
    if usual.is_empty() {
        pairs(headers, "for")
    } else {
        usual
    }
}

/// The members of a list that may stand in several lines.
fn list(headers: &HeaderMap, name: &'static str) -> Vec<String> {
    let lines = headers.get_all(HeaderName::from_static(name)).into_iter();
    // A header line that is no text stays in the chain as "?".
    let texts = lines.map(|line| line.to_str().unwrap_or("?").to_owned());
    let members = texts.flat_map(|text| {
        let each = text.split(',').map(|each| each.trim().to_owned());
        each.collect::<Vec<_>>()
    });
    members.collect()
}

/// The values of a parameter in the members of `Forwarded` (RFC 7239); a member without it is empty.
fn pairs(headers: &HeaderMap, wanted: &str) -> Vec<String> {
    let value = |member: &String| {
        let pairs = member.split(';').filter_map(|pair| pair.split_once('='));
        let mut own = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
        let value = own.next().map_or("", |(_, value)| value.trim());
        value.trim_matches('"').to_owned()
    };
    list(headers, "forwarded").iter().map(value).collect()
}

/// An address with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let alone = bare.unwrap_or(text).parse::<IpAddr>();
    let found = alone.or_else(|_| text.parse::<SocketAddr>().map(|place| place.ip()));
    found.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn proxies() -> Proxies {
        Proxies::new(&["10.0.0.0/24".parse().unwrap(), "fd00::/8".parse().unwrap()])
    }

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut all = HeaderMap::new();
        for (name, value) in lines {
            all.append(*name, HeaderValue::from_static(value));
        }
        all
    }

    #[test]
    fn the_client_is_whom_the_outermost_trusted_proxy_names_and_nobody_further_left() {
        const XFF: &str = "x-forwarded-for";
        const FORWARDED: &str = "forwarded";
        type Line = (&'static str, &'static str);
        let cases: [(&str, &[Line], &str); 14] = [
            ("192.0.2.9", &[], "192.0.2.9"),
            ("192.0.2.9", &[(XFF, "198.51.100.1")], "192.0.2.9"),
            ("192.0.2.9", &[(FORWARDED, "for=198.51.100.1")], "192.0.2.9"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &[(XFF, "198.51.100.1")], "198.51.100.1"),
            (
                "10.0.0.1",
                &[(XFF, "203.0.113.7, 198.51.100.1")],
                "198.51.100.1",
            ),
            (
                "10.0.0.1",
                &[(XFF, "203.0.113.7, 198.51.100.1, 10.0.0.2")],
                "198.51.100.1",
            ),
            (
                "10.0.0.1",
                &[(XFF, "203.0.113.7"), (XFF, "198.51.100.1")],
                "198.51.100.1",
            ),
            ("10.0.0.1", &[(XFF, "198.51.100.1, unknown")], "10.0.0.1"),
            (
                "10.0.0.1",
                &[(XFF, "unknown, 198.51.100.1:4711")],
                "198.51.100.1",
            ),
            ("10.0.0.1", &[(XFF, "10.0.0.3, 10.0.0.2")], "10.0.0.1"),
            (
                "::ffff:10.0.0.1",
                &[(XFF, "::ffff:198.51.100.1")],
                "198.51.100.1",
            ),
            (
                "fd00::1",
                &[(
                    FORWARDED,
                    "for=192.0.2.43, For=\"[2001:db8::17]:4711\";proto=https",
                )],
                "2001:db8::17",
            ),
            (
                "fd00::1",
                &[(FORWARDED, "for=192.0.2.43, proto=https")],
                "fd00::1",
            ),
        ];
        for (peer, lines, expected) in cases {
            let found = proxies().client(peer.parse().unwrap(), &headers(lines));
            assert_eq!(
                found,
                expected.parse::<IpAddr>().unwrap(),
                "{peer} {lines:?}"
            );
        }
    }

    #[test]
    fn only_a_trusted_proxy_says_that_the_browser_speaks_https() {
        let told = headers(&[("x-forwarded-proto", "https")]);
        let plain = headers(&[("x-forwarded-proto", "https, http")]);
        let proxy = "10.0.0.1".parse().unwrap();
        assert!(proxies().secure(proxy, &told));
        assert!(proxies().secure(
            proxy,
            &headers(&[("forwarded", "for=192.0.2.1;proto=https")])
        ));
        assert!(!proxies().secure(proxy, &plain));
        assert!(!proxies().secure("192.0.2.9".parse().unwrap(), &told));
    }
}
