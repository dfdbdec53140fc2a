//! What cannot be trained is refused for a true reason, with every way out that there is and no other: over
//! configurations drawn at random in all fields.

#![allow(clippy::unwrap_used)] // what is not there fails the test

mod counts;
mod draw;
mod ways;
