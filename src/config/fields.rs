//! The one table of what a run depends on: the struct, its default and its fields.

use super::field::{Affects, Field, Kind, Scale, Slot, choices, fields};
use super::problem::{Problem, shown};
use crate::choice::{Switch, choices};
use crate::data::Data;
use crate::nn::activation::Activation;
use crate::nn::init::Init;
use crate::nn::model::{Bias, Family, Order, Padding, Placement, Shrink, Skip};
use crate::nn::norm::{Learns, Norm, OverTime, Power};
use crate::nn::objective::Loss;
use crate::optim::Optimizer;
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

fields! {
    /// All that a run depends on: the same values give the same numbers, bit for bit.
    ///
    /// Labels, ranges and explanations of each field stand in [`FIELDS`].
    #[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(into = "String", try_from = "String")]
    pub struct Config;
    /// Every field of [`Config`], in the order in which the page shows them.
    pub static FIELDS;

    /// The data set.
    data: Data = Data::Digits => Choice {
        label: "Data",
        help: "What the networks learn.",
        group: "Data",
        kind: Kind::Choice(choices::<Data>),
        affects: &[Affects::Weights, Affects::Data, Affects::Batches, Affects::Task],
    },
    /// Standard deviation of the jitter on 2-D data.
    noise: f64 = 0.1 => Real {
        label: "Noise",
        help: "Standard deviation of the jitter added to each point; the square is 4 wide.",
        group: "Data",
        kind: Kind::Real { min: 0.0, max: 1.0, scale: Scale::Linear, absent: None },
        relevant: |c| c.data.is_plane(),
        affects: &[Affects::Weights, Affects::Data, Affects::Batches, Affects::Task],
    },
    /// Samples per mini-batch.
    batch: usize = 32 => Whole {
        label: "Batch size",
        help: "How many samples each step averages over; BatchNorm takes its statistics from all their pixels or tokens.",
        group: "Training",
        kind: Kind::Whole { min: 1, max: Data::LARGEST as u64, scale: Scale::Log },
        affects: &[Affects::Batches],
    },
    /// How far off the outputs are.
    loss: Loss = Loss::CrossEntropy => Choice {
        label: "Loss",
        help: "How far off the outputs are: what training makes smaller.",
        group: "Training",
        kind: Kind::Choice(choices::<Loss>),
    },
    /// Learning rate.
    lr: f64 = 0.1 => Real {
        label: "Learning rate",
        help: "How far each step moves the weights against their gradient.",
        group: "Training",
        kind: Kind::Real { min: 1e-5, max: 100.0, scale: Scale::Log, absent: None },
    },
    /// Update rule.
    optimizer: Optimizer = Optimizer::Sgd => Choice {
        label: "Optimizer",
        help: "The rule that turns gradients into steps.",
        group: "Training",
        kind: Kind::Choice(choices::<Optimizer>),
    },
    /// Momentum of the update rule of that name.
    momentum: f64 = 0.9 => Real {
        label: "Momentum",
        help: "How much of the last step is carried into the next.",
        group: "Training",
        kind: Kind::Real { min: 0.0, max: 0.999, scale: Scale::Linear, absent: None },
        relevant: |c| c.optimizer == Optimizer::Momentum,
    },
    /// Weight decay.
    weight_decay: f64 = 0.0 => Real {
        label: "Weight decay",
        help: "Pulls the parameters towards 0.",
        group: "Training",
        kind: Kind::Real { min: 0.0, max: 1.0, scale: Scale::Linear, absent: None },
    },
    /// The family of networks.
    model: Family = Family::Mlp => Choice {
        label: "Family",
        help: "The kind of network.",
        group: "Network",
        kind: Kind::Choice(choices::<Family>),
        affects: &[Affects::Weights],
    },
    /// Hidden layers.
    depth: usize = 5 => Whole {
        label: "Depth",
        help: "Number of hidden layers; the last layer, which gives the classes, comes on top.",
        group: "Network",
        kind: Kind::Whole { min: 1, max: 40, scale: Scale::Linear },
        affects: &[Affects::Weights],
    },
    /// Units per hidden layer.
    width: usize = 64 => Whole {
        label: "Width",
        help: "Units in each hidden layer.",
        group: "Network",
        kind: Kind::Whole { min: 2, max: 256, scale: Scale::Log },
        affects: &[Affects::Weights],
    },
    /// Nonlinearity.
    activation: Activation = Activation::Relu => Choice {
        label: "Activation",
        help: "The nonlinearity after each hidden layer; without one, depth would add nothing.",
        group: "Network",
        kind: Kind::Choice(choices::<Activation>),
    },
    /// Distribution of the initial weights.
    init: Init = Init::PyTorch => Choice {
        label: "Initialization",
        help: "How large the random weights are at the start; in deep nets as decisive as normalization.",
        group: "Network",
        kind: Kind::Choice(choices::<Init>),
        affects: &[Affects::Weights],
    },
    /// Standard deviation for [`Init::Normal`].
    init_std: f64 = 0.05 => Real {
        label: "Initial deviation",
        help: "Standard deviation of the Gaussian that the initial weights are drawn from.",
        group: "Network",
        kind: Kind::Real { min: 1e-4, max: 1.0, scale: Scale::Log, absent: None },
        relevant: |c| c.init == Init::Normal,
        affects: &[Affects::Weights],
    },
    /// Normalization.
    norm: Norm = Norm::Batch => Choice {
        label: "Normalization",
        help: "What standardizes the values in each hidden layer.",
        group: "Normalization",
        kind: Kind::Choice(choices::<Norm>),
    },
    /// Groups of GroupNorm.
    groups: usize = 8 => Whole {
        label: "Groups",
        help: "Into how many groups GroupNorm cuts the channels; must divide those of every layer.",
        group: "Normalization",
        kind: Kind::Whole { min: 1, max: 256, scale: Scale::Log },
        relevant: |c| c.norm.has("groups"),
    },
    /// ε of the normalization; without one, PyTorch's default.
    eps: Option<f64> = None => Maybe {
        label: "ε",
        help: "Added to the variance, so that a constant channel is not divided by 0; auto is PyTorch's \
               default: 1e-5, or 1.2e-7 for RMSNorm.",
        group: "Normalization",
        kind: Kind::Real { min: 0.0, max: 1.0, scale: Scale::Log, absent: Some("auto") },
        relevant: |c| c.norm.card().eps.is_some(),
    },
    /// ρ of the running statistics; without one, cumulative means.
    stat_momentum: Option<f64> = Some(0.1) => Maybe {
        label: "Running-statistics momentum",
        help: "Weight of each new batch in the averages that BatchNorm uses at inference; cumulative \
               weighs all batches alike.",
        group: "Normalization",
        kind: Kind::Real { min: 0.0, max: 1.0, scale: Scale::Linear, absent: Some("cumulative") },
        relevant: |c| c.norm.has_running_statistics(),
    },
    /// How much contrast and brightness vary between images of shapes.
    style: f64 = 0.3 => Real {
        label: "Style",
        help: "How much contrast and brightness vary between images; the class does not depend on them.",
        group: "Data",
        kind: Kind::Real { min: 0.0, max: 1.0, scale: Scale::Linear, absent: None },
        relevant: |c| c.data == Data::Shapes,
        affects: &[Affects::Weights, Affects::Data, Affects::Batches, Affects::Task],
    },
    /// Steps of a sequence.
    length: usize = 16 => Whole {
        label: "Sequence length",
        help: "Steps in a sequence; an image is read in as many equal pieces.",
        group: "Data",
        kind: Kind::Whole { min: 4, max: 32, scale: Scale::Linear },
        relevant: |c| c.sequential(),
        affects: &[Affects::Weights, Affects::Data, Affects::Batches, Affects::Task],
    },
    /// Tokens of the shortest sequence; 0: all are as long.
    shortest: usize = 0 => Whole {
        label: "Shortest sequence",
        help: "Sequences have from so many tokens up to the full length, at random, and padding at the end; 0 means that all are as long.",
        group: "Data",
        kind: Kind::Whole { min: 0, max: 32, scale: Scale::Linear },
        relevant: |c| c.data.is_tokens(),
        affects: &[Affects::Weights, Affects::Data, Affects::Batches, Affects::Task],
    },
    /// Training samples used; 0: all.
    subset: usize = 0 => Whole {
        label: "Training samples",
        help: "How many training samples are used; 0 means all.",
        group: "Data",
        kind: Kind::Whole { min: 0, max: 2000, scale: Scale::Linear },
        affects: &[Affects::Data, Affects::Batches],
    },
    /// The order in which samples come.
    sampling: Sampling = Sampling::Shuffled => Choice {
        label: "Sampling",
        help: "The order in which training samples come.",
        group: "Data",
        kind: Kind::Choice(choices::<Sampling>),
        affects: &[Affects::Data, Affects::Batches],
    },
    /// Evaluation inputs are multiplied with this,
    shift_scale: f64 = 1.0 => Real {
        label: "Shift: contrast",
        help: "Evaluation inputs are multiplied with this, as if another camera had taken them.",
        group: "Shift",
        kind: Kind::Real { min: 0.0, max: 5.0, scale: Scale::Linear, absent: None },
        relevant: |c| !c.data.is_tokens(),
        affects: &[Affects::Data],
    },
    /// moved by this,
    shift_offset: f64 = 0.0 => Real {
        label: "Shift: brightness",
        help: "Evaluation inputs are moved by this; training inputs have standard deviation 1.",
        group: "Shift",
        kind: Kind::Real { min: -5.0, max: 5.0, scale: Scale::Linear, absent: None },
        relevant: |c| !c.data.is_tokens(),
        affects: &[Affects::Data],
    },
    /// and jittered by a Gaussian of this standard deviation.
    shift_noise: f64 = 0.0 => Real {
        label: "Shift: noise",
        help: "Standard deviation of the noise added to evaluation inputs.",
        group: "Shift",
        kind: Kind::Real { min: 0.0, max: 5.0, scale: Scale::Linear, absent: None },
        relevant: |c| !c.data.is_tokens(),
        affects: &[Affects::Data],
    },
    /// Evaluation samples whose statistics are blended in; 0: none.
    adapt: usize = 0 => Whole {
        label: "Adaptation samples",
        help: "How many shifted samples at a time lend their statistics to BatchNorm at evaluation; 0 means none.",
        group: "Shift",
        kind: Kind::Whole { min: 0, max: 360, scale: Scale::Linear },
        relevant: |c| c.norm.has_running_statistics(),
        affects: &[Affects::Data],
    },
    /// How many samples the source statistics count for in the blend.
    prior: usize = 16 => Whole {
        label: "Prior weight",
        help: "For how many samples the training statistics count when they are blended with those of the shifted samples.",
        group: "Shift",
        kind: Kind::Whole { min: 0, max: 1024, scale: Scale::Linear },
        relevant: |c| c.adapt > 0,
        affects: &[Affects::Data],
    },
    /// The step from which on training uses shifted inputs; 0: never.
    tune_at: usize = 0 => Whole {
        label: "Fine-tuning step",
        help: "From this step on, training inputs are shifted too; 0 means never.",
        group: "Shift",
        kind: Kind::Whole { min: 0, max: 1000000, scale: Scale::Linear },
        affects: &[Affects::Data, Affects::Batches],
    },
    /// Shifted training samples; 0: all.
    tune_samples: usize = 0 => Whole {
        label: "Fine-tuning samples",
        help: "How many training samples are used from then on; 0 means all.",
        group: "Shift",
        kind: Kind::Whole { min: 0, max: 2000, scale: Scale::Linear },
        relevant: |c| c.tune_at > 0,
        affects: &[Affects::Data, Affects::Batches],
    },
    /// Whether products have a bias.
    bias: Bias = Bias::Auto => Choice {
        label: "Bias",
        help: "Whether products have a bias.",
        group: "Network",
        kind: Kind::Choice(choices::<Bias>),
        affects: &[Affects::Weights],
    },
    /// Connections around hidden layers.
    skip: Skip = Skip::None => Choice {
        label: "Skip connections",
        help: "Whether hidden layers have a way around them.",
        group: "Network",
        kind: Kind::Choice(choices::<Skip>),
        relevant: |c| matches!(c.model, Family::Mlp | Family::Cnn),
        affects: &[Affects::Weights],
    },
    /// Of convolutions.
    padding: Padding = Padding::Zero => Choice {
        label: "Padding",
        help: "What a convolution reads beyond the border of the image.",
        group: "Network",
        kind: Kind::Choice(choices::<Padding>),
        relevant: |c| c.model == Family::Cnn,
        affects: &[Affects::Weights],
    },
    /// Of images.
    shrink: Shrink = Shrink::Pool => Choice {
        label: "Image size",
        help: "How images are made smaller; channels double each time.",
        group: "Network",
        kind: Kind::Choice(choices::<Shrink>),
        relevant: |c| c.model == Family::Cnn,
        affects: &[Affects::Weights],
    },
    /// Units of the layer behind the convolutions.
    head: usize = 32 => Whole {
        label: "Head units",
        help: "Units of the fully connected layer behind the convolutions; 0 means that there is none.",
        group: "Network",
        kind: Kind::Whole { min: 0, max: 256, scale: Scale::Linear },
        relevant: |c| c.model == Family::Cnn,
        affects: &[Affects::Weights],
    },
    /// Whether that layer is normalized.
    head_norm: Switch = Switch::On => Choice {
        label: "Normalized head",
        help: "Whether that fully connected layer is normalized too.",
        group: "Network",
        kind: Kind::Choice(choices::<Switch>),
        relevant: |c| c.model == Family::Cnn && c.head > 0,
        affects: &[Affects::Weights],
    },
    /// Attention heads.
    heads: usize = 4 => Whole {
        label: "Attention heads",
        help: "How many places each token can look at at once; must divide the width.",
        group: "Network",
        kind: Kind::Whole { min: 1, max: 16, scale: Scale::Linear },
        relevant: |c| c.model == Family::Transformer,
        affects: &[Affects::Weights],
    },
    /// Where a transformer block normalizes.
    placement: Placement = Placement::Pre => Choice {
        label: "Block",
        help: "Where a transformer block normalizes.",
        group: "Network",
        kind: Kind::Choice(choices::<Placement>),
        relevant: |c| c.model == Family::Transformer,
        affects: &[Affects::Weights],
    },
    /// Share of activations dropped.
    dropout: f64 = 0.0 => Real {
        label: "Dropout",
        help: "Share of the activations set to 0 after each hidden layer in training.",
        group: "Network",
        kind: Kind::Real { min: 0.0, max: 0.95, scale: Scale::Linear, absent: None },
    },
    /// On which side of the nonlinearity.
    order: Order = Order::Before => Choice {
        label: "Order",
        help: "Whether the normalization stands before or after the nonlinearity.",
        group: "Normalization",
        kind: Kind::Choice(choices::<Order>),
        relevant: |c| c.norm != Norm::None && c.model != Family::Transformer,
    },
    /// Whether γ and β are learned.
    affine: Switch = Switch::On => Choice {
        label: "γ and β",
        help: "Whether each channel learns a scale and a shift after it is standardized.",
        group: "Normalization",
        kind: Kind::Choice(choices::<Switch>),
        relevant: |c| c.norm.card().learns != Learns::Nothing,
    },
    /// Devices that share a batch.
    devices: usize = 1 => Whole {
        label: "Devices",
        help: "Over how many devices each batch is split; BatchNorm takes the statistics of each share by itself.",
        group: "Normalization",
        kind: Kind::Whole { min: 1, max: 64, scale: Scale::Log },
        // Sorted shards put the samples of a batch in another order, whatever the normalization.
        relevant: |c| c.norm.has("devices") || c.shards == Shards::Sorted,
    },
    /// Which samples each device gets.
    shards: Shards = Shards::Random => Choice {
        label: "Shards",
        help: "Which samples of a batch each device gets.",
        group: "Normalization",
        kind: Kind::Choice(choices::<Shards>),
        relevant: |c| c.devices > 1,
    },
    /// Samples of a ghost batch.
    ghost: usize = 16 => Whole {
        label: "Ghost batch",
        help: "Samples in each ghost batch; must divide the batch.",
        group: "Normalization",
        kind: Kind::Whole { min: 1, max: Data::LARGEST as u64, scale: Scale::Log },
        relevant: |c| c.norm.has("ghost"),
    },
    /// Of the Lp normalization.
    power: Power = Power::One => Choice {
        label: "p",
        help: "Which average of the distances from the mean is the scale.",
        group: "Normalization",
        kind: Kind::Choice(choices::<Power>),
        relevant: |c| c.norm.has("power"),
    },
    /// Of the noise after a normalization.
    noise_scale: f64 = 1.0 => Real {
        label: "Noise amplitude",
        help: "1 is the noise of Santurkar et al. 2018: a random scale and shift per unit and sample, drawn anew at each step.",
        group: "Normalization",
        kind: Kind::Real { min: 0.0, max: 10.0, scale: Scale::Linear, absent: None },
        relevant: |c| c.norm.has("noise_scale"),
    },
    /// Largest correction of the scale in batch renormalization.
    r_max: f64 = 3.0 => Real {
        label: "r max",
        help: "Largest factor by which batch renormalization corrects the scale.",
        group: "Normalization",
        kind: Kind::Real { min: 1.0, max: 10.0, scale: Scale::Linear, absent: None },
        relevant: |c| c.norm.has("r_max"),
    },
    /// Largest correction of the mean in batch renormalization.
    d_max: f64 = 5.0 => Real {
        label: "d max",
        help: "Largest shift by which batch renormalization corrects the mean.",
        group: "Normalization",
        kind: Kind::Real { min: 0.0, max: 10.0, scale: Scale::Linear, absent: None },
        relevant: |c| c.norm.has("d_max"),
    },
    /// Steps without correction.
    warmup: usize = 100 => Whole {
        label: "Warm-up",
        help: "Steps in which batch renormalization still is BatchNorm; the limits are then raised over as many steps again.",
        group: "Normalization",
        kind: Kind::Whole { min: 0, max: 10000, scale: Scale::Linear },
        relevant: |c| c.norm.has("warmup"),
    },
    /// How statistics are kept over a sequence.
    over_time: OverTime = OverTime::Pooled => Choice {
        label: "Over time",
        help: "Whether the steps of a sequence share BatchNorm's running averages.",
        group: "Normalization",
        kind: Kind::Choice(choices::<OverTime>),
        relevant: |c| c.norm.has_running_statistics() && c.sequential(),
    },
    /// Whether statistics leave out padding.
    masked: Switch = Switch::On => Choice {
        label: "Without padding",
        help: "Whether statistics leave out the padding behind sequences that end early.",
        group: "Normalization",
        kind: Kind::Choice(choices::<Switch>),
        relevant: |c| c.padded() && c.norm.pools(),
    },
    /// The step from which on running statistics are used, and kept, in training; 0: never.
    freeze: usize = 0 => Whole {
        label: "Freeze at",
        help: "From this step on training uses the running averages and leaves them as they are; 0 means never.",
        group: "Normalization",
        kind: Kind::Whole { min: 0, max: 1000000, scale: Scale::Linear },
        relevant: |c| c.norm.has_running_statistics(),
    },
    /// Whether weight decay acts on γ and β.
    decay_norm: Switch = Switch::On => Choice {
        label: "Decay γ and β",
        help: "Whether weight decay acts on γ and β, and on SkipInit's factors, too.",
        group: "Training",
        kind: Kind::Choice(choices::<Switch>),
        relevant: |c| {
            let norm = c.norm.card().learns != Learns::Nothing;
            c.weight_decay > 0.0 && (norm || c.skip == Skip::Init)
        },
    },
    /// Seed of all random draws.
    seed: u32 = 1 => Seed {
        label: "Seed",
        help: "Decides every random draw: data, initial weights, order of the batches. The same seed \
               gives the same numbers on every machine.",
        group: "Training",
        kind: Kind::Whole { min: 0, max: u32::MAX as u64, scale: Scale::Linear },
        affects: &[Affects::Weights, Affects::Data, Affects::Batches],
    },
}

