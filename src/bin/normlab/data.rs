//! `normlab data`

use crate::runs::refused;
use crate::{Failure, Source, check_writable, write_file};
use clap::Args;
use normlab::choice::Choices;
use normlab::config::Config;
use normlab::config::fields;
use normlab::data::{Data, DataSet, Split};
use normlab::nn::model::Family;
use normlab::run::samples::Samples;
use normlab::state::pair::{Asked, Pair, Side};
use safetensors::Dtype;
use safetensors::tensor::TensorView;
use std::path::PathBuf;

#[derive(Args)]
pub struct Options {
    /// digits, spirals, circles, xor, gaussians, linear, shapes, recall or majority
    name: String,
    /// Where to: `x_train`, `x_val` (F32, one row per sample) and `y_train`, `y_val` (I64), as a run with
    /// these settings takes them: `x_val` shifted; with tune_at, also `x_tune` and `y_tune`. Of
    /// a regression, y are the targets (F32, one row per sample)
    #[arg(long, value_name = "FILE.safetensors")]
    out: PathBuf,
    #[command(flatten)]
    source: Source,
}

pub fn write(options: &Options) -> Result<(), Failure> {
    let Some(data) = Data::named(&options.name) else {
        let problem = fields::named("data").map(|f| f.problem(&options.name).to_string());
        return Err(Failure::Input(problem.into_iter().collect()));
    };
    let config = match options.source.read_onto(Some(Asked::One(Box::new(usual(data)?))))? {
        Asked::One(config) if config.data == data => config,
        Asked::One(config) => {
            let (first, second) = (data.choice().name, config.data.choice().name);
            let twice =
                format!("data: “{second}” is not possible here, because {first} was asked for; allowed: {first}");
            return Err(Failure::Input(vec![twice]));
        }
        Asked::Two(_) => {
            return Err(Failure::Input(vec!["a data set has no sides: leave out the a. and b. before keys".into()]));
        }
    };
    check_writable(&options.out)?;
    let Samples { set, tune } = Samples::<f32>::of(&config);
    let parts = [("train", Some(&set.train)), ("val", Some(&set.validation)), ("tune", tune.as_ref())];
    let present = parts.iter().filter_map(|(name, split)| Some((name, (*split)?)));
    let tensors: Vec<_> = present.flat_map(|(name, split)| tensors(name, split, &set)).collect();
    let views = tensors
        .iter()
        .map(|(name, dtype, shape, bytes)| Ok((name.as_str(), TensorView::new(*dtype, shape.clone(), bytes)?)))
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>();
    let bytes = views.and_then(|v| safetensors::serialize(v, None)).map_err(|e| Failure::System(e.to_string()))?;
    write_file(&options.out, &bytes)
}

/// What settings change: the default with that data, the loss that it takes and a family that reads it.
fn usual(data: Data) -> Result<Config, Failure> {
    let mut pair = Pair { a: Config::default(), b: Config::default() };
    let mut choose = |name: &str, value: &str| pair.choose(Side::Both, name, value).map(|_| pair.a);
    let config = choose("data", data.choice().name).map_err(|p| refused(vec![p]))?;
    if config.is_trainable() {
        return Ok(config);
    }
    choose("model", Family::Transformer.choice().name).map_err(|p| refused(vec![p]))
}

type Bytes = (String, Dtype, Vec<usize>, Vec<u8>);

fn tensors(name: &str, split: &Split<f32>, set: &DataSet<f32>) -> [Bytes; 2] {
    let x = split.x.iter().flat_map(|v| v.to_le_bytes()).collect();
    let y = match &set.targets {
        None => {
            let y = split.y.iter().flat_map(|&v| i64::from(v).to_le_bytes()).collect();
            (format!("y_{name}"), Dtype::I64, vec![split.len()], y)
        }
        Some(targets) => {
            let rows = split.y.iter().flat_map(|&i| &targets[i as usize * set.classes..][..set.classes]);
            let y = rows.flat_map(|v| v.to_le_bytes()).collect();
            (format!("y_{name}"), Dtype::F32, vec![split.len(), set.classes], y)
        }
    };
    [(format!("x_{name}"), Dtype::F32, vec![split.len(), set.features], x), y]
}
