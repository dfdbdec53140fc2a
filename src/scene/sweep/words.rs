//! What is said of a sweep: of a place, of the whole, and how it was measured.

use super::{field, mark, name, place, value, written};
use crate::chart::{Reading, Table};
use crate::choice::Choices;
use crate::config::Config;
use crate::config::field::Kind;
use crate::config::fields::{self, FIELDS};
use crate::scene::names;
use crate::sweep::grid::{Place, last_learned};
use crate::sweep::plan::{Budget, Metric, Scaling};
use crate::sweep::record::Record;
use crate::sweep::spec::Spec;

/// A place's value with its spread, or why there is none.
fn said(record: &Record, metric: Metric, place: &Place) -> String {
    let seeds = record.spec().plan.seeds;
    let mut words = match (place.mean(), place.range()) {
        _ if place.impossible.is_some() => return "cannot be trained".into(),
        (Some(mean), Some((least, most))) if least < most => {
            format!("{} ({} to {})", written(metric, mean), written(metric, least), written(metric, most))
        }
        (Some(mean), _) => written(metric, mean),
        (None, _) if place.done == 0 => return "not trained yet".into(),
        (None, _) if place.diverged == place.done => String::new(),
        (None, _) => "no value".into(),
    };
    if place.diverged > 0 && metric != Metric::Diverged {
        let count = if seeds == 1 { "diverged".into() } else { format!("{} of {seeds} diverged", place.diverged) };
        words = if words.is_empty() { count } else { format!("{words}; {count}") };
    }
    if place.done < seeds {
        words.push_str(&format!("; {} of {seeds} seeds done", place.done));
    }
    words
}

/// What stands at a column: of one row, or of all.
pub fn reading(record: &Record, metric: Metric, x: usize, y: Option<usize>) -> Reading {
    let (spec, plan) = (record.spec(), &record.spec().plan);
    let rows: Vec<usize> = y.map_or_else(|| (0..spec.size().1).collect(), |y| vec![y]);
    let mut reading = Reading { title: place(&plan.x, x), ..Reading::default() };
    for y in rows {
        let here = Place::of(record, metric, x, y);
        let words = said(record, metric, &here);
        reading.rows.push((place(&plan.y, y), words, Some(mark(spec, y))));
        if let Some(reason) = here.impossible {
            reading.rows.push((reason, String::new(), None));
        }
    }
    reading
}

/// All means and spreads: a row for each place of the horizontal axis.
pub fn table(record: &Record, metric: Metric) -> Table {
    let (plan, (across, up)) = (&record.spec().plan, record.spec().size());
    let mut head = vec![field(&plan.x).map(names::label).unwrap_or_default()];
    head.extend((0..up).map(|y| place(&plan.y, y)));
    let row = |x: usize| {
        let cells = (0..up).map(|y| said(record, metric, &Place::of(record, metric, x, y)));
        std::iter::once(value(&plan.x, x)).chain(cells).collect()
    };
    let every = crate::chart::thin(across);
    Table { head, rows: (0..across).step_by(every).map(row).collect() }
}

/// How the map is to be read.
pub const LEGEND: &str = "The same means, a tile for each pair of values. A cross: diverged, a small one: some seeds \
                          did. Hatched: cannot be trained. A click opens a tile as a run in the lab.";

/// How all of it was measured.
pub fn caption(spec: &Spec, metric: Metric) -> String {
    let plan = &spec.plan;
    let what = metric.choice().help.trim_end_matches('.');
    let budget = match plan.budget {
        Budget::Steps => format!("{} steps each", plan.amount),
        Budget::Epochs if plan.amount == 1 => "an epoch each, whatever the steps that takes".into(),
        Budget::Epochs => format!("{} epochs each, whatever the steps that takes", plan.amount),
    };
    let seeds = match plan.seeds {
        1 => format!("seed {}", spec.base.seed),
        n => format!("mean over {n} seeds, with the least and the greatest"),
    };
    let scaled = match plan.scaling {
        Scaling::Off => String::new(),
        Scaling::Linear => {
            let base = &spec.base;
            format!("; learning rate {}·batch/{}", fields::get(base, "lr").unwrap_or_default(), base.batch)
        }
    };
    format!("{}: {}. {}; {seeds}{scaled}.", names::capital(&name(metric)), lower(what), names::capital(&budget))
}

