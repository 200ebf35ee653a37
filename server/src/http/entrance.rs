//! How the server is reached: behind which proxies, under which names, over https or not.

use super::client::Proxies;
use super::hosts::Hosts;
use crate::supervise::Tasks;

/// What the router has to know about its place in the network. The default is a machine of one's own.
#[derive(Clone, Debug, Default)]
pub struct Entrance {
    pub proxies: Proxies,
    pub hosts: Hosts,
    /// Browsers reach this server over https, whatever stands between.
    pub https: bool,
    /// Whose state `/healthz` tells.
    pub tasks: Tasks,
}
