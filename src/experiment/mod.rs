//! A run: one configuration, trained step by step.
//!
//! [`run::Run`] is the pure function of the configuration, [`samples::Samples`] what it learns from and
//! is judged by. [`session::Session`] is a run with the records that the page draws, [`frame::Frame`]
//! what it shows at one moment; [`summary::Summary`] is what is left of a run at its end;
//! [`verdict::Verdict`] is how it is doing, for all of them.
//! [`monitor::Monitor`] takes the measurements of [`crate::config::measures::MEASURES`]; [`watch::Watch`] does
//! so while a session trains, and keeps [`records::Records`]. A [`sweep`] is many runs on a grid.

pub mod batches;
pub mod chance;
pub mod evaluate;
pub mod fingerprint;
pub mod frame;
pub mod monitor;
pub mod precise;
pub mod progress;
pub mod records;
pub mod run;
pub mod samples;
pub mod scan;
pub mod scores;
pub mod session;
pub mod summary;
pub mod sweep;
pub mod trace;
pub mod trail;
pub mod twin;
pub mod validation;
pub mod verdict;
pub mod watch;
pub mod weights;
