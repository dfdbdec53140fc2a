//! A sweep's charts and words: always all seeds that are known so far.

mod charts;
mod words;

pub use charts::{grid, profiles};
pub use words::{LEGEND, base, caption, finding, reading, table};

use super::names;
use crate::chart::Mark;
use crate::chart::columns::Columns;
use crate::chart::number::{percent, short};
use crate::choice::Choices;
use crate::config::Config;
use crate::config::field::{Field, Kind};
use crate::config::fields;
use crate::nn::norm::Norm;
use crate::sweep::axis::Axis;
use crate::sweep::plan::Metric;
use crate::sweep::spec::Spec;

/// The field that an axis steps through.
fn field(axis: &Axis) -> Option<&'static Field<Config>> {
    fields::named(axis.field)
}

/// A value of an axis in a word: a choice's label, a fraction in three digits.
fn value(axis: &Axis, i: usize) -> String {
    let text = axis.values.get(i).cloned().unwrap_or_default();
    match field(axis).map(|f| f.kind) {
        Some(Kind::Choice(_)) if axis.field == "norm" => {
            Norm::named(&text).map_or(text, |norm| names::norm(norm).to_owned())
        }
        Some(Kind::Choice(all)) => all().iter().find(|c| c.name == text).map_or(text, |c| c.label.into()),
        Some(Kind::Real { .. }) => text.parse().map_or(text, digits),
        _ => text,
    }
}

/// Three digits, without zeros at their end.
fn digits(value: f64) -> String {
    let text = short(value);
    match text.contains('.') && !text.contains('·') {
        true => text.trim_end_matches('0').trim_end_matches('.').into(),
        false => text,
    }
}

/// A place of an axis in a sentence: `learning rate 0.5`; a normalization by its name alone.
fn place(axis: &Axis, i: usize) -> String {
    match (axis.field, field(axis)) {
        ("norm", _) | (_, None) => value(axis, i),
        (_, Some(field)) => format!("{} {}", names::label(field), value(axis, i)),
    }
}

fn columns(axis: &Axis) -> Columns {
    Columns {
        name: field(axis).map(names::label).unwrap_or_default(),
        labels: (0..axis.values.len()).map(|i| value(axis, i)).collect(),
    }
}

/// A row's colours: those of its normalization, where that is what the rows differ in.
fn mark(spec: &Spec, row: usize) -> Mark {
    let axis = &spec.plan.y;
    match axis.field {
        "norm" => Norm::named(&axis.values[row]).map_or(Mark::NEUTRAL, |norm| norm.card().mark),
        _ => Mark::nth(row, axis.values.len()),
    }
}

/// Whether a metric is a share.
fn is_share(metric: Metric) -> bool {
    use Metric::{Diverged, Learned, ValAccuracy, ValAccuracyBatch, ValAccuracyPrecise};
    matches!(metric, ValAccuracy | ValAccuracyBatch | ValAccuracyPrecise | Learned | Diverged)
}

/// A metric's value in words.
fn written(metric: Metric, value: f64) -> String {
    match metric {
        Metric::StepsTo => format!("{value:.0}"),
        _ if is_share(metric) => percent(value),
        _ => short(value),
    }
}

/// A metric within a sentence.
fn name(metric: Metric) -> String {
    metric.choice().label.to_lowercase()
}
