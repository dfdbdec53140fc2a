//! The settings of a run: as Python constants, and as the traits that the pieces of its script ask for.

use super::template::Traits;
use crate::choice::Choices;
use crate::config::Config;
use crate::config::fields::FIELDS;
use crate::nn::activation::Activation;
use crate::nn::model::{Family, Order, Padding, Placement, Skip};
use crate::nn::norm::{Learns, Norm, Over, Power};
use crate::nn::objective::Loss;
use crate::optim::Optimizer;
use crate::run::Run;
use crate::run::evaluate::Policy;
use std::fmt::{Display, Write};

/// What the script is, and how to run it.
pub(super) fn docstring(config: &Config, steps: usize, file: &str) -> String {
    let settings: Vec<String> = FIELDS
        .iter()
        .filter(|f| (f.relevant)(config) && f.get(config) != f.get(&Config::default()))
        .map(|f| format!("{}={}", f.name, f.get(config)))
        .collect();
    let settings = if settings.is_empty() { "the default settings".to_owned() } else { settings.join(" ") };
    format!(
        "\"\"\"A run of Normalization Lab in PyTorch: {settings}.\n\n\
         Trains {steps} steps from the same initial weights on the same mini-batches, which it reads from\n\
         {file}, prints the same losses, and validates as the lab does. The two round differently:\n\
         where that grows, --double shows how close they are without.\n\n    \
         pip install torch numpy safetensors\n    python {script}\n\"\"\"\n\n",
        script = file.replace(".safetensors", ".py"),
    )
}

/// The run's layers and tensors, which decide what its script builds: not the settings once more.
struct Built<'a>(&'a Run<f32>);

impl Built<'_> {
    fn has_node(&self, name: &str) -> bool {
        self.0.network().nodes().iter().any(|n| n.name == name)
    }

    /// A parameter's shape; empty if there is none of that name.
    fn shape(&self, name: &str) -> &[usize] {
        let tensors = self.0.network().layout().params.tensors();
        tensors.iter().find(|t| t.name == name).map_or(&[], |t| &t.shape)
    }

    /// What a product or table reads: the second side of its weights.
    fn inputs(&self, product: &str) -> usize {
        self.shape(&format!("{product}.weight")).get(1).copied().unwrap_or(0)
    }

    fn has_bias(&self, product: &str) -> bool {
        !self.shape(&format!("{product}.bias")).is_empty()
    }

    /// Which of the hidden layers have a node of that name behind them, such as `pool2`.
    fn layers_with(&self, node: &str) -> Vec<usize> {
        (1..=self.0.config().depth + 1).filter(|i| self.has_node(&format!("{node}{i}"))).collect()
    }

    /// Channels in and out of each convolution, and its stride.
    fn convolutions(&self) -> Vec<(usize, usize, usize)> {
        let side = |positions: usize| positions.isqrt();
        let lost = if self.0.config().padding == Padding::Valid { 2 } else { 0 };
        let mut read = side(self.0.data().features);
        let nodes = self.0.network().nodes();
        let mut all = Vec::new();
        for node in nodes {
            if let [outputs, inputs, 3, 3] = *self.shape(&format!("{}.weight", node.name)) {
                // With a stride of 1 as many pixels are left on a side as the padding says.
                let stride = if side(node.shape.positions) + lost == read { 1 } else { 2 };
                all.push((inputs, outputs, stride));
            }
            read = side(node.shape.positions);
        }
        all
    }
}

/// What the pieces of the script ask for; `steps` is how many it takes.
pub(super) fn traits(run: &Run<f32>, steps: usize) -> Traits {
    let config = run.config();
    let (built, norm) = (Built(run), config.norm);
    let running = norm.has_running_statistics();
    let dropout = config.dropout > 0.0;
    let skipped = !built.layers_with("skip").is_empty();
    let head = built.has_node("linear1") && config.model == Family::Cnn;
    let power = |power| norm.has("power") && config.power == power;
    let all = [
        // The network.
        ("tokens", config.data.is_tokens()),
        ("padded", config.padded()),
        ("dropout", dropout),
        ("skip", skipped),
        ("skipinit", skipped && config.skip == Skip::Init),
        ("head", head),
        ("bare", head && norm != Norm::None && !built.has_node(&format!("norm{}", config.depth + 1))),
        ("pool", !built.layers_with("pool").is_empty()),
        (config.padding.choice().name, true),
        ("post", config.placement == Placement::Post),
        // The normalization.
        ("norm", norm != Norm::None),
        ("after", config.order == Order::After),
        ("affine", config.affine.is_on()),
        ("shifts", norm.card().learns == Learns::GainAndShift),
        ("vectors", config.model != Family::Cnn),
        ("bytoken", norm.card().over == Over::Token),
        ("running", running),
        ("cumulative", config.stat_momentum.is_none()),
        ("parts", parts(config) > 1),
        ("lp1", power(Power::One)),
        ("lp2", power(Power::Two)),
        ("lpmax", power(Power::Max)),
        ("warmup", config.warmup > 0),
        ("apart", super::apart(config)),
        ("masked", super::masked(config)),
        // Training and validation.
        ("stepped", dropout),
        ("freeze", running && (1..=steps).contains(&config.freeze)),
        ("values", run.data().targets.is_some()),
        ("adapt", matches!(Policy::inference(config), Policy::Adapted { .. })),
    ];
    let mut traits: Traits = all.into_iter().filter_map(|(name, holds)| holds.then_some(name)).collect();
    traits.extend(norm.card().script.traits);
    traits
}

