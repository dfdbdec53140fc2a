//! A run as a PyTorch script: the same model, weights and mini-batches, and so the same losses.
//!
//! The script is put together from the pieces in `pytorch/`, of which each run takes those it needs: it
//! reads as if it had been written for that run. Beside it goes a safetensors file:
//!
//! | tensor          | shape             | holds                                        |
//! |-----------------|-------------------|----------------------------------------------|
//! | `initial.*`     | as the model's    | `state_dict()` before the first step         |
//! | `x`, `y`        | samples × values  | the training set (then the shifted one): y are classes, or a regression's targets |
//! | `batches`       | steps × batch     | which samples each step sees                 |

mod constants;

use crate::config::{Config, Problem};
use crate::experiment::run::Run;
use crate::experiment::weights;
use crate::nn::model::Family;
use crate::nn::norm::{Norm, OverTime};
use safetensors::Dtype;
use safetensors::tensor::TensorView;

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
    if config.model == Family::Transformer && apart(&config) {
        return Err(Failure::Config(vec![Problem {
            field: "over_time".into(),
            value: "step".into(),
            allowed: "pooled".into(),
            reason: "no module of PyTorch keeps statistics for each position of a sequence".into(),
            fix: Some("pooled".into()),
        }]));
    }
    Ok(Export { script: script(&run, steps, file), tensors: tensors(run, steps).map_err(Failure::File)? })
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

/// The pieces, in the order in which they stand in a script.
fn script(run: &Run<f32>, steps: usize, file: &str) -> String {
    let config = run.config();
    let noisy = matches!(config.norm, Norm::Noisy | Norm::Noise);
    let mut pieces = vec![
        constants::docstring(config, steps, file),
        include_str!("pytorch/head.py").to_owned(),
        constants::constants(run),
    ];
    let mut add = |piece: &str| pieces.push(piece.to_owned());
    if config.dropout > 0.0 || noisy {
        add(include_str!("pytorch/numbers.py"));
    }
    add(include_str!("pytorch/norms.py"));
    if matches!(config.norm, Norm::Renorm | Norm::Lp) {
        add(include_str!("pytorch/running.py"));
    }
    if matches!(config.norm, Norm::Batch | Norm::Sync | Norm::Ghost | Norm::Noisy) {
        add(include_str!("pytorch/batch.py"));
    }
    if noisy {
        add(include_str!("pytorch/noise.py"));
    }
    add(match config.norm {
        Norm::None => include_str!("pytorch/norm_none.py"),
        Norm::Batch | Norm::Sync | Norm::Ghost => include_str!("pytorch/norm_batch.py"),
        Norm::Renorm => include_str!("pytorch/norm_renorm.py"),
        Norm::Lp => include_str!("pytorch/norm_lp.py"),
        Norm::Noisy => include_str!("pytorch/norm_noisy.py"),
        Norm::Noise => include_str!("pytorch/norm_noise.py"),
        Norm::Layer => include_str!("pytorch/norm_layer.py"),
        Norm::Group => include_str!("pytorch/norm_group.py"),
        Norm::Instance => include_str!("pytorch/norm_instance.py"),
        Norm::Rms => include_str!("pytorch/norm_rms.py"),
        Norm::Dyt => include_str!("pytorch/norm_dyt.py"),
    });
    add(include_str!("pytorch/common.py"));
    if config.sequential() {
        add(include_str!("pytorch/sequences.py"));
    }
    if masked(config) {
        add(include_str!("pytorch/padding.py"));
    }
    add(match config.model {
        Family::Mlp => include_str!("pytorch/mlp.py"),
        Family::Cnn => include_str!("pytorch/cnn.py"),
        Family::Rnn => include_str!("pytorch/rnn.py"),
        Family::Transformer => include_str!("pytorch/transformer.py"),
    });
    add(include_str!("pytorch/train.py"));
    pieces.concat()
}

/// The file beside the script.
fn tensors(mut run: Run<f32>, steps: usize) -> Result<Vec<u8>, String> {
    let initial = weights::save(run.network().layout(), run.state())?;
    let initial = safetensors::SafeTensors::deserialize(&initial).map_err(|e| e.to_string())?;
    let batch = run.config().batch;
    let (first, second) = run.training_samples();
    let splits: Vec<_> = std::iter::once(first).chain(second).cloned().collect();
    let mut order: Vec<u32> = Vec::with_capacity(steps * batch);
    while (run.steps() as usize) < steps && run.divergence().is_none() {
        let offset = if run.tuned() { splits[0].len() as u32 } else { 0 };
        order.extend(run.indices().iter().map(|i| i + offset));
        run.step();
    }
    let samples: usize = splits.iter().map(|s| s.len()).sum();
    let x: Vec<u8> = splits.iter().flat_map(|s| &s.x).flat_map(|v| v.to_le_bytes()).collect();
    let whole = |values: &[u32]| values.iter().flat_map(|&v| i64::from(v).to_le_bytes()).collect::<Vec<u8>>();
    let labels: Vec<u32> = splits.iter().flat_map(|s| s.y.clone()).collect();
    let batches = whole(&order);
    let (y_type, y_shape, y) = match &run.data().targets {
        None => (Dtype::I64, vec![samples], whole(&labels)),
        Some(targets) => {
            let width = run.data().classes;
            let rows = labels.iter().flat_map(|&i| &targets[i as usize * width..][..width]);
            (Dtype::F32, vec![samples, width], rows.flat_map(|v| v.to_le_bytes()).collect())
        }
    };
    let features = run.data().features;
    let mut views = Vec::new();
    for (name, dtype, shape, bytes) in [
        ("x", Dtype::F32, vec![samples, features], &x),
        ("y", y_type, y_shape, &y),
        ("batches", Dtype::I64, vec![order.len() / batch, batch], &batches),
    ] {
        views.push((name.to_owned(), TensorView::new(dtype, shape, bytes).map_err(|e| e.to_string())?));
    }
    views.extend(initial.iter().map(|(name, view)| (format!("initial.{name}"), view)));
    safetensors::serialize(views, None).map_err(|e| e.to_string())
}
