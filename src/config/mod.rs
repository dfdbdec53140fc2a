//! Everything a run depends on.
//!
//! [`Config`] is one flat, plain struct. [`fields::FIELDS`] is the one table of its fields: from it come
//! validation, URL keys, JSON, `--set`, the page's controls and the documentation.

mod check;
pub mod field;
pub mod fields;
mod problem;
mod ways;

pub use fields::{Config, Sampling, Shards};
pub use problem::{Problem, Way, shown};

use crate::data::{Kind, Recipe};
use crate::edition::Edition;
use crate::nn::model::{Architecture, Input, Reads};
use crate::nn::norm::Site;
use crate::nn::objective::Loss;
use crate::optim::Rule;

impl Config {
    /// Whether the network reads its samples step by step.
    pub fn sequential(&self) -> bool {
        self.model.reads() == Reads::Sequences
    }

    /// The smallest edition of the engine that can train it.
    pub fn edition(&self) -> Edition {
        self.model.edition().max(self.norm.edition()).max(self.data.edition()).max(self.loss.edition())
    }

    /// Whether sequences end early, with padding behind.
    pub fn padded(&self) -> bool {
        self.data.is_tokens() && self.shortest > 0 && self.shortest < self.length
    }

    /// Whether normalizations leave that padding out of their statistics.
    pub fn leaves_out_padding(&self) -> bool {
        self.padded() && self.masked.is_on()
    }

    /// The data that it asks for.
    pub fn recipe(&self) -> Recipe {
        Recipe { noise: self.noise, style: self.style, length: self.length, shortest: self.shortest, seed: self.seed }
    }

    /// The loss of the best answer that does not depend on the sample: among K classes, all equally
    /// frequent, ln K, or (K − 1)/K² in squared error; in a regression the variance of a target.
    pub fn guessing(&self) -> f64 {
        let classes = self.data.classes() as f64;
        match (self.data.variance(), self.loss) {
            (Some(variance), _) => variance,
            (None, Loss::CrossEntropy) => libm::log(classes),
            (None, Loss::Mse) => (classes - 1.0) / (classes * classes),
        }
    }

    /// Training samples.
    pub fn train_len(&self) -> usize {
        let all = self.data.train_len();
        if self.subset == 0 { all } else { self.subset.min(all) }
    }

    /// One sample as the family of networks reads it.
    pub fn input(&self) -> Input {
        match (self.data.kind(), self.model.reads()) {
            (Kind::Image { side }, Reads::Images) => Input::Image { side, channels: 1 },
            (Kind::Image { side }, Reads::Sequences) => {
                Input::Sequence { length: self.length, channels: side * side / self.length }
            }
            (Kind::Tokens { vocabulary }, _) => {
                Input::Tokens { length: self.length, vocabulary, padded: self.padded() }
            }
            (kind, _) => Input::Vector(kind.values(self.length)),
        }
    }

    /// The network that it asks for.
    pub fn architecture(&self) -> Architecture {
        let input = self.input();
        Architecture {
            input,
            classes: self.data.classes(),
            loss: self.loss,
            family: self.model,
            depth: self.depth,
            width: self.width,
            activation: self.activation,
            bias: self.bias,
            dropout: self.dropout,
            skip: self.skip,
            padding: self.padding,
            shrink: self.shrink,
            head: self.head,
            head_norm: self.head_norm.is_on(),
            heads: self.heads,
            placement: self.placement,
            norm: self.norm,
            order: self.order,
            site: Site {
                tokens: !matches!(input, Input::Image { .. }),
                masked: self.leaves_out_padding(),
                shortest: self.shortest,
                groups: self.groups,
                eps: self.eps,
                momentum: self.stat_momentum,
                affine: self.affine.is_on(),
                devices: self.devices,
                ghost: self.ghost,
                power: self.power,
                noise: self.noise_scale,
                r_max: self.r_max,
                d_max: self.d_max,
                warmup: self.warmup,
                over_time: self.over_time,
                ..Site::new(input.shape(), self.batch)
            },
        }
    }

    /// The update rule that it asks for.
    pub fn rule(&self) -> Rule {
        Rule { optimizer: self.optimizer, lr: self.lr, momentum: self.momentum, weight_decay: self.weight_decay }
    }
}
