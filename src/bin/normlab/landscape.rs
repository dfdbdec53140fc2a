//! `normlab landscape`

use crate::printer::Printer;
use crate::runs::{header, refused, sides, train, trained};
use crate::{Failure, Source};
use clap::Args;
use normlab::choice::Choices;
use normlab::config::{Config, shown};
use normlab::nn::model::Architecture;
use normlab::nn::network::Workspace;
use normlab::nn::norm::Site;
use normlab::probe::landscape::{Cut, Policy, SAMPLES};
use normlab::run::Run;
use normlab::session::scan::{Scan, Through};
use serde_json::{Value, json};

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    source: Source,
    /// Steps to train before
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(0..=10_000_000))]
    steps: u64,
    /// Which plane: random, gradient, pca (of the path of training) or line (from A's end to B's; of one
    /// run, from its first weights to its last)
    #[arg(long, default_value = "random")]
    plane: String,
    /// Points on a side
    #[arg(long, default_value_t = 51, value_parser = clap::value_parser!(u64).range(2..=1001))]
    points: u64,
    /// Along the first direction alone
    #[arg(long)]
    slice: bool,
    /// Whose mean and variance standardize: batch, running or precise
    #[arg(long, default_value = "batch")]
    stats: String,
    /// Training samples on which the loss is measured, at most
    #[arg(long, default_value_t = SAMPLES as u64, value_parser = clap::value_parser!(u64).range(2..=100_000))]
    samples: u64,
    /// Of all points, those of part i of n, such as 2/8; all parts together are the whole
    #[arg(long, value_name = "I/N")]
    shard: Option<String>,
    /// json (lines) or csv (behind comments)
    #[arg(long, default_value = "json")]
    format: String,
}

/// Points of the path of training that its plane is made of, about.
const STATIONS: u64 = 100;

/// What was asked for, read.
struct Task {
    steps: u64,
    cut: Cut,
    points: usize,
    rows: usize,
    policy: Policy,
    samples: usize,
    /// Part i of n, from 1.
    shard: (usize, usize),
    csv: bool,
}

pub fn landscape(options: &Options) -> Result<(), Failure> {
    let task = Task::read(options)?;
    let sides = sides(&options.source)?;
    let mut out = Printer::new();
    match &sides[..] {
        [(_, a), (_, b)] if task.cut == Cut::Line => {
            let problems: Vec<_> = [a, b].iter().flat_map(|c| c.check()).collect();
            if !problems.is_empty() {
                return Err(refused(problems));
            }
            alike(a, b).map_err(|problem| Failure::Input(vec![problem]))?;
            let end = train(*b, task.steps, |_| {})?;
            task.survey(None, *a, Some(&end), &mut out)?;
        }
        _ => {
            for (side, config) in sides {
                task.survey(side, config, None, &mut out)?;
            }
        }
    }
    out.finish()
}

impl Task {
    fn read(options: &Options) -> Result<Task, Failure> {
        let mut problems = Vec::new();
        let cut = choice::<Cut>("--plane", &options.plane, &mut problems);
        let policy = choice::<Policy>("--stats", &options.stats, &mut problems);
        let shard = options.shard.as_deref().map_or(Some((1, 1)), part);
        if shard.is_none() {
            let text = shown(options.shard.as_deref().unwrap_or_default());
            problems.push(format!("--shard {text}: expected I/N with I from 1 to N, such as 2/8"));
        }
        if !matches!(options.format.as_str(), "json" | "csv") {
            problems.push(format!("--format {}: allowed: json, csv", shown(&options.format)));
        }
        match (cut, policy, shard) {
            (Some(cut), Some(policy), Some(shard)) if problems.is_empty() => Ok(Task {
                steps: options.steps,
                cut,
                points: options.points as usize,
                rows: if options.slice { 1 } else { options.points as usize },
                policy,
                samples: options.samples as usize,
                shard,
                csv: options.format == "csv",
            }),
            _ => Err(Failure::Input(problems)),
        }
    }