/// The field of that name.
pub fn named(name: &str) -> Option<&'static Field<Config>> {
    FIELDS.iter().find(|f| f.name == name)
}

/// A field's value as text; none if there is no such field.
pub fn get(config: &Config, name: &str) -> Option<String> {
    named(name).map(|f| f.get(config))
}

/// Reads a field's value; on a problem, `config` stays as it was.
pub fn set(config: &mut Config, name: &str, text: &str) -> Result<(), Problem> {
    match named(name) {
        Some(field) => field.set(config, text),
        None => Err(unknown(name, text)),
    }
}

/// The problem with a key that no field has.
pub(crate) fn unknown(name: &str, text: &str) -> Problem {
    Problem {
        field: shown(name),
        value: shown(text),
        allowed: FIELDS.iter().map(|f| f.name).collect::<Vec<_>>().join(", "),
        reason: "there is no such setting".into(),
        ..Problem::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Any value that differs from the default's.
    fn another(field: &Field<Config>) -> String {
        let default = field.get(&Config::default());
        let candidates = match field.kind {
            Kind::Choice(all) => all().iter().map(|c| c.name.to_owned()).collect(),
            Kind::Whole { min, max, .. } => vec![min.to_string(), max.to_string()],
            Kind::Real { min, max, .. } => vec![super::super::field::number(min), super::super::field::number(max)],
            Kind::Names(_) | Kind::Text(_) => vec![],
        };
        candidates.into_iter().find(|c| *c != default).unwrap()
    }

    #[test]
    fn every_field_of_the_struct_stands_in_the_table_once() {
        // Debug prints the struct's fields by name: none may be missing from the table, none be extra.
        let printed = format!("{:?}", Config::default());
        let struct_fields = printed.matches(": ").count();
        assert_eq!(struct_fields, FIELDS.len());
        for field in FIELDS {
            assert!(printed.contains(&format!("{}: ", field.name)), "{}", field.name);
            assert!(field.help.ends_with('.'), "{}", field.name);
        }
    }

    #[test]
    fn values_read_back_as_they_were_written() {
        for field in FIELDS {
            let mut config = Config::default();
            let value = another(field);
            field.set(&mut config, &value).unwrap();
            assert_eq!(field.get(&config), value);
            for other in FIELDS.iter().filter(|f| f.name != field.name) {
                assert_eq!(other.get(&config), other.get(&Config::default()), "{} moved {}", field.name, other.name);
            }
        }
    }

    #[test]
    fn absent_numbers_have_a_word() {
        let mut config = Config::default();
        set(&mut config, "eps", "1e-3").unwrap();
        assert_eq!(config.eps, Some(1e-3));
        set(&mut config, "eps", "auto").unwrap();
        assert_eq!(config.eps, None);
        set(&mut config, "stat_momentum", "cumulative").unwrap();
        assert_eq!(config.stat_momentum, None);
        assert!(set(&mut config, "stat_momentum", "auto").is_err());
        assert!(set(&mut config, "lr", "auto").is_err());
    }

    #[test]
    fn bad_values_change_nothing_and_say_what_is_allowed() {
        let long = "9".repeat(1 << 20);
        let bad = ["", " ", "NaN", "inf", "-inf", "1e999", "-1", "1e308", "<b>", "null", "true", "0x10", &long];
        for field in FIELDS {
            for text in bad {
                let mut config = Config::default();
                match field.set(&mut config, text) {
                    // The one range with negative numbers in it.
                    Ok(()) if (field.name, text) == ("shift_offset", "-1") => {}
                    Ok(()) => panic!("{} took {text:?}", field.name),
                    Err(problem) => {
                        assert_eq!(config, Config::default());
                        assert_eq!(problem.field, field.name);
                        assert!(!problem.allowed.is_empty() && problem.to_string().len() < 400);
                        if let Some(fix) = problem.fix {
                            field.set(&mut config, &fix).unwrap();
                        }
                    }
                }
            }
        }
        let nearest = |name, text| set(&mut Config::default(), name, text).unwrap_err().fix;
        assert_eq!(nearest("depth", "99").as_deref(), Some("40"));
        assert_eq!(nearest("lr", "1e999").as_deref(), Some("100"));
        assert_eq!(nearest("batch", "-4").as_deref(), Some("1"));
        assert_eq!(nearest("batch", "32.4").as_deref(), Some("32"));
        assert_eq!(nearest("norm", "bach"), None);
        assert_eq!(nearest("depht", "3"), None);
    }
}
