//! Everything a run depends on, and everything that decides what the page shows.
//!
//! [`Config`] is one flat, plain struct. [`fields::FIELDS`] is the one table of its fields: from it
//! come validation, URL keys, JSON, `--set`, the page's controls and the documentation. [`view::VIEW`]
//! is the same for the page. [`pair::Pair`] holds two configurations and what they share.

pub mod field;
pub mod fields;
pub mod pair;
mod problem;
pub mod view;

pub use problem::{Problem, shown};

use crate::data::Data;
use crate::nn::activation::Activation;
use crate::nn::init::Init;
use crate::nn::model::{Architecture, Family};
use crate::nn::norm::Norm;
use crate::optim::{Optimizer, Rule};

/// All that a run depends on: the same values give the same numbers, bit for bit.
///
/// Labels, ranges and explanations of each field stand in [`fields::FIELDS`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// The data set.
    pub data: Data,
    /// Standard deviation of the jitter on 2-D data.
    pub noise: f64,
    /// The family of networks.
    pub model: Family,
    /// Hidden layers.
    pub depth: usize,
    /// Units per hidden layer.
    pub width: usize,
    /// Nonlinearity.
    pub activation: Activation,
    /// Distribution of the initial weights.
    pub init: Init,
    /// Standard deviation for [`Init::Normal`].
    pub init_std: f64,
    /// Normalization.
    pub norm: Norm,
    /// Groups of GroupNorm.
    pub groups: usize,
    /// ε of the normalization; without one, PyTorch's default.
    pub eps: Option<f64>,
    /// ρ of the running statistics; without one, cumulative means.
    pub stat_momentum: Option<f64>,
    /// Update rule.
    pub optimizer: Optimizer,
    /// Learning rate.
    pub lr: f64,
    /// Momentum of the update rule of that name.
    pub momentum: f64,
    /// Weight decay.
    pub weight_decay: f64,
    /// Samples per mini-batch.
    pub batch: usize,
    /// Seed of all random draws.
    pub seed: u32,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            data: Data::Digits,
            noise: 0.1,
            model: Family::Mlp,
            depth: 5,
            width: 64,
            activation: Activation::Relu,
            init: Init::PyTorch,
            init_std: 0.05,
            norm: Norm::Batch,
            groups: 8,
            eps: None,
            stat_momentum: Some(0.1),
            optimizer: Optimizer::Sgd,
            lr: 0.1,
            momentum: 0.9,
            weight_decay: 0.0,
            batch: 32,
            seed: 1,
        }
    }
}

impl Config {
    /// The network that it asks for.
    pub fn architecture(&self) -> Architecture {
        Architecture {
            input: self.data.shape(),
            classes: self.data.classes(),
            family: self.model,
            depth: self.depth,
            width: self.width,
            activation: self.activation,
            norm: self.norm,
            groups: self.groups,
            eps: self.eps,
            stat_momentum: self.stat_momentum,
            batch: self.batch,
        }
    }

    /// The update rule that it asks for.
    pub fn rule(&self) -> Rule {
        Rule { optimizer: self.optimizer, lr: self.lr, momentum: self.momentum, weight_decay: self.weight_decay }
    }

    /// Every reason why this cannot be trained, though each field by itself is in range.
    pub fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Err(refusal) = self.architecture().check() {
            let value = fields::get(self, refusal.field).unwrap_or_default();
            problems.push(Problem {
                field: refusal.field.into(),
                value,
                allowed: refusal.allowed,
                reason: refusal.reason,
                fix: Some(refusal.fix),
            });
        }
        let samples = self.data.train_len();
        if self.batch > samples {
            problems.push(Problem {
                field: "batch".into(),
                value: self.batch.to_string(),
                allowed: format!("at most {samples}"),
                reason: format!("the training set has {samples} samples"),
                fix: Some(samples.to_string()),
            });
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_can_be_trained() {
        assert_eq!(Config::default().check(), []);
    }

    #[test]
    fn impossible_combinations_are_named_with_a_way_out() {
        let cases = [
            (Config { batch: 1, ..Config::default() }, "batch", "2"),
            (Config { norm: Norm::Group, groups: 7, ..Config::default() }, "groups", "8"),
            (Config { norm: Norm::Instance, ..Config::default() }, "norm", "layer"),
            (Config { data: Data::Xor, batch: 512, ..Config::default() }, "batch", "400"),
        ];
        for (config, field, fix) in cases {
            let problems = config.check();
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert_eq!(problems[0].field, field);
            assert_eq!(problems[0].fix.as_deref(), Some(fix));
            let mut mended = config;
            fields::set(&mut mended, field, fix).unwrap();
            assert_eq!(mended.check(), []);
        }
        let two = Config { data: Data::Xor, batch: 512, norm: Norm::Instance, ..Config::default() };
        assert_eq!(two.check().len(), 2);
    }
}
