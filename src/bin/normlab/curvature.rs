//! `normlab curvature`

use crate::printer::Printer;
use crate::runs::{header, sides, train, trained};
use crate::{Failure, Source};
use clap::Args;
use normlab::choice::Choices;
use normlab::probe::curvature::{Curvature, Plan};
use normlab::probe::landscape::Policy;
use normlab::run::twin::hessian;
use serde_json::json;

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    source: Source,
    /// Steps to train before
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(0..=10_000_000))]
    steps: u64,
    /// Leading eigenvalues to print, at either end
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=1000))]
    top: u64,
    /// Hessian products for each start vector
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=1000))]
    products: u64,
    /// Random start vectors: one is enough for eigenvalues, ten or more make a density
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1000))]
    vectors: u64,
    /// Training samples, at most, as one batch
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u64).range(2..=100_000))]
    samples: u64,
    /// Whose mean and variance standardize: batch or running
    #[arg(long, default_value = "batch")]
    stats: String,
}

/// Most numbers that the directions of one start vector may hold: two gigabytes.
const ROOM: usize = 1 << 28;

pub fn curvature(options: &Options) -> Result<(), Failure> {
    let policy = Policy::named(&options.stats).filter(|p| *p != Policy::Precise);
    let Some(policy) = policy else {
        let shown = normlab::config::shown(&options.stats);
        return Err(Failure::Input(vec![format!("--stats {shown}: allowed: batch, running")]));
    };
    let sides = sides(&options.source)?;
    let products = options.products as usize;
    let mut problems = Vec::new();
    for (_, config) in &sides {
        if config.is_trainable() {
            let n = config.architecture().build::<f64>().layout().params.len();
            if n * products > ROOM {
                let most = (ROOM / n).max(1);
                problems.push(format!("--products {products}: {n} parameters leave room for {most} at most"));
            }
        }
    }
    if !problems.is_empty() {
        return Err(Failure::Input(problems));
    }
    let mut out = Printer::new();
    for (side, config) in sides {
        let run = train(config, options.steps, |_| {})?;
        let hessian = hessian(&run, options.samples as usize, policy.statistics());
        let what = json!({
            "products": products,
            "vectors": options.vectors,
            "samples": hessian.samples(),
            "stats": policy.choice().name,
            "trained": trained(&run),
        });
        let mut line = header(side, "curvature", what, &config);
        let (parameters, top) = (hessian.len(), options.top as usize);
        let plan = Plan { steps: products, vectors: options.vectors as usize, seed: config.seed };
        let mut curvature = Curvature::new(hessian, plan);
        while curvature.step() {}
        let spectrum = curvature.spectrum();
        let pair = |e: &normlab::probe::curvature::Eigenvalue| json!([e.value, e.error]);
        line["spectrum"] = json!({
            "loss": curvature.loss(),
            "parameters": parameters,
            "largest": spectrum.eigenvalues.iter().take(top).map(pair).collect::<Vec<_>>(),
            "smallest": spectrum.eigenvalues.iter().rev().take(top).map(pair).collect::<Vec<_>>(),
            "gradient_share": spectrum.gradient_share.iter().take(top).collect::<Vec<_>>(),
            "edge": 2.0 / config.lr,
            "stability": spectrum.eigenvalues.first().map(|e| e.value * config.lr / 2.0),
            "trace": spectrum.trace,
            "quadrature": spectrum.quadrature,
        });
        out.print(&line)?;
    }
    out.finish()
}
