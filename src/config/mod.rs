//! Everything a run depends on.
//!
//! [`Config`] is one flat, plain struct. [`fields::FIELDS`] is the one table of its fields: from it come
//! validation, URL keys, JSON, `--set`, the page's controls and the documentation.

mod check;
pub mod field;
pub mod fields;
mod problem;
mod ways;

pub use problem::{Problem, Way, shown};

use crate::choice::{Switch, choices};
use crate::data::{Data, Kind, Recipe};
use crate::edition::Edition;
use crate::nn::activation::Activation;
use crate::nn::init::Init;
use crate::nn::model::{Architecture, Bias, Family, Input, Order, Padding, Placement, Reads, Shrink, Skip};
use crate::nn::norm::{Norm, OverTime, Power, Site};
use crate::nn::objective::Loss;
use crate::optim::{Optimizer, Rule};
use serde::{Deserialize, Serialize};

choices! {
    /// The order in which samples come.
    pub enum Sampling {
        Shuffled: "shuffled", "Shuffled", "Each epoch in a fresh random order: batches look alike.";
        Sorted: "sorted", "Sorted by class", "Each batch holds few classes, so its statistics give the class away.";
    }
}

choices! {
    /// Which samples of a batch each device gets.
    pub enum Shards {
        Random: "random", "Random", "Each device gets its share as it comes.";
        Sorted: "sorted", "Sorted by class", "Each device gets neighbouring classes.";
    }
}

/// All that a run depends on: the same values give the same numbers, bit for bit.
///
/// Labels, ranges and explanations of each field stand in [`fields::FIELDS`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Config {
    /// The data set.
    pub data: Data,
    /// Standard deviation of the jitter on 2-D data.
    pub noise: f64,
    /// How much contrast and brightness vary between images of shapes.
    pub style: f64,
    /// Steps of a sequence.
    pub length: usize,
    /// Tokens of the shortest sequence; 0: all are as long.
    pub shortest: usize,
    /// Training samples used; 0: all.
    pub subset: usize,
    /// The order in which samples come.
    pub sampling: Sampling,
    /// The family of networks.
    pub model: Family,
    /// Hidden layers.
    pub depth: usize,
    /// Units per hidden layer.
    pub width: usize,
    /// Nonlinearity.
    pub activation: Activation,
    /// Whether products have a bias.
    pub bias: Bias,
    /// Connections around hidden layers.
    pub skip: Skip,
    /// Of convolutions.
    pub padding: Padding,
    /// Of images.
    pub shrink: Shrink,
    /// Units of the layer behind the convolutions.
    pub head: usize,
    /// Whether that layer is normalized.
    pub head_norm: Switch,
    /// Attention heads.
    pub heads: usize,
    /// Where a transformer block normalizes.
    pub placement: Placement,
    /// Share of activations dropped.
    pub dropout: f64,
    /// Distribution of the initial weights.
    pub init: Init,
    /// Standard deviation for [`Init::Normal`].
    pub init_std: f64,
    /// Normalization.
    pub norm: Norm,
    /// On which side of the nonlinearity.
    pub order: Order,
    /// Whether γ and β are learned.
    pub affine: Switch,
    /// Groups of GroupNorm.
    pub groups: usize,
    /// Devices that share a batch.
    pub devices: usize,
    /// Which samples each device gets.
    pub shards: Shards,
    /// Samples of a ghost batch.
    pub ghost: usize,
    /// Of the Lp normalization.
    pub power: Power,
    /// Of the noise after a normalization.
    pub noise_scale: f64,
    /// Largest correction of the scale in batch renormalization.
    pub r_max: f64,
    /// Largest correction of the mean in batch renormalization.
    pub d_max: f64,
    /// Steps without correction.
    pub warmup: usize,
    /// How statistics are kept over a sequence.
    pub over_time: OverTime,
    /// Whether statistics leave out padding.
    pub masked: Switch,
    /// ε of the normalization; without one, PyTorch's default.
    pub eps: Option<f64>,
    /// ρ of the running statistics; without one, cumulative means.
    pub stat_momentum: Option<f64>,
    /// The step from which on running statistics are used, and kept, in training; 0: never.
    pub freeze: usize,
    /// Evaluation inputs are multiplied with this,
    pub shift_scale: f64,
    /// moved by this,
    pub shift_offset: f64,
    /// and jittered by a Gaussian of this standard deviation.
    pub shift_noise: f64,
    /// Evaluation samples whose statistics are blended in; 0: none.
    pub adapt: usize,
    /// How many samples the source statistics count for in the blend.
    pub prior: usize,
    /// The step from which on training uses shifted inputs; 0: never.
    pub tune_at: usize,
    /// Shifted training samples; 0: all.
    pub tune_samples: usize,
    /// How far off the outputs are.
    pub loss: Loss,
    /// Update rule.
    pub optimizer: Optimizer,
    /// Learning rate.
    pub lr: f64,
    /// Momentum of the update rule of that name.
    pub momentum: f64,
    /// Weight decay.
    pub weight_decay: f64,
    /// Whether weight decay acts on γ and β.
    pub decay_norm: Switch,
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
            style: 0.3,
            length: 16,
            shortest: 0,
            subset: 0,
            sampling: Sampling::Shuffled,
            model: Family::Mlp,
            depth: 5,
            width: 64,
            activation: Activation::Relu,
            bias: Bias::Auto,
            skip: Skip::None,
            padding: Padding::Zero,
            shrink: Shrink::Pool,
            head: 32,
            head_norm: Switch::On,
            heads: 4,
            placement: Placement::Pre,
            dropout: 0.0,
            init: Init::PyTorch,
            init_std: 0.05,
            norm: Norm::Batch,
            order: Order::Before,
            affine: Switch::On,
            groups: 8,
            devices: 1,
            shards: Shards::Random,
            ghost: 16,
            power: Power::One,
            noise_scale: 1.0,
            r_max: 3.0,
            d_max: 5.0,
            warmup: 100,
            over_time: OverTime::Pooled,
            masked: Switch::On,
            eps: None,
            stat_momentum: Some(0.1),
            freeze: 0,
            shift_scale: 1.0,
            shift_offset: 0.0,
            shift_noise: 0.0,
            adapt: 0,
            prior: 16,
            tune_at: 0,
            tune_samples: 0,
            loss: Loss::CrossEntropy,
            optimizer: Optimizer::Sgd,
            lr: 0.1,
            momentum: 0.9,
            weight_decay: 0.0,
            decay_norm: Switch::On,
            batch: 32,
            seed: 1,
        }
    }
}

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
