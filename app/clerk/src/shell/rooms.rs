//! All rooms of the clerk's app, in the order of the menu.

use crate::room::Room;
use crate::{access, assessment, audit, eligibility, linkage};

pub const ROOMS: [&Room; 5] = [
    &eligibility::ROOM,
    &linkage::ROOM,
    &assessment::ROOM,
    &audit::ROOM,
    &access::ROOM,
];