/// Into how many parts with statistics of their own a training batch is cut.
fn parts(config: &Config) -> usize {
    config.norm.card().parts.count(&config.architecture().site)
}

/// `NAME = value` for whatever the pieces of any script may use.
pub(super) fn constants(run: &Run<f32>) -> String {
    let config = run.config();
    let plan = config.architecture();
    let built = Built(run);
    let sequence = config.input().shape();
    let mut text = String::new();
    let mut set = |name: &str, value: &dyn Display| {
        let _ = writeln!(text, "{name} = {value}");
    };
    let last = format!("conv{}", config.depth);
    for (name, value) in [
        ("FEATURES", run.data().features),
        ("SIDE", run.data().features.isqrt()),
        ("LENGTH", sequence.positions),
        ("CHANNELS", if config.data.is_tokens() { config.width } else { sequence.channels }),
        ("VOCABULARY", built.shape("embedding.weight").first().copied().unwrap_or(0)),
        ("CLASSES", plan.classes),
        ("DEPTH", plan.depth),
        ("WIDTH", plan.width),
        ("HEADS", plan.heads),
        ("FLAT", built.inputs(if built.has_node("linear1") { "linear1" } else { "head" })),
        ("HEAD", plan.head),
    ] {
        set(name, &value);
    }
    let convolutions: Vec<String> = built.convolutions().iter().map(|c| format!("{c:?}")).collect();
    set("CONVOLUTIONS", &format!("[{}]", convolutions.join(", ")));
    set("POOLED", &format!("{}  # these convolutions' images are halved", list(&built.layers_with("pool"))));
    set("SKIPPED", &format!("{}  # these hidden layers are added to their input", list(&built.layers_with("skip"))));
    let first = match config.model {
        Family::Mlp => "linear1",
        Family::Cnn => last.as_str(),
        Family::Rnn => "rnn1.hidden",
        Family::Transformer => "block1.up",
    };
    set("HIDDEN_BIAS", &boolean(built.has_bias(first)));
    set("HEAD_BIAS", &boolean(built.has_bias("linear1")));
    set("activation", &activation(plan.activation));
    set("DROPOUT", &number(plan.dropout));
    match plan.site.eps {
        Some(0.0) if config.norm.has_running_statistics() => {
            set("EPS", &"1e-300  # as good as the 0 that torch.nn.BatchNorm refuses");
        }
        set_to => set("EPS", &number(set_to.or(config.norm.card().eps).unwrap_or(1e-5))),
    }
    set("AFFINE", &boolean(plan.site.affine));
    set("GROUPS", &plan.site.groups);
    set("NOISE", &number(plan.site.noise));
    set("R_MAX", &number(plan.site.r_max));
    set("D_MAX", &number(plan.site.d_max));
    set("WARMUP", &plan.site.warmup);
    set("STAT_MOMENTUM", &plan.site.momentum.map_or("None".into(), number));
    set("PARTS", &parts(config));
    set("FREEZE", &config.freeze);
    set("SEED", &config.seed);
    set("ADAPT", &config.adapt);
    set("PRIOR", &config.prior);
    let loss = match (config.loss, config.data.variance()) {
        (Loss::CrossEntropy, _) => "functional.cross_entropy(outputs, y)",
        (Loss::Mse, None) => "functional.mse_loss(outputs, functional.one_hot(y, CLASSES).to(outputs.dtype))",
        (Loss::Mse, Some(_)) => "functional.mse_loss(outputs, y)",
    };
    let _ = write!(text, "\n\ndef loss_of(outputs, y):\n    return {loss}\n");
    let _ = write!(text, "\n\ndef make_optimizer(network):\n    return {}\n", optimizer(config));
    text
}

fn optimizer(config: &Config) -> String {
    let (name, momentum) = match config.optimizer {
        Optimizer::Sgd => ("SGD", String::new()),
        Optimizer::Momentum => ("SGD", format!(", momentum={}", number(config.momentum))),
        Optimizer::Adam => ("Adam", String::new()),
        Optimizer::AdamW => ("AdamW", String::new()),
    };
    let decay = match config.optimizer {
        // PyTorch's default is another.
        Optimizer::AdamW => true,
        _ => config.weight_decay > 0.0,
    };
    let decay = if decay { format!(", weight_decay={}", number(config.weight_decay)) } else { String::new() };
    let spares = config.weight_decay > 0.0 && !config.decay_norm.is_on();
    let parameters = if spares { "decay_groups(network)" } else { "network.parameters()" };
    format!("torch.optim.{name}({parameters}, lr={}{momentum}{decay})", number(config.lr))
}

fn activation(activation: Activation) -> &'static str {
    match activation {
        Activation::Relu => "functional.relu",
        Activation::Tanh => "torch.tanh",
        Activation::Sigmoid => "torch.sigmoid",
        Activation::Gelu => "functional.gelu",
        Activation::Silu => "functional.silu",
        Activation::Identity => "nn.Identity()",
    }
}

/// Whole numbers in order: a long row of neighbours as a range.
fn list(numbers: &[usize]) -> String {
    match numbers {
        [first, .., last] if numbers.len() > 3 && last - first == numbers.len() - 1 => {
            format!("range({first}, {})", last + 1)
        }
        _ => format!("{numbers:?}"),
    }
}

fn boolean(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

/// The shortest text that reads back as the same number, in Python too.
fn number(value: f64) -> String {
    format!("{value:?}")
}
