//! What moves along when somebody chooses another family of networks: nobody should have to know which
//! sizes and which data it takes.

use crate::choice::Choices;
use crate::config::fields::{self, named};
use crate::config::{Config, Problem};
use crate::data::{Data, Kind};
use crate::nn::model::{Family, Reads};
use crate::nn::objective::Loss;
use crate::state::pair::{Pair, Side};

/// What may move, in the order in which it is told.
const MOVED: &[&str] = &["data", "depth", "width"];

/// Depth and width at which a family learns the small data sets within seconds.
fn sizes(family: Family) -> (usize, usize) {
    match family {
        Family::Mlp => (5, 64),
        Family::Cnn => (2, 16),
        Family::Rnn => (1, 64),
        Family::Transformer => (2, 32),
    }
}

/// Whether a family can read a data set. The full edition's checks say the same, with the reason.
fn readable(config: &Config) -> bool {
    match (config.model.reads(), config.data.kind()) {
        (Reads::Vectors, kind) => !matches!(kind, Kind::Tokens { .. }),
        (Reads::Images, kind) => matches!(kind, Kind::Image { .. }),
        (Reads::Sequences, kind) => matches!(kind, Kind::Image { .. } | Kind::Tokens { .. }),
    }
}

impl Pair {
    /// Sets a field as somebody does by hand; on a problem, the pair stays as it was. A new family brings
    /// its own depth and width along, and data that it cannot read give way to the digits, which all
    /// families can, in both runs. A data set of numbers brings the squared error. Gives what changed besides as a sentence; empty if nothing did.
    ///
    /// # Errors
    /// If the value is none of the field's.
    pub fn choose(&mut self, side: Side, name: &str, text: &str) -> Result<String, Problem> {
        let before = *self;
        self.set(side, name, text)?;
        for (old, new) in [(&before.a, &mut self.a), (&before.b, &mut self.b)] {
            // Numbers as targets, or classes again.
            let regresses = new.data.variance().is_some();
            if old.data.variance().is_some() != regresses {
                new.loss = if regresses { Loss::Mse } else { Loss::CrossEntropy };
            }
        }
        if (before.a.model, before.b.model) == (self.a.model, self.b.model) {
            return Ok(String::new());
        }
        let lost = |old: &Config, new: &Config| old.model != new.model && !readable(new);
        if lost(&before.a, &self.a) || lost(&before.b, &self.b) {
            (self.a.data, self.b.data) = (Data::Digits, Data::Digits);
        }
        for (old, new) in [(&before.a, &mut self.a), (&before.b, &mut self.b)] {
            if old.model != new.model {
                (new.depth, new.width) = sizes(new.model);
            }
        }
        let moved = |name: &str| {
            [(&before.a, &self.a), (&before.b, &self.b)]
                .iter()
                .any(|(old, new)| fields::get(old, name) != fields::get(new, name))
        };
        let chosen = self.of(side);
        let words = |name: &&str| {
            let label = named(name)?.label.to_ascii_lowercase();
            moved(name).then(|| format!("{label} {}", fields::get(chosen, name).unwrap_or_default()))
        };
        let moved: Vec<String> = MOVED.iter().filter_map(words).collect();
        if moved.is_empty() {
            return Ok(String::new());
        }
        Ok(format!("The {} came with {}.", chosen.model.choice().label, moved.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_can_be_chosen_from_every_other_and_trained_at_once() {
        for &from in Family::ALL {
            for &to in Family::ALL {
                for &data in Data::ALL {
                    for side in [Side::A, Side::B, Side::Both] {
                        let mut pair = Pair::default();
                        pair.choose(Side::Both, "model", from.choice().name).unwrap();
                        pair.choose(Side::Both, "data", data.choice().name).unwrap();
                        let trained = pair.a.check().is_empty();
                        assert_eq!(trained, readable(&pair.a), "{from:?} {data:?}");
                        pair.choose(side, "model", to.choice().name).unwrap();
                        let new = if side == Side::B { &pair.b } else { &pair.a };
                        assert_eq!(new.check().is_empty(), from != to || trained, "{from:?} {to:?} {data:?}");
                        assert!(!trained || pair.a.check().is_empty() && pair.b.check().is_empty());
                    }
                }
            }
        }
    }

    #[test]
    fn what_came_along_is_said_and_nothing_else_moves() {
        let mut pair = Pair::default();
        assert_eq!(pair.choose(Side::Both, "batch", "7"), Ok(String::new()));
        assert_eq!(pair.choose(Side::Both, "data", "spirals"), Ok(String::new()));
        let said = pair.choose(Side::A, "model", "cnn").unwrap();
        assert_eq!(said, "The CNN came with data digits, depth 2, width 16.");
        assert_eq!((pair.b.data, pair.b.depth, pair.b.width, pair.a.batch), (Data::Digits, 5, 64, 7));
        assert_eq!(pair.choose(Side::A, "model", "cnn"), Ok(String::new()));
        assert!(pair.choose(Side::A, "model", "gru").is_err());
        // Whoever mends one run after the other keeps the data.
        let mut pair = Pair::default();
        pair.set(Side::Both, "data", "recall").unwrap();
        pair.choose(Side::A, "model", "transformer").unwrap();
        pair.choose(Side::B, "model", "transformer").unwrap();
        assert_eq!((pair.a.data, pair.b.data), (Data::Recall, Data::Recall));
    }
}