    /// Trains, places the plane and prints the losses of this part's points.
    fn survey(
        &self,
        side: Option<&str>,
        config: Config,
        b: Option<&Run<f32>>,
        out: &mut Printer,
    ) -> Result<(), Failure> {
        let every = (self.steps / STATIONS).max(1);
        let (mut first, mut path) = (Vec::new(), Vec::new());
        let run = train(config, self.steps, |run| {
            if self.cut == Cut::Principal && run.steps().is_multiple_of(every) {
                path.extend_from_slice(&run.state().params);
            }
            if self.cut == Cut::Line && run.steps() == 0 {
                first = run.state().values();
            }
        })?;
        // The line leads from A's end to B's; of one run, from its first weights to its last.
        let last = run.state().values();
        let (weights, more) = match (self.cut, b) {
            (Cut::Random, _) => (last, Vec::new()),
            (Cut::Gradient, _) => (last, gradient(&run)),
            (Cut::Principal, _) => (last, path),
            (Cut::Line, Some(b)) => (last, b.state().values()),
            (Cut::Line, None) => (first, last),
        };
        let mut scan = Scan::on(config, self.samples).map_err(refused)?;
        let through = Through { cut: self.cut, policy: self.policy, more: &more };
        let (mut plane, walked) = scan.plane(&weights, through).map_err(|e| {
            let whose = side.map(|side| format!("run {side}: ")).unwrap_or_default();
            Failure::Input(vec![format!("--plane {}: {whose}{e}", self.cut.choice().name)])
        })?;
        let (lengths, cosine) = plane.shape();
        let what = json!({
            "plane": self.cut.choice().name,
            "stats": self.policy.choice().name,
            "samples": scan.samples(),
            "points": self.points,
            "rows": self.rows,
            "bounds": plane.bounds(),
            "lengths": lengths,
            "cosine": cosine,
            "shard": [self.shard.0, self.shard.1],
            "explained": walked.as_ref().map(|p| p.explained),
            "path": walked.as_ref().map(|p| &p.points),
            "trained": trained(&run),
            "b": b.map(|b| json!({ "config": crate::runs::settings(b.config()), "trained": trained(b) })),
        });
        self.begin(out, side, header(side, "landscape", what, &config))?;
        for k in (self.shard.0 - 1..self.points * self.rows).step_by(self.shard.1) {
            if out.is_unread() {
                break;
            }
            let (a, row) = plane.place(k, self.points);
            let (b, losses) = match self.rows {
                1 => (0.0, scan.along(&mut plane, self.points, k..=k)),
                _ => (row, scan.losses(&mut plane, self.points, k..=k)),
            };
            for loss in losses {
                self.point(out, side, k, [a, b, loss])?;
            }
        }
        Ok(())
    }

    fn begin(&self, out: &mut Printer, side: Option<&str>, header: Value) -> Result<(), Failure> {
        if !self.csv {
            return out.print(&header);
        }
        out.print_text(&format!("# {header}"))?;
        out.print_text(if side.is_some() { "run,point,a,b,loss" } else { "point,a,b,loss" })
    }

    /// A loss that is not finite is null, or nothing at all.
    fn point(&self, out: &mut Printer, side: Option<&str>, k: usize, [a, b, loss]: [f64; 3]) -> Result<(), Failure> {
        if self.csv {
            let run = side.map(|side| format!("{side},")).unwrap_or_default();
            let loss = if loss.is_finite() { loss.to_string() } else { String::new() };
            return out.print_text(&format!("{run}{k},{a},{b},{loss}"));
        }
        let mut line = json!({ "point": k, "a": a, "b": b, "loss": loss });
        if let Some(side) = side {
            line["run"] = side.into();
        }
        out.print(&line)
    }
}

/// The gradient on the next mini-batch, as the next step will see it.
fn gradient(run: &Run<f32>) -> Vec<f32> {
    let (x, labels) = run.batch();
    let mut gradient = vec![0.0; run.state().params.len()];
    let mut work = Workspace::to_train(run.network(), run.config().batch);
    run.network().gradient(&run.next_pass(), x, labels, &mut work, &mut gradient, |_, _| {});
    gradient
}

fn choice<T: Choices>(option: &str, name: &str, problems: &mut Vec<String>) -> Option<T> {
    let found = T::named(name);
    if found.is_none() {
        let all: Vec<&str> = T::ALL.iter().map(|c| c.choice().name).collect();
        problems.push(format!("{option} {}: allowed: {}", shown(name), all.join(", ")));
    }
    found
}

/// Part i of n.
fn part(text: &str) -> Option<(usize, usize)> {
    let (i, n) = text.split_once('/')?;
    let (i, n) = (i.parse().ok()?, n.parse().ok()?);
    (1..=n).contains(&i).then_some((i, n))
}

/// Whether there is a line from one run's weights to the other's: the same network on the same data.
fn alike(a: &Config, b: &Config) -> Result<(), String> {
    // What changes no answer of a trained network.
    let plain = |config: &Config| {
        let plan = config.architecture();
        let site = Site {
            eps: plan.site.eps,
            affine: plan.site.affine,
            groups: plan.site.groups,
            ..Site::new(plan.site.shape, 1)
        };
        Architecture {
            dropout: 0.0,
            site: Site { tokens: plan.site.tokens, over_time: plan.site.over_time, power: plan.site.power, ..site },
            ..plan
        }
    };
    if plain(a) != plain(b) || a.data != b.data {
        return Err("--plane line: A and B must be the same network on the same data, so that there are weights \
                    between theirs; let them differ in seed, batch size or optimizer (unless norm is set for both, A \
                    has none and B has batch)"
            .into());
    }
    Ok(())
}
