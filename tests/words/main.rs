//! What the lab says of runs, against their numbers: over all fields, families and normalizations.

#![allow(clippy::unwrap_used)] // what is not there fails the test

mod captions;
mod draw;
mod sentences;
mod verdicts;