/// What the cells share besides: the settings that make a difference and that no axis has.
pub fn base(spec: &Spec) -> String {
    let taken = |name: &str| {
        let scaled = spec.plan.scaling == Scaling::Linear && name == "lr";
        name == spec.plan.x.field || name == spec.plan.y.field || scaled || name == "seed"
    };
    let default = Config::default();
    let always = ["data", "model", "depth", "width", "batch", "lr", "optimizer", "init", "norm"];
    let said = |f: &&crate::config::field::Field<Config>| {
        let changed = f.get(&spec.base) != f.get(&default);
        !taken(f.name) && (f.relevant)(&spec.base) && (changed || always.contains(&f.name))
    };
    let word = |f: &crate::config::field::Field<Config>| match f.kind {
        Kind::Choice(_) if f.name == "norm" => names::norm(spec.base.norm).to_owned(),
        _ => names::setting(f, &spec.base),
    };
    FIELDS.iter().filter(said).map(word).collect::<Vec<_>>().join(", ")
}

/// What the sweep says, in a sentence; empty before there is anything to say. Where the horizontal axis
/// grows, it is the largest value with which every seed learned; else the best place.
pub fn finding(record: &Record, metric: Metric) -> String {
    let (spec, plan) = (record.spec(), &record.spec().plan);
    let (across, up) = spec.size();
    let numbers: Vec<f64> = plan.x.values.iter().filter_map(|v| v.parse().ok()).collect();
    let grows = numbers.len() == across && across > 1 && numbers.windows(2).all(|w| w[0] < w[1]);
    let label = field(&plan.x).map(names::label).unwrap_or_default();
    if grows && matches!(metric, Metric::TrainLoss | Metric::Learned | Metric::Diverged | Metric::StepsTo) {
        let known = |y: usize| {
            (0..across).all(|x| {
                let place = Place::of(record, metric, x, y);
                place.impossible.is_some() || place.done == plan.seeds
            })
        };
        let words = (0..up).filter(|&y| known(y)).map(|y| {
            let last = last_learned(record, y).map_or_else(|| "none".into(), |x| value(&plan.x, x));
            format!("{} {last}", place(&plan.y, y))
        });
        let words: Vec<String> = words.collect();
        if words.is_empty() {
            return String::new();
        }
        let seeds = if plan.seeds == 1 { "the seed" } else { "every seed" };
        let limit = crate::config::field::number(plan.threshold);
        return format!(
            "Largest {label} with which {seeds} learned: {}. Learned means a training loss of at most {limit} times that of guessing.",
            names::list(&words)
        );
    }
    let lower_is_better = !matches!(
        metric,
        Metric::ValAccuracy | Metric::ValAccuracyBatch | Metric::ValAccuracyPrecise | Metric::Learned
    );
    let sign = if lower_is_better { 1.0 } else { -1.0 };
    let best = |y: usize| {
        let places = (0..across).filter_map(|x| {
            let place = Place::of(record, metric, x, y);
            place.mean().filter(|_| place.done == plan.seeds && place.diverged == 0).map(|mean| (x, mean))
        });
        places.min_by(|a, b| (sign * a.1).total_cmp(&(sign * b.1)))
    };
    let words: Vec<String> = (0..up)
        .filter_map(|y| {
            best(y).map(|(x, mean)| format!("{} {} at {}", place(&plan.y, y), written(metric, mean), value(&plan.x, x)))
        })
        .collect();
    if words.is_empty() { String::new() } else { format!("Best {} by {label}: {}.", name(metric), names::list(&words)) }
}

/// With a small letter at its beginning, unless it is a name.
fn lower(words: &str) -> String {
    if words.starts_with("BatchNorm") {
        return words.into();
    }
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}
