//! A run: one configuration, trained step by step.
//!
//! [`Run`] is the pure function of the configuration, [`samples::Samples`] what it learns from and is judged by.
//! [`summary::Summary`] is what is left of a run at its end, [`verdict::Verdict`] how it is doing.

pub mod batches;
pub mod chance;
pub mod evaluate;
pub mod fingerprint;
pub mod precise;
pub mod progress;
pub mod samples;
pub mod scores;
pub mod summary;
mod training;
pub mod twin;
pub mod validation;
pub mod verdict;
pub mod weights;

pub use training::*;
