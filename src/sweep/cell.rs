//! One run of a sweep.

use crate::config::{Config, Problem};

/// A place in the grid, and one of its seeds.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Its number, from 0.
    pub index: usize,
    /// The place of its value on the horizontal axis.
    pub x: usize,
    /// The place of its value on the other axis.
    pub y: usize,
    /// Its seed.
    pub seed: u32,
    /// Steps that it trains; 0 if it cannot.
    pub steps: u64,
    /// What it trains, or why it cannot.
    pub config: Result<Config, Vec<Problem>>,
}

impl Cell {
    /// Why it cannot be trained, in a line; none if it can.
    pub fn impossible(&self) -> Option<String> {
        let words = |p: &Problem| match p.reason.as_str() {
            "" => p.to_string(),
            reason => format!("{} {}: {reason}", p.field, p.value),
        };
        self.config.as_ref().err().map(|problems| problems.iter().map(words).collect::<Vec<_>>().join("; "))
    }
}
