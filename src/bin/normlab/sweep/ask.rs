//! Which sweep, and whether somebody wants to wait for it.

use crate::{Failure, Source};
use clap::Args;
use normlab::choice::Choices;
use normlab::config::{Config, Problem, fields};
use normlab::state::pair;
use normlab::sweep::plan::Plan;
use normlab::sweep::presets::Preset;
use normlab::sweep::spec::{MANY_CELLS, Spec, set_plan};
use normlab::sweep::trial::Trial;
use std::time::{Duration, Instant};

/// The settings of a sweep.
#[derive(Args)]
pub struct Asked {
    /// learning-rate, batch-size, depth or regularization; all else given here wins over it
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,
    #[command(flatten)]
    source: Source,
    /// From left to right: a setting and its values, such as lr=0.01,0.1,1 or lr=0.001..10*2 or depth=2..40+2
    #[arg(long, value_name = "FIELD=VALUES")]
    x: Option<String>,
    /// The other axis, written in the same way
    #[arg(long, value_name = "FIELD=VALUES")]
    y: Option<String>,
    /// Seeds in each place, from the setting `seed` on
    #[arg(long, value_name = "N")]
    seeds: Option<String>,
    /// Training steps of every cell
    #[arg(long, value_name = "N", conflicts_with = "epochs")]
    steps: Option<String>,
    /// Epochs of every cell
    #[arg(long, value_name = "N")]
    epochs: Option<String>,
    /// linear: the learning rate is multiplied by a cell's batch size over the setting `batch`; off: it is not
    #[arg(long, value_name = "off|linear")]
    scaling: Option<String>,
    /// A run has learned when its training loss is at most this share of the loss of guessing
    #[arg(long, value_name = "SHARE")]
    threshold: Option<String>,
}

impl Asked {
    /// The sweep that is asked for; none if nothing says which.
    pub fn spec(&self) -> Result<Option<Spec>, Failure> {
        if self.preset.is_none() && self.x.is_none() && self.y.is_none() {
            return Ok(None);
        }
        let mut problems = Vec::new();
        let preset = self.preset.as_deref().map(|name| {
            let all = || Preset::ALL.iter().map(|p| p.choice().name).collect::<Vec<_>>().join(", ");
            Preset::named(name).ok_or_else(|| Problem {
                field: "--preset".into(),
                value: normlab::config::shown(name),
                allowed: all(),
                ..Problem::default()
            })
        });
        let preset = preset.transpose().map_err(|problem| Failure::Input(vec![problem.to_string()]))?;
        if preset.is_none() && (self.x.is_none() || self.y.is_none()) {
            problems.push("a sweep has two axes: give both --x and --y, or a --preset".to_owned());
        }
        let (base, plans) = preset.map_or((&[] as _, &[] as _), Preset::settings);
        let mut plan = Plan::default();
        let budget = match (&self.steps, &self.epochs) {
            (Some(_), _) => Some("steps".to_owned()),
            (_, Some(_)) => Some("epochs".to_owned()),
            _ => None,
        };
        let amount = self.steps.clone().or_else(|| self.epochs.clone());
        let own = [
            ("--x", "sweep_x", self.x.clone()),
            ("--y", "sweep_y", self.y.clone()),
            ("--seeds", "sweep_seeds", self.seeds.clone()),
            ("--steps", "sweep_budget", budget),
            (if self.epochs.is_some() { "--epochs" } else { "--steps" }, "sweep_amount", amount),
            ("--scaling", "sweep_scaling", self.scaling.clone()),
            ("--threshold", "sweep_threshold", self.threshold.clone()),
        ];
        let given = plans.iter().map(|(name, text)| ("--preset", *name, (*text).to_owned()));
        let given = given.chain(own.into_iter().filter_map(|(option, name, text)| Some((option, name, text?))));
        for (option, name, text) in given {
            if let Err(problem) = set_plan(&mut plan, name, &text) {
                problems.push(Problem { field: option.into(), ..problem }.to_string());
            }
        }
        let mut usual = Config::default();
        for (name, text) in base {
            fields::set(&mut usual, name, text).map_err(|problem| Failure::Input(vec![problem.to_string()]))?;
        }
        let base = match self.source.read_unchecked(Some(pair::Asked::One(Box::new(usual)))) {
            Ok(pair::Asked::One(config)) => Some(*config),
            Ok(pair::Asked::Two(_)) => {
                problems.push("a sweep varies one run: leave out the a. and b. before keys".into());
                None
            }
            Err(Failure::Input(more)) => {
                problems.extend(more);
                None
            }
            Err(other) => return Err(other),
        };
        match base.filter(|_| problems.is_empty()) {
            None => Err(Failure::Input(problems)),
            Some(base) => match Spec::new(base, plan) {
                Ok(spec) => Ok(Some(spec)),
                Err(found) => Err(Failure::Input(found.into_iter().map(as_option).collect())),
            },
        }
    }
}

/// A problem under the name of the option that it is about.
fn as_option(problem: Problem) -> String {
    let field = problem.field.replace("sweep_", "--");
    Problem { field, ..problem }.to_string()
}

/// Asks back before very many cells, with the time that they would take.
pub fn about_time(spec: &Spec, todo: &[usize], jobs: usize) -> Result<(), Failure> {
    let mut cells = todo.iter().map(|&i| spec.cell(i));
    let Some((first, config)) = cells.find_map(|cell| Some((cell.steps, cell.config.ok()?))) else {
        return Ok(());
    };
    if todo.len() < MANY_CELLS {
        return Ok(());
    }
    let start = Instant::now();
    let trial = Trial::new(config, first, spec.plan.threshold)
        .map_err(|problems| Failure::Input(problems.iter().map(ToString::to_string).collect()))?;
    trial.finish();
    let one = start.elapsed();
    let all = one.mul_f64(todo.len() as f64 / jobs as f64);
    Err(Failure::Input(vec![format!(
        "{} cells would take about {} with {jobs} at a time (one took {:.2} s): add --yes to go ahead, or --shard to \
         train a part of them",
        todo.len(),
        words(all),
        one.as_secs_f64(),
    )]))
}

/// A time in words.
pub fn words(time: Duration) -> String {
    match time.as_secs() {
        s @ 0..120 => format!("{s} s"),
        s @ 120..7200 => format!("{} min", s / 60),
        s => format!("{} h", s / 3600),
    }
}
