//! What can be measured of a run while it trains.
//!
//! An [`Instrument`] finds several [`Measure`]s in one go: its file in [`instruments`] holds their words, how a
//! chart shows them, and what computes them. [`Monitor`] asks the instruments, piece by piece; [`Watch`] does so
//! while a session trains, and keeps [`records::Records`].

mod instrument;
pub mod instruments;
mod monitor;
pub mod records;
mod row;
mod value;
mod watch;

pub use instrument::{Entry, Instrument, Moment, Row, Settings};
pub use instruments::{INSTRUMENTS, MEASURES, named};
pub use monitor::Monitor;
pub use row::{Contrast, Form, Measure, Reference, SHARE};
pub use value::{Reading, Value};
pub use watch::Watch;
