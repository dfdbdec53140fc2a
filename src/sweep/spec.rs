//! What a sweep is asked to do.

use crate::config::fields::{self, FIELDS};
use crate::config::{Config, Problem, shown};
use crate::sweep::axis::Axis;
use crate::sweep::cell::Cell;
use crate::sweep::plan::{Budget, PLAN, Plan, Scaling};
use serde_json::{Map, Value, json};

/// The base configuration, and the plan that varies it.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// What all cells share, but for the two fields of the axes, the seed and, if asked for, the learning
    /// rate. Its seed is the first one.
    pub base: Config,
    /// The axes, the seeds, and how long each cell trains.
    pub plan: Plan,
}

/// Most cells of a sweep.
pub const MOST_CELLS: usize = 1_000_000;

/// Cells from which on it is worth asking whether somebody wants to wait for them.
pub const MANY_CELLS: usize = 10_000;

impl Spec {
    /// A sweep, if it is one.
    ///
    /// # Errors
    /// Both axes over one field, seeds beyond the last there is, more than [`MOST_CELLS`] cells. Cells that
    /// cannot be trained are no error: see [`Cell::config`].
    pub fn new(base: Config, plan: Plan) -> Result<Spec, Vec<Problem>> {
        let problem = |field: &str, value: String, allowed: String, reason: &str| Problem {
            field: field.into(),
            value,
            allowed,
            reason: reason.into(),
            ..Problem::default()
        };
        let mut problems = Vec::new();
        let Axis { field, .. } = plan.y;
        if plan.x.field == field {
            problems.push(problem("sweep_y", field.into(), "any other setting".into(), "the other axis has it"));
        }
        let (first, left) = (base.seed, u32::MAX - base.seed);
        if plan.seeds - 1 > left as usize {
            let allowed = format!("at most {}", u64::from(left) + 1);
            problems.push(problem(
                "sweep_seeds",
                plan.seeds.to_string(),
                allowed,
                &format!("the first seed is {first}"),
            ));
        }
        let cells = plan.x.values.len().saturating_mul(plan.y.values.len()).saturating_mul(plan.seeds);
        if cells > MOST_CELLS {
            let reason = "all seeds of both axes are more than a million cells";
            problems.push(problem("sweep_x", format!("{cells} cells"), "fewer values or seeds".into(), reason));
        }
        if problems.is_empty() { Ok(Spec { base, plan }) } else { Err(problems) }
    }

