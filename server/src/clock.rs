//! The only place that reads the clock. Rules and queries get their dates as arguments.

use chrono::{DateTime, NaiveDate, TimeDelta};
use std::time::{SystemTime, UNIX_EPOCH};

/// Japan has one zone and no summer time.
const JST_HOURS: i64 = 9;

/// Real time and the 業務日 (business date) of the office.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    /// `--today`: the office lives on this day (demo and tests).
    pub today: Option<NaiveDate>,
}

/// Microseconds since 1970 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub i64);

impl Clock {
    pub fn now(&self) -> Instant {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Instant(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }

    pub fn today(&self) -> NaiveDate {
        self.today.unwrap_or_else(|| self.now().date())
    }
}

impl Instant {
    /// As known now: later than every moment that was written, whatever this machine's clock says.
    pub const LATEST: Instant = Instant(i64::MAX);

    fn in_japan(self) -> DateTime<chrono::Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default() + TimeDelta::hours(JST_HOURS)
    }

    /// The day in Japan.
    pub fn date(self) -> NaiveDate {
        self.in_japan().date_naive()
    }

    /// `2026-06-10T09:00:00+09:00`.
    pub fn text(self) -> String {
        self.in_japan()
            .format("%Y-%m-%dT%H:%M:%S+09:00")
            .to_string()
    }

    /// Reads an RFC 3339 time.
    pub fn parse(text: &str) -> Option<Instant> {
        DateTime::parse_from_rfc3339(text)
            .ok()
            .map(|time| Instant(time.timestamp_micros()))
    }

    /// Seconds since 1970 UTC; zero before.
    pub fn seconds(self) -> u64 {
        u64::try_from(self.0 / 1_000_000).unwrap_or(0)
    }

    pub fn plus_seconds(self, seconds: i64) -> Instant {
        Instant(self.0 + seconds * 1_000_000)
    }

    pub fn plus_minutes(self, minutes: i64) -> Instant {
        self.plus_seconds(minutes * 60)
    }

    pub fn plus_hours(self, hours: i64) -> Instant {
        Instant(self.0 + hours * 3_600_000_000)
    }
}
