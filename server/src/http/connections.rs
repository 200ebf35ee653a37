//! How many connections there may be, in all and from one address.

use super::client::Proxies;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Files and database connections need descriptors too: only this part of them is for clients.
const SHARE: u64 = 2;
/// So many open files are asked of the system, where it allows them.
const FILES: u64 = 65_536;

/// What a connection may take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections in all.
    pub connections: usize,
    /// Connections from one address; a trusted proxy, which stands for many, has no such limit.
    pub per_address: usize,
    pub proxies: Proxies,
    /// From the beginning of a connection to the end of its first head.
    pub head: Duration,
    /// From the end of an answer to the end of the next head.
    pub idle: Duration,
    /// Between two parts of a body.
    pub body: Duration,
    /// Within which a client must read some bytes of an answer.
    pub write: Duration,
    /// After the signal to stop: what is not over then is cut off.
    pub stop: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 2_048,
            per_address: 512,
            proxies: Proxies::default(),
            head: Duration::from_secs(10),
            // Longer than proxies keep a connection, which would else use one that is just closing.
            idle: Duration::from_secs(75),
            body: Duration::from_secs(15),
            write: Duration::from_secs(30),
            stop: Duration::from_secs(3),
        }
    }
}

impl Limits {
    /// The same, but never more than the system lets this program open.
    pub fn within_the_system(mut self) -> Limits {
        let files = usize::try_from(open_files() / SHARE).unwrap_or(usize::MAX);
        self.connections = self.connections.min(files).max(1);
        // One address alone never takes everything.
        self.per_address = self.per_address.min(self.connections / 2).max(1);
        self
    }
}

/// Raises the number of files that may be open as far as the system allows, and returns it.
fn open_files() -> u64 {
    let now = getrlimit(Resource::Nofile);
    let most = now.maximum.unwrap_or(u64::MAX).min(FILES);
    let current = now.current.unwrap_or(u64::MAX);
    if current >= most {
        return current;
    }
    let wanted = Rlimit {
        current: Some(most),
        maximum: now.maximum,
    };
    match setrlimit(Resource::Nofile, wanted) {
        Ok(()) => most,
        Err(_) => current,
    }
}

/// The connections that are open.
#[derive(Clone)]
pub struct ConnectionSlots {
    limits: Arc<Limits>,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// A connection's place; given back when it is dropped.
pub struct ConnectionSlot {
    taken: Arc<Mutex<Taken>>,
    address: Option<IpAddr>,
}

impl ConnectionSlots {
    pub fn new(limits: Arc<Limits>) -> ConnectionSlots {
        ConnectionSlots {
            limits,
            taken: Arc::default(),
        }
    }

    /// A place for a connection from an address, where there is one.
    pub fn take(&self, address: IpAddr) -> Option<ConnectionSlot> {
        let address = address.to_canonical();
        let counted = (!self.limits.proxies.trusts(address)).then_some(address);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let own = counted.and_then(|address| taken.by_address.get(&address));
        let own = own.copied().unwrap_or(0);
        if taken.all >= self.limits.connections || own >= self.limits.per_address {
            return None;
        }
        taken.all += 1;
        if let Some(address) = counted {
            taken.by_address.insert(address, own + 1);
        }
        Some(ConnectionSlot {
            taken: self.taken.clone(),
            address: counted,
        })
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all = taken.all.saturating_sub(1);
        if let Some(address) = self.address
            && let Some(own) = taken.by_address.get_mut(&address)
        {
            *own = own.saturating_sub(1);
            if *own == 0 {
                taken.by_address.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_limit_all_have_one_and_a_proxy_only_the_common_one() {
        let limits = Limits {
            connections: 5,
            per_address: 2,
            proxies: Proxies::new(&["10.0.0.0/24".parse().unwrap()]),
            ..Limits::default()
        };
        let places = ConnectionSlots::new(Arc::new(limits));
        let take = |address: &str| places.take(address.parse().unwrap());
        let (one, two) = (take("192.0.2.1"), take("::ffff:192.0.2.1"));
        assert!(one.is_some() && two.is_some());
        assert!(take("192.0.2.1").is_none());
        let proxy: Vec<_> = (0..3).map(|_| take("10.0.0.1")).collect();
        assert!(proxy.iter().all(Option::is_some));
        assert!(take("192.0.2.2").is_none());
        drop(one);
        assert!(take("192.0.2.1").is_some());
        drop((two, proxy));
        assert!(places.taken.lock().unwrap().by_address.is_empty());
    }
}
