//! A run as a PyTorch script: the same model, weights and mini-batches, and so the same losses.
//!
//! The script is put together from the pieces in `pytorch/` and that of the normalization's card, of which each run takes the lines it needs: it
//! reads as if it had been written for that run. Beside it goes a safetensors file:
//!
//! | tensor          | shape             | holds                                        |
//! |-----------------|-------------------|----------------------------------------------|
//! | `initial.*`     | as the model's    | `state_dict()` before the first step         |
//! | `x`, `y`        | samples × values  | the training set (then the shifted one): y are classes, or a regression's targets |
//! | `batches`       | steps × batch     | which samples each step sees                 |
//! | `validation.x`, `validation.y` | samples × values | the samples held out, shifted as configured |

mod constants;
mod recording;
mod template;

pub use recording::Recording;

use crate::config::{Config, Problem};
use crate::nn::model::Family;
use crate::nn::norm::OverTime;
use crate::run::Run;

/// What is exported.
pub struct Export {
    /// The script.
    pub script: String,
    /// The safetensors file that it reads.
    pub tensors: Vec<u8>,
}

/// Why a run cannot be exported.
#[derive(Debug)]
pub enum Failure {
    /// It cannot be trained either.
    Config(Vec<Problem>),
    /// The library's, in words. None is expected.
    File(String),
}

/// Exports the first `steps` steps of a run; `file` is what the tensors' file will be called.
///
/// # Errors
/// If the configuration cannot be trained, or PyTorch's modules cannot say it.
pub fn export(config: Config, steps: usize, file: &str) -> Result<Export, Failure> {
    let run = Run::<f32>::new(config).map_err(Failure::Config)?;
    let mut recording = Recording::new(run).map_err(Failure::File)?;
    if let Some(problem) = unsaid(&config) {
        return Err(Failure::Config(vec![problem]));
    }
    recording.advance(steps);
    recording.pytorch(file)
}

/// What PyTorch's modules cannot say.
fn unsaid(config: &Config) -> Option<Problem> {
    (config.model == Family::Transformer && apart(config)).then(|| Problem {
        field: "over_time".into(),
        value: "step".into(),
        allowed: "pooled".into(),
        reason: "no module of PyTorch keeps statistics for each position of a sequence".into(),
        fix: Some("pooled".into()),
        or: Vec::new(),
    })
}

/// Whether each step in time has running statistics of its own.
fn apart(config: &Config) -> bool {
    config.over_time == OverTime::Step && config.sequential() && config.norm.has_running_statistics()
}

/// Whether the normalization leaves out padding.
fn masked(config: &Config) -> bool {
    let pools = match config.model {
        // Each step by itself pools no positions: only samples.
        Family::Rnn => config.norm.has_running_statistics(),
        _ => config.norm.pools(),
    };
    config.padded() && config.masked.is_on() && pools
}

/// The script of a run's first `steps` steps.
fn script(run: &Run<f32>, steps: usize, file: &str) -> String {
    let config = run.config();
    let family = match config.model {
        Family::Mlp => include_str!("pytorch/mlp.py"),
        Family::Cnn => include_str!("pytorch/cnn.py"),
        Family::Rnn => include_str!("pytorch/rnn.py"),
        Family::Transformer => include_str!("pytorch/transformer.py"),
    };
    let before = [include_str!("pytorch/draws.py"), include_str!("pytorch/norms.py"), config.norm.card().script.text];
    let after = [
        include_str!("pytorch/hidden.py"),
        include_str!("pytorch/padding.py"),
        family,
        include_str!("pytorch/train.py"),
    ];
    let pieces = [include_str!("pytorch/head.py"), &constants::constants(run), &before.concat(), &after.concat()];
    let chosen = template::chosen(&pieces.concat(), &constants::traits(run, steps));
    constants::docstring(config, steps, file) + &template::needed(&chosen)
}
