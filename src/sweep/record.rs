//! What is known of a sweep so far.

use crate::sweep::outcome::Outcome;
use crate::sweep::spec::Spec;

/// A sweep and the outcomes of its cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    spec: Spec,
    outcomes: Vec<Option<Outcome>>,
}

impl Record {
    /// A sweep of which nothing is known.
    pub fn new(spec: Spec) -> Record {
        Record { outcomes: vec![None; spec.len()], spec }
    }

    /// The sweep.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// A cell's outcome, if it is known.
    pub fn outcome(&self, cell: usize) -> Option<&Outcome> {
        self.outcomes.get(cell)?.as_ref()
    }

    /// Takes a cell's outcome; false where there is no such cell, or another outcome of it: a cell's outcome
    /// is one and the same, whoever computes it.
    pub fn take(&mut self, cell: usize, outcome: Outcome) -> bool {
        match self.outcomes.get_mut(cell) {
            None => false,
            Some(Some(known)) => *known == outcome,
            Some(unknown) => {
                *unknown = Some(outcome);
                true
            }
        }
    }

    /// The cells that can be trained and have not been, in order.
    pub fn missing(&self) -> Vec<usize> {
        (0..self.outcomes.len()).filter(|&i| self.outcomes[i].is_none() && self.spec.cell(i).config.is_ok()).collect()
    }
}
