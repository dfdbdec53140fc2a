//! `normlab run`

use crate::presets;
use crate::printer::Printer;
use crate::runs::{refused, settings};
use crate::{Failure, Source, check_writable, read_file, write_file};
use clap::Args;
use normlab::config::Config;
use normlab::nn::init::State;
use normlab::run::Run;
use normlab::run::progress::Progress;
use normlab::run::summary::Summary;
use normlab::run::weights;
use normlab::state::pair::Asked;
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Args)]
pub struct Options {
    /// Start from one of the pairs that `normlab presets` lists; settings change it
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,
    #[command(flatten)]
    source: Source,
    /// Steps to train: 1000, or as many as the preset says
    #[arg(long, value_parser = clap::value_parser!(u64).range(0..=10_000_000))]
    steps: Option<u64>,
    /// Start from these weights instead of drawing them
    #[arg(long, value_name = "FILE.safetensors")]
    load: Option<PathBuf>,
    /// Write the weights before the first step
    #[arg(long, value_name = "FILE.safetensors")]
    initial: Option<PathBuf>,
    /// Write the weights after the last step
    #[arg(long, value_name = "FILE.safetensors")]
    save: Option<PathBuf>,
    /// Write each step's sample indices into the training split, a list of lists; from tune_at on, they
    /// are indices into the samples for fine-tuning
    #[arg(long, value_name = "FILE.json")]
    batches: Option<PathBuf>,
    /// Print the summary alone
    #[arg(long)]
    quiet: bool,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let page = options.preset.as_deref().map(presets::page).transpose()?;
    let steps = options.steps.unwrap_or_else(|| page.clone().unwrap_or_default().view.steps as u64);
    let asked = options.source.read_onto(page.map(|p| Asked::Two(Box::new(p.pair))))?;
    let files = [&options.load, &options.initial, &options.save, &options.batches];
    if matches!(asked, Asked::Two(_)) && files.iter().any(|f| f.is_some()) {
        return Err(Failure::Input(vec![
            "--load, --initial, --save and --batches go with one run, not with a pair: leave out the settings that \
             begin with a. or b., and --preset"
                .into(),
        ]));
    }
    let outputs: Vec<_> = [&options.initial, &options.save, &options.batches].into_iter().flatten().collect();
    for (i, path) in outputs.iter().enumerate() {
        if outputs[..i].contains(path) {
            return Err(Failure::Input(vec![format!("{}: named twice", path.display())]));
        }
        check_writable(path)?;
    }
    let mut out = Printer::new();
    match asked {
        Asked::One(config) => {
            let summary = one(options, steps, *config, None, &mut out)?;
            out.print(&json!({ "summary": summary }))?;
        }
        Asked::Two(pair) => {
            let a = one(options, steps, pair.a, Some("a"), &mut out)?;
            let b = one(options, steps, pair.b, Some("b"), &mut out)?;
            out.print(&json!({ "summary": { "a": a, "b": b } }))?;
        }
    }
    out.finish()
}

/// Trains one run; `side` marks its lines in a pair.
fn one(options: &Options, steps: u64, config: Config, side: Option<&str>, out: &mut Printer) -> Result<Value, Failure> {
    let mut run = Run::<f32>::new(config).map_err(refused)?;
    if let Some(path) = &options.load {
        let loaded = weights::load(run.network().layout(), &read_file(path)?)
            .map_err(|sentence| Failure::Input(vec![format!("{}: {sentence}", path.display())]))?;
        if let Some(note) = loaded.note {
            eprintln!("normlab: {}: {note}", path.display());
        }
        run.start_from(loaded.state);
    }
    if let Some(path) = &options.initial {
        write_file(path, &weight_bytes(&run, run.state())?)?;
    }
    let mut progress = Progress::default();
    let mut batches = Vec::new();
    let files = options.save.is_some() || options.batches.is_some();
    // Where nobody reads any more, only a file is worth the rest of the run.
    while run.steps() < steps && run.divergence().is_none() && (files || !out.is_unread()) {
        if options.batches.is_some() {
            batches.push(json!(run.indices()));
        }
        let score = run.step();
        progress.push(&score);
        if !options.quiet {
            let mut line = json!({ "step": run.steps(), "train_loss": score.loss });
            if let (Some(side), Some(line)) = (side, line.as_object_mut()) {
                line.insert("run".into(), side.into());
            }
            out.print(&line)?;
        }
    }
    if let Some(path) = &options.save {
        write_file(path, &weight_bytes(&run, run.state())?)?;
    }
    if let Some(path) = &options.batches {
        write_file(path, Value::Array(batches).to_string().as_bytes())?;
    }
    let mut summary = Summary::of(&run, &progress).json().clone();
    if let Some(summary) = summary.as_object_mut() {
        summary.insert("config".into(), settings(run.config()));
    }
    Ok(summary)
}

fn weight_bytes(run: &Run<f32>, state: &State<f32>) -> Result<Vec<u8>, Failure> {
    weights::save(run.network().layout(), state).map_err(Failure::System)
}