    /// Places in the grid: across and up.
    pub fn size(&self) -> (usize, usize) {
        (self.plan.x.values.len(), self.plan.y.values.len())
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        let (across, up) = self.size();
        across * up * self.plan.seeds
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The cell of that number. The first seed of all places comes first, row by row: a picture of the whole
    /// is there after a fraction of the work.
    pub fn cell(&self, index: usize) -> Cell {
        let (across, up) = self.size();
        let (x, y, round) = (index % across, index / across % up, index / (across * up));
        let seed = self.base.seed.saturating_add(round as u32);
        let config = self.config(x, y, seed);
        let steps = config.as_ref().map_or(0, |config| self.steps(config));
        Cell { index, x, y, seed, steps, config }
    }

    /// The configuration in a place of the grid.
    ///
    /// # Errors
    /// Why it cannot be trained.
    fn config(&self, x: usize, y: usize, seed: u32) -> Result<Config, Vec<Problem>> {
        let mut config = Config { seed, ..self.base };
        for (axis, i) in [(&self.plan.x, x), (&self.plan.y, y)] {
            fields::set(&mut config, axis.field, &axis.values[i]).map_err(|problem| vec![problem])?;
        }
        if self.plan.scaling == Scaling::Linear {
            let lr = config.lr * config.batch as f64 / self.base.batch as f64;
            let text = crate::config::field::number(lr);
            fields::set(&mut config, "lr", &text).map_err(|problem| vec![problem])?;
        }
        let problems = config.check();
        if problems.is_empty() { Ok(config) } else { Err(problems) }
    }

    /// Training steps of a cell. An epoch has as many as there are whole batches.
    fn steps(&self, config: &Config) -> u64 {
        let per = match self.plan.budget {
            Budget::Steps => 1,
            Budget::Epochs => config.train_len() / config.batch,
        };
        (self.plan.amount * per) as u64
    }

    /// Everything about it as JSON: `base` has all fields of a run, `plan` all of [`PLAN`].
    pub fn json(&self) -> Value {
        let base = FIELDS.iter().map(|f| (f.name.to_owned(), Value::String(f.get(&self.base))));
        let plan = PLAN.iter().map(|f| (f.name.to_owned(), Value::String(f.get(&self.plan))));
        json!({ "base": Map::from_iter(base), "plan": Map::from_iter(plan) })
    }

    /// Reads [`Spec::json`].
    ///
    /// # Errors
    /// Everything that cannot be read.
    pub fn from_json(value: &Value) -> Result<Spec, Vec<Problem>> {
        let (mut base, mut plan) = (Config::default(), Plan::default());
        let mut problems = Vec::new();
        for (part, mut set) in [
            ("base", Box::new(|k: &str, v: &str| fields::set(&mut base, k, v)) as Box<dyn FnMut(&str, &str) -> _>),
            ("plan", Box::new(|k: &str, v: &str| set_plan(&mut plan, k, v))),
        ] {
            let Some(Value::Object(entries)) = value.get(part) else {
                problems.push(missing(part));
                continue;
            };
            for (key, value) in entries {
                problems.extend(value.as_str().map_or_else(|| Some(missing(key)), |text| set(key, text).err()));
            }
        }
        if problems.is_empty() { Spec::new(base, plan) } else { Err(problems) }
    }
}

/// Reads a field of a plan; on a problem, `plan` stays as it was.
///
/// # Errors
/// What is wrong with the value, or that there is no such field.
pub fn set_plan(plan: &mut Plan, name: &str, text: &str) -> Result<(), Problem> {
    match PLAN.iter().find(|f| f.name == name) {
        Some(field) => field.set(plan, text),
        None => Err(missing(name)),
    }
}

fn missing(name: &str) -> Problem {
    Problem {
        field: shown(name),
        value: String::new(),
        allowed: "the settings of a sweep, as a sweep writes them".into(),
        reason: "this is not one of them".into(),
        ..Problem::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::norm::Norm;

    fn spec(base: Config, sets: &[(&str, &str)]) -> Spec {
        let mut plan = Plan::default();
        sets.iter().for_each(|(name, text)| set_plan(&mut plan, name, text).unwrap());
        Spec::new(base, plan).unwrap()
    }

    #[test]
    fn every_place_has_every_seed_once_and_the_first_seed_comes_first() {
        let base = Config { seed: 7, ..Config::default() };
        let spec = spec(base, &[("sweep_x", "depth=1..3"), ("sweep_y", "norm=none,layer"), ("sweep_seeds", "2")]);
        assert_eq!((spec.size(), spec.len()), ((3, 2), 12));
        let cells: Vec<Cell> = (0..12).map(|i| spec.cell(i)).collect();
        let places: Vec<(usize, usize, u32)> = cells.iter().map(|c| (c.x, c.y, c.seed)).collect();
        assert_eq!(places[..4], [(0, 0, 7), (1, 0, 7), (2, 0, 7), (0, 1, 7)]);
        assert_eq!(places[6..].iter().map(|p| p.2).collect::<Vec<_>>(), [8; 6]);
        for cell in cells {
            let want = Config { depth: cell.x + 1, norm: [Norm::None, Norm::Layer][cell.y], seed: cell.seed, ..base };
            assert_eq!(cell.config, Ok(want));
            assert_eq!(cell.steps, 150);
        }
    }

    #[test]
    fn equal_epochs_take_as_many_steps_as_there_are_whole_batches() {
        let sets = [("sweep_x", "batch=2,32,500"), ("sweep_budget", "epochs"), ("sweep_amount", "6")];
        let spec = spec(Config::default(), &sets);
        // 1437 samples: 718, 44 and 2 whole batches.
        assert_eq!((0..3).map(|i| spec.cell(i).steps).collect::<Vec<_>>(), [6 * 718, 6 * 44, 12]);
    }

    #[test]
    fn the_learning_rate_follows_the_batch_size_if_asked_to() {
        let sets = [("sweep_x", "batch=2,32,64"), ("sweep_y", "lr=0.1,0.4"), ("sweep_scaling", "linear")];
        let spec = spec(Config { batch: 32, ..Config::default() }, &sets);
        let rates: Vec<f64> = (0..6).map(|i| spec.cell(i).config.unwrap().lr).collect();
        assert_eq!(rates, [0.00625, 0.1, 0.2, 0.025, 0.4, 0.8]);
    }

    #[test]
    fn impossible_places_have_their_reason_and_the_rest_is_there() {
        let spec = spec(Config::default(), &[("sweep_x", "batch=1,2"), ("sweep_y", "norm=none,batch")]);
        let possible: Vec<bool> = (0..4).map(|i| spec.cell(i).config.is_ok()).collect();
        assert_eq!(possible, [true, true, false, true]);
        assert!(spec.cell(2).config.unwrap_err()[0].reason.contains("BatchNorm"));
        let beyond = [("sweep_x", "batch=32,512"), ("sweep_y", "lr=1,50"), ("sweep_scaling", "linear")];
        let spec = self::spec(Config::default(), &beyond);
        assert_eq!(spec.cell(3).config.unwrap_err()[0].field, "lr");
    }

    #[test]
    fn what_is_no_sweep_is_refused() {
        let refused = |base: Config, sets: &[(&str, &str)]| {
            let mut plan = Plan::default();
            sets.iter().for_each(|(name, text)| set_plan(&mut plan, name, text).unwrap());
            Spec::new(base, plan).unwrap_err().into_iter().map(|p| p.field).collect::<Vec<_>>()
        };
        assert_eq!(refused(Config::default(), &[("sweep_x", "norm=none,batch")]), ["sweep_y"]);
        assert_eq!(refused(Config { seed: u32::MAX - 1, ..Config::default() }, &[]), ["sweep_seeds"]);
        let large = [("sweep_x", "freeze=1..500"), ("sweep_y", "tune_at=1..500"), ("sweep_seeds", "5")];
        assert_eq!(refused(Config::default(), &large), ["sweep_x"]);
    }

    #[test]
    fn it_crosses_as_json() {
        let sets = [("sweep_x", "batch=2..32*2"), ("sweep_threshold", "0.25"), ("sweep_budget", "epochs")];
        let spec = spec(Config { lr: 0.3, eps: Some(0.0), ..Config::default() }, &sets);
        assert_eq!(Spec::from_json(&spec.json()), Ok(spec));
        assert_eq!(Spec::from_json(&json!({})).unwrap_err().len(), 2);
        let wrong = json!({ "base": { "depth": 5, "lr": "x" }, "plan": { "sweep_z": "1" } });
        assert_eq!(Spec::from_json(&wrong).unwrap_err().len(), 3);
    }
}
