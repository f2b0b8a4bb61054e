//! The present. What depends on it takes it as an argument; only `main` and the reports' date
//! ask for it.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

/// The day, in UTC.
#[must_use]
pub fn today() -> Date {
    Offset::UTC.to_datetime(Timestamp::now()).date()
}

/// The present as the platform writes it, in UTC.
#[must_use]
pub fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%d %H:%M:%S").to_string()
}
