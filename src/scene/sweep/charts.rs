//! The map and the lines of a sweep.

use super::{columns, is_share, mark, name, value, written};
use crate::chart::axis::Axis;
use crate::chart::grid::{Grid, Tile};
use crate::chart::profiles::Profiles;
use crate::sweep::grid::{Place, places};
use crate::sweep::plan::Metric;
use crate::sweep::record::Record;

/// From the least loss on, the factor up to which losses have a place on the scale: beyond it they are all
/// equally bad.
const SPAN: f64 = 1000.0;

/// One scale for both charts.
fn scale(metric: Metric, values: &[f64]) -> Axis {
    if is_share(metric) {
        return Axis::linear(0.0, 1.0);
    }
    let least = values.iter().copied().filter(|v| v.is_finite()).fold(f64::INFINITY, f64::min).clamp(1e-6, 1e300);
    let most = least * SPAN;
    Axis::around(values.iter().map(|v| v.clamp(least, most)), true, 4.0)
}

/// Every seed's value, from which both charts have their scale.
fn all_values(places: &[Place]) -> Vec<f64> {
    places.iter().flat_map(|p| p.values.iter().copied()).collect()
}

/// Whether all seeds that are known have diverged.
fn all_diverged(place: &Place) -> bool {
    place.done > 0 && place.diverged == place.done
}

/// The heat map.
pub fn grid(record: &Record, metric: Metric) -> Grid {
    let places = places(record, metric);
    // Of diverged runs a share says it all; any other number would say nothing.
    let plain = matches!(metric, Metric::Diverged | Metric::Learned);
    let tile = |place: &Place| match place.mean() {
        _ if place.impossible.is_some() => Tile::Impossible,
        _ if all_diverged(place) && !plain => Tile::Diverged,
        Some(mean) => Tile::Value(mean, written(metric, mean), place.diverged > 0 && !plain),
        None if place.done > 0 => Tile::Absent,
        None => Tile::Pending,
    };
    let plan = &record.spec().plan;
    Grid {
        columns: columns(&plan.x),
        rows: columns(&plan.y),
        tiles: places.iter().map(tile).collect(),
        scale: scale(metric, &all_values(&places)),
        percent: is_share(metric),
    }
}

/// A line for each row, with a band over its seeds.
pub fn profiles(record: &Record, metric: Metric) -> Profiles {
    let places = places(record, metric);
    let (spec, plan) = (record.spec(), &record.spec().plan);
    let plain = matches!(metric, Metric::Diverged | Metric::Learned);
    let rows = || places.chunks(spec.size().0).enumerate();
    let shown = |p: &Place| !all_diverged(p) || plain;
    let line = |(y, row): (usize, &[Place])| {
        let values: Vec<Option<f64>> = row.iter().map(|p| p.mean().filter(|_| shown(p))).collect();
        let ranges: Vec<Option<(f64, f64)>> = row.iter().map(|p| p.range().filter(|_| shown(p))).collect();
        Profiles::line(value(&plan.y, y), mark(spec, y), &values, &ranges)
    };
    let crossed = |row: &[Place]| row.iter().enumerate().filter(|(_, p)| p.diverged > 0).map(|(x, _)| x).collect();
    Profiles {
        columns: columns(&plan.x),
        y_name: name(metric),
        y: scale(metric, &all_values(&places)),
        percent: is_share(metric),
        lines: rows().map(line).collect(),
        diverged: rows().map(|(_, row)| if plain { Vec::new() } else { crossed(row) }).collect(),
    }
}
