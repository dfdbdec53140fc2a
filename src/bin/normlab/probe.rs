//! `normlab probe`

use crate::printer::Printer;
use crate::runs::{header, refused, sides, trained};
use crate::{Failure, Source};
use clap::Args;
use normlab::measure::{Form, MEASURES, Measure, named};
use normlab::measure::{Monitor, Settings};
use normlab::run::Run;
use serde_json::{Value, json};

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    source: Source,
    /// Steps to train
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(0..=10_000_000))]
    steps: u64,
    /// Steps between measurements; the first is before the first step
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    every: u64,
    /// What to measure, separated by commas: names from --list, or all
    #[arg(long, value_name = "NAMES")]
    probes: Option<String>,
    /// Step sizes along the gradient, spread over half to four learning rates
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u64).range(2..=64))]
    points: u64,
    /// Batches over which the noise of statistics is taken, at most
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u64).range(2..=1000))]
    batches: u64,
    /// Hessian products for the leading eigenvalues
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=200))]
    products: u64,
    /// Training samples for the Hessian, at most
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u64).range(2..=100_000))]
    samples: u64,
    /// Print the table of all measures and stop
    #[arg(long)]
    list: bool,
}

pub fn probe(options: &Options) -> Result<(), Failure> {
    if options.list {
        return crate::printer::table(&table());
    }
    let measures = chosen(options.probes.as_deref())?;
    let settings = Settings {
        every: options.every,
        points: options.points as usize,
        batches: options.batches as usize,
        products: options.products as usize,
        samples: options.samples as usize,
    };
    let mut out = Printer::new();
    for (side, config) in sides(&options.source)? {
        let mut run = Run::<f32>::new(config).map_err(refused)?;
        let mut monitor = Monitor::new(&run, measures.clone(), settings.clone());
        let what = json!({
            "steps": options.steps,
            "every": settings.every,
            "points": settings.points,
            "batches": settings.batches,
            "products": settings.products,
            "samples": settings.samples,
        });
        out.print(&header(side, "probe", what, &config))?;
        loop {
            // Where it diverged, once more: what is missing there is part of the record.
            let over = run.steps() == options.steps || run.divergence().is_some();
            if monitor.is_due(&run) || run.divergence().is_some() {
                for reading in monitor.measure(&run) {
                    out.print(&marked(reading.json(), side))?;
                }
            }
            if over || out.is_unread() {
                break;
            }
            run.step();
        }
        out.print(&marked(json!({ "end": trained(&run) }), side))?;
    }
    out.finish()
}

/// The line, with the side of a pair that it belongs to.
fn marked(mut line: Value, side: Option<&str>) -> Value {
    if let Some(side) = side {
        line["run"] = side.into();
    }
    line
}

fn chosen(names: Option<&str>) -> Result<Vec<&'static Measure>, Failure> {
    let names = match names {
        None => return Ok(Monitor::usual()),
        Some("all") => return Ok(MEASURES.iter().collect()),
        Some(names) => names.split(',').map(str::trim),
    };
    let (mut measures, mut problems) = (Vec::new(), Vec::new());
    for name in names {
        match named(name) {
            Some(measure) => measures.push(measure),
            None => {
                let all: Vec<&str> = MEASURES.iter().map(|m| m.name).collect();
                let shown = normlab::config::shown(name);
                problems.push(format!("--probes: there is no “{shown}”; there are all, {}", all.join(", ")));
            }
        }
    }
    if problems.is_empty() { Ok(measures) } else { Err(Failure::Input(problems)) }
}

/// The table of measures as Markdown.
fn table() -> String {
    let mut text = String::from("| name | unit | for each | usual | meaning | how |\n|---|---|---|---|---|---|\n");
    for measure in MEASURES {
        let each = match measure.form {
            Form::Number => "run",
            Form::Range => "run, from–to",
            Form::Layers => "layer",
            Form::Density => "run, as a density",
        };
        let usual = if measure.usual { "yes" } else { "" };
        let Measure { name, unit, help, how, .. } = measure;
        text.push_str(&format!("| `{name}` | {unit} | {each} | {usual} | {help} | {how} |\n"));
    }
    text
}
