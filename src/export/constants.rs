//! The settings of a run as Python constants.

use crate::choice::Choices;
use crate::config::Config;
use crate::config::fields::FIELDS;
use crate::experiment::run::Run;
use crate::nn::activation::Activation;
use crate::nn::model::{Architecture, Bias, Family, Input, Order, Placement};
use crate::nn::norm::Norm;
use crate::nn::objective::Loss;
use crate::optim::Optimizer;
use std::fmt::Write;

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
         {file}, and prints the same losses (to about 1e-4).\n\n    \
         pip install torch numpy safetensors\n    python {script}\n\"\"\"\n\n",
        script = file.replace(".safetensors", ".py"),
    )
}

/// `NAME = value` for whatever the pieces of the script use.
pub(super) fn constants(run: &Run<f32>) -> String {
    let config = run.config();
    let plan = config.architecture();
    let site = plan.site;
    let mut text = String::new();
    let mut set = |name: &str, value: String| {
        let _ = writeln!(text, "{name} = {value}");
    };
    set("FEATURES", run.data().features.to_string());
    set("CLASSES", plan.classes.to_string());
    set("DEPTH", plan.depth.to_string());
    set("WIDTH", plan.width.to_string());
    set("activation", activation(plan.activation).into());
    set("SKIP", quoted(plan.skip));
    set("DROPOUT", number(plan.dropout));
    let hidden_bias = match config.model {
        Family::Transformer => plan.bias != Bias::Off,
        _ => plan.hidden_bias(),
    };
    set("HIDDEN_BIAS", boolean(hidden_bias));
    set("NORM_AFTER", boolean(plan.order == Order::After));
    set("AFFINE", boolean(site.affine));
    set("TOKENS", boolean(config.sequential()));
    let eps = if config.norm == Norm::Rms { f64::from(f32::EPSILON) } else { 1e-5 };
    set("EPS", number(site.eps.unwrap_or(eps)));
    match plan.input {
        Input::Image { side, .. } => {
            set("SIDE", side.to_string());
            set("PADDING", quoted(plan.padding));
            set("SHRINK", quoted(plan.shrink));
            set("HEAD", plan.head.to_string());
            let normed = plan.head_norm && config.norm != Norm::Instance;
            set("HEAD_NORM", boolean(normed));
            let bare = Architecture { norm: Norm::None, ..plan };
            set("HEAD_BIAS", boolean(if normed { plan.hidden_bias() } else { bare.hidden_bias() }));
        }
        Input::Sequence { length, channels } => {
            set("LENGTH", length.to_string());
            set("CHANNELS", channels.to_string());
            set("VOCABULARY", "None".into());
        }
        Input::Tokens { length, vocabulary, .. } => {
            set("LENGTH", length.to_string());
            set("CHANNELS", "1".into());
            set("VOCABULARY", vocabulary.to_string());
        }
        Input::Vector(_) => {}
    }
    if config.sequential() {
        set("MASKED", boolean(super::masked(config)));
    }
    match config.model {
        Family::Rnn => set("PER_STEP", boolean(super::apart(config))),
        Family::Transformer => {
            set("HEADS", plan.heads.to_string());
            set("PRE_NORM", boolean(plan.placement == Placement::Pre));
        }
        _ => {}
    }
    match config.norm {
        Norm::Group => set("GROUPS", site.groups.to_string()),
        Norm::Lp => set("POWER", quoted(site.power)),
        Norm::Noisy | Norm::Noise => set("NOISE", number(site.noise)),
        Norm::Renorm => {
            set("R_MAX", number(site.r_max));
            set("D_MAX", number(site.d_max));
            set("WARMUP", site.warmup.to_string());
        }
        _ => {}
    }
    if config.norm.has_running_statistics() {
        set("STAT_MOMENTUM", site.momentum.map_or("None".into(), number));
        let parts = match config.norm {
            Norm::Batch => site.devices,
            Norm::Ghost => site.batch / site.ghost,
            _ => 1,
        };
        set("PARTS", parts.to_string());
        set("FOLLOW_ALL", boolean(config.norm == Norm::Ghost));
    }
    set("FREEZE", config.freeze.to_string());
    set("SEED", config.seed.to_string());
    set("WEIGHT_DECAY", number(config.weight_decay));
    set("DECAY_NORM", boolean(config.decay_norm.is_on()));
    let lr = number(config.lr);
    let optimizer = match config.optimizer {
        Optimizer::Sgd => format!("torch.optim.SGD(groups, lr={lr})"),
        Optimizer::Momentum => format!("torch.optim.SGD(groups, lr={lr}, momentum={})", number(config.momentum)),
        Optimizer::Adam => format!("torch.optim.Adam(groups, lr={lr})"),
        Optimizer::AdamW => format!("torch.optim.AdamW(groups, lr={lr})"),
    };
    let loss = match (config.loss, config.data.variance()) {
        (Loss::CrossEntropy, _) => "functional.cross_entropy(outputs, y)",
        (Loss::Mse, None) => "functional.mse_loss(outputs, functional.one_hot(y, CLASSES).to(outputs.dtype))",
        (Loss::Mse, Some(_)) => "functional.mse_loss(outputs, y.to(outputs.dtype))",
    };
    let _ = write!(text, "\n\ndef make_optimizer(groups):\n    return {optimizer}\n");
    let _ = write!(text, "\n\ndef loss_of(outputs, y):\n    return {loss}\n");
    text
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

fn boolean(value: bool) -> String {
    if value { "True" } else { "False" }.into()
}

/// A choice's name.
fn quoted(choice: impl Choices) -> String {
    format!("{:?}", choice.choice().name)
}

/// The shortest text that reads back as the same number, in Python too.
fn number(value: f64) -> String {
    format!("{value:?}")
}
