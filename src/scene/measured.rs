//! What has been measured of both runs: over the steps, and by layer.

use super::placed::placed;
use super::{Scene, curves, how as words, names};
use crate::chart::axis::{Axis, round_up};
use crate::chart::curves::{Curves, Line, Weight};
use crate::chart::density::Density;
use crate::chart::stems::{Stem, Stems};
use crate::chart::{Chart, Mark};
use crate::edition::Edition;
use crate::measure::records::{Point, Record};
use crate::measure::{Form, Measure, Reference, SHARE};
use crate::state::pair::Side;
use crate::state::view::View;

/// Values this many times smaller than the largest are off a logarithmic scale.
const DEPTH: f64 = 1e8;

/// In place of a chart that this edition cannot draw.
const LOADING: &str = "The part of the lab that measures this is on its way …";

/// Before the first measurement.
const MEASURING: &str = "Measuring …";

/// Where there is nothing to be measured.
const NOTHING: &str = "There is nothing of this to measure here";

const SIDES: [Side; 2] = [Side::A, Side::B];

/// Whether there is anything to measure in a run.
pub(super) fn applies(scene: &Scene, side: Side, measure: &Measure) -> bool {
    (measure.relevant)(scene.config(side))
}

/// How it is measured in those runs: with what their settings make of it.
pub(super) fn how(scene: &Scene, sides: &[Side], measure: &Measure) -> String {
    let mut words = measure.how.to_owned();
    for &side in sides {
        let config = scene.config(side);
        let shift = words::shift(config);
        let more = if measure.validates && !shift.is_empty() {
            format!("inputs are shifted: {shift}")
        } else if measure.how.contains("training mode") && config.freeze > 0 && config.norm.has_running_statistics() {
            format!("statistics are frozen from step {} on", config.freeze)
        } else {
            continue;
        };
        words.push_str(&format!(" {}'s {more}.", names::letter(side)));
    }
    words
}

/// What is known of a measure of one run.
pub(super) fn record<'a>(scene: &'a Scene, side: Side, name: &str) -> Option<&'a Record> {
    scene.frame(side)?.records.iter().find(|r| r.name == name)
}

/// Why there is nothing to draw of these runs, if there is not.
fn lack(scene: &Scene, sides: &[Side], measure: &Measure) -> Option<Chart> {
    let why = if !sides.iter().any(|&side| applies(scene, side, measure)) {
        NOTHING
    } else if sides.iter().all(|&side| record(scene, side, measure.name).is_none_or(|r| r.points.is_empty())) {
        MEASURING
    } else {
        return None;
    };
    Some(Chart::Empty(why.into()))
}

/// A measure of both runs over the steps.
pub(super) fn over_steps(scene: &Scene, view: &View, measure: &'static Measure) -> Chart {
    // A constant: in the first edition nothing of the rest is there.
    if !Edition::Full.is_here() {
        return Chart::Empty(LOADING.into());
    }
    if let Some(empty) = lack(scene, &SIDES, measure) {
        return empty;
    }
    let x = curves::steps(scene, view);
    let ghosts = scene.ghosts.iter().filter_map(|ghost| {
        let record = ghost.records.iter().find(|r| r.name == measure.name)?;
        let (name, points) = (format!("before: {}", ghost.name), points(record));
        Some(Line { name, end: String::new(), mark: ghost.mark, weight: Weight::Ghost, points, band: Vec::new() })
    });
    let mut lines: Vec<Line> = ghosts.collect();
    lines.extend(references(scene, measure, &x));
    for side in SIDES {
        let Some(record) = record(scene, side, measure.name) else { continue };
        lines.push(Line {
            name: names::capital(&names::short(&scene.pair, side)),
            end: curves::end(&scene.pair, side),
            mark: names::mark(&scene.pair, side),
            weight: Weight::Thick,
            points: points(record),
            band: band(record),
        });
    }
    let seen = lines.iter().flat_map(|l| {
        let within = l.points.iter().zip(l.band.iter().map(Some).chain(std::iter::repeat(None)));
        within
            .take_while(|(p, _)| p.0 <= x.max)
            .flat_map(|(p, ends)| [p.1, ends.map_or(p.1, |e| e.0), ends.map_or(p.1, |e| e.1)])
    });
    let y = axis(measure, seen.collect());
    Chart::Curves(Curves {
        x_name: "step".into(),
        y_name: axis_name(measure),
        x,
        y,
        percent: measure.unit == SHARE,
        lines,
        events: curves::divergences(scene),
        here: None,
    })
}

/// The newest measurement of one run, on the axes of both.
pub(super) fn newest(scene: &Scene, side: Side, measure: &'static Measure) -> Chart {
    if !Edition::Full.is_here() {
        return Chart::Empty(LOADING.into());
    }
    if let Some(empty) = lack(scene, &[side], measure).or_else(|| gone(scene, side, measure)) {
        return empty;
    }
    if measure.form == Form::Density { density(scene, side, measure) } else { by_layer(scene, side, measure) }
}

/// Why the newest measurement cannot be shown, if it cannot: it is of weights that the run has left since, or it
/// found nothing.
fn gone(scene: &Scene, side: Side, measure: &Measure) -> Option<Chart> {
    let record = record(scene, side, measure.name)?;
    if !record.layers.is_empty() || !record.nodes.is_empty() {
        return None;
    }
    let why = match record.points.last()?.value {
        Some(_) => MEASURING,
        None if measure.form == Form::Density => "The Hessian is not finite",
        None => NOTHING,
    };
    Some(Chart::Empty(why.into()))
}

/// How many numbers lie where.
fn density(scene: &Scene, side: Side, measure: &'static Measure) -> Chart {
    let nodes = |side| record(scene, side, measure.name).map(|r| r.nodes.clone()).unwrap_or_default();
    let all: Vec<(f64, f64)> = SIDES.into_iter().flat_map(nodes).collect();
    let edge = |side: Side| match measure.reference {
        Reference::Fixed(name, of) => of(scene.config(side)).map(|at| (at, name)),
        _ => None,
    };
    let largest = all.iter().map(|n| n.0).fold(0.0, f64::max);
    // A line far off the numbers would push them all to one side.
    let edges = SIDES.into_iter().filter_map(edge).map(|e| e.0).filter(|e| *e < 1.5 * largest);
    let x = Density::places(all.iter().map(|n| n.0).chain(edges));
    Chart::Density(Density {
        name: "eigenvalue".into(),
        y: Density::heights(&x, &all),
        x,
        mark: names::mark(&scene.pair, side),
        nodes: nodes(side),
        edge: edge(side),
    })
}

/// Layer by layer.
fn by_layer(scene: &Scene, side: Side, measure: &'static Measure) -> Chart {
    let (expectation, expected) = match measure.reference {
        Reference::None => (String::new(), None),
        Reference::Fixed(label, _) => (label.to_owned(), None),
        Reference::Measured(name) => ("expected".to_owned(), record(scene, side, name)),
    };
    let stems = |side: Side| -> Vec<Stem> {
        let Some(record) = record(scene, side, measure.name) else { return Vec::new() };
        let called = called(record);
        let fixed = match measure.reference {
            Reference::Fixed(_, of) => of(scene.config(side)),
            _ => None,
        };
        let stem = |(i, (name, (_, value))): (usize, (String, &(String, Option<f64>)))| Stem {
            name,
            value: *value,
            expected: fixed.or_else(|| expected.and_then(|r| r.layers.get(i)).and_then(|l| l.1)),
        };
        called.into_iter().zip(&record.layers).enumerate().map(stem).collect()
    };
    let all = SIDES.into_iter().flat_map(stems).flat_map(|s| [s.value, s.expected]).flatten();
    Chart::Stems(Stems {
        name: axis_name(measure),
        axis: axis(measure, all.collect()),
        percent: measure.unit == SHARE,
        expectation,
        mark: names::mark(&scene.pair, side),
        layers: stems(side),
    })
}

/// What the layers of a record are called: `layer 3` if they are all of one kind.
pub(super) fn called(record: &Record) -> Vec<String> {
    let own: Vec<&str> = record.layers.iter().map(|(name, _)| name.strip_suffix(".weight").unwrap_or(name)).collect();
    let stem = |name: &str| name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let kind = |name: &str| (!name.contains('.')).then(|| name[..stem(name)].to_owned());
    let alike =
        own.first().is_some_and(|first| kind(first).is_some() && own.iter().all(|name| kind(name) == kind(first)));
    if alike { own.iter().map(|name| format!("layer {}", &name[stem(name)..])).collect() } else { placed(&own) }
}

/// A missing value breaks the line.
fn points(record: &Record) -> Vec<(f64, f64)> {
    record.points.iter().map(|p| (p.step as f64, p.value.unwrap_or(f64::NAN))).collect()
}

/// The ends that each point lies between; empty where there are none.
fn band(record: &Record) -> Vec<(f64, f64)> {
    let missing = [f64::NAN; 2];
    let ends = |p: &Point| p.ends.unwrap_or(missing);
    let has = record.points.iter().any(|p| p.ends.is_some());
    if has { record.points.iter().map(ends).map(|[low, high]| (low, high)).collect() } else { Vec::new() }
}

/// What theory expects, over the steps: one line for both runs where they agree.
fn references(scene: &Scene, measure: &Measure, x: &Axis) -> Vec<Line> {
    let line = |name: String, end: &str, mark: Mark, points: Vec<(f64, f64)>| Line {
        name,
        end: end.into(),
        mark,
        weight: Weight::Reference,
        points,
        band: Vec::new(),
    };
    let of = |label: &str, side: Side| format!("{label}, {}", names::short(&scene.pair, side));
    match measure.reference {
        Reference::None => Vec::new(),
        Reference::Fixed(label, value) => {
            let across = |v: f64| vec![(x.min, v), (x.max, v)];
            let sides = SIDES.into_iter().filter(|&side| applies(scene, side, measure));
            let values: Vec<(Side, f64)> = sides.filter_map(|side| Some((side, value(scene.config(side))?))).collect();
            match values[..] {
                [(_, a), (_, b)] if a == b => vec![line(label.into(), label, Mark::NEUTRAL, across(a))],
                _ => {
                    let own = |&(side, v): &(Side, f64)| {
                        line(of(label, side), &of(label, side), names::mark(&scene.pair, side), across(v))
                    };
                    values.iter().map(own).collect()
                }
            }
        }
        Reference::Measured(name) => {
            let own = |side: Side| {
                let record = record(scene, side, name)?;
                Some(line(of("expected", side), "expected", names::mark(&scene.pair, side), points(record)))
            };
            SIDES.into_iter().filter_map(own).collect()
        }
    }
}

/// The axis of both runs for those values.
fn axis(measure: &Measure, values: Vec<f64>) -> Axis {
    let finite = || values.iter().copied().filter(|v| v.is_finite());
    let largest = finite().fold(0.0, f64::max);
    if measure.log {
        return Axis::around(finite().filter(|v| *v > largest / DEPTH), true, 10.0);
    }
    if measure.unit == SHARE {
        // Shares of a percent or two would be lost on a scale to 100 %.
        return Axis::linear(0.0, round_up(largest.max(0.1)).min(1.0));
    }
    Axis::around(finite(), false, 0.1)
}

/// The measure's label with its unit, if that says something.
fn axis_name(measure: &Measure) -> String {
    let name = names::lower(measure.label);
    match measure.unit {
        "" | SHARE => name,
        unit => format!("{name} ({unit})"),
    }
}

impl Scene {
    /// How the large chart's measure was measured.
    pub(super) fn measured_caption(&self, measure: &Measure) -> String {
        if !Edition::Full.is_here() {
            return measure.help.into();
        }
        let shape = match measure.form {
            Form::Number => "",
            Form::Range => " Thick: the largest; shaded: down to the smallest.",
            Form::Layers => " Thick: the median layer; shaded: from the smallest to the largest.",
            Form::Density => " Thick: the largest; shaded: down to the smallest.",
        };
        let records: Vec<&Record> = SIDES.iter().filter_map(|&side| record(self, side, measure.name)).collect();
        let every = records.first().map(|r| format!(" Every {} steps", r.every)).unwrap_or_default();
        // Where both have begun to be measured.
        let since = records.iter().filter_map(|r| r.points.first()).map(|p| p.step).max();
        let since = since.filter(|s| *s > 0).map(|s| format!(", from step {s} on")).unwrap_or_default();
        let stop = if every.is_empty() { "" } else { "." };
        let without = SIDES.iter().filter(|&&side| !applies(self, side, measure));
        let without: Vec<String> = without.map(|&side| names::short(&self.pair, side)).collect();
        let lack = match without.len() {
            1 => format!(" Nothing of it to measure: {}.", without[0]),
            _ => String::new(),
        };
        format!("{} {}{every}{since}{stop}{shape}{lack}", measure.help, how(self, &SIDES, measure))
    }

    /// How a run's layers were measured.
    pub(super) fn measured_layers_caption(&self, side: Side, measure: &Measure) -> String {
        format!("{} {}", measure.help, how(self, &[side], measure))
    }

    /// The newest measurement of the large chart, or how far the next one has come; empty if it shows none.
    pub fn curves_moment(&self, view: &View) -> String {
        view.curve.measure().map(|measure| self.measured_moment(&SIDES, measure)).unwrap_or_default()
    }

    /// The same of a run's layers.
    pub fn layers_moment(&self, side: Side, view: &View) -> String {
        self.layers_shown(view).measure().map(|measure| self.measured_moment(&[side], measure)).unwrap_or_default()
    }

    fn measured_moment(&self, sides: &[Side], measure: &Measure) -> String {
        if !Edition::Full.is_here() {
            return String::new();
        }
        let frames = || sides.iter().filter_map(|&side| self.frame(side));
        if let Some((done, all)) = frames().filter_map(|f| f.measuring).min() {
            let step = frames().map(|f| f.step).min().unwrap_or(0);
            return format!("measuring at step {step}: {done} of {all}");
        }
        let newest = sides.iter().filter_map(|&side| record(self, side, measure.name)?.points.last()).map(|p| p.step);
        newest.min().map(|step| format!("newest: step {step}")).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::measure::{MEASURES, named};
    use crate::nn::norm::Norm;
    use crate::session::Session;
    use crate::session::frame::{Camera, Frame};
    use crate::state::pair::Pair;
    use crate::state::view::{Curve, Layers};

    fn scene(pair: Pair, names: &[&str], steps: usize) -> Scene {
        let mut scene = Scene::default();
        scene.restart(pair);
        for (side, config) in [(Side::A, pair.a), (Side::B, pair.b)] {
            let mut session = Session::new(config).unwrap();
            let measures: Vec<&'static Measure> = names.iter().map(|n| named(n).unwrap()).collect();
            session.watch(&measures, 5);
            for _ in 0..steps {
                while session.measure() {}
                session.step();
            }
            while session.measure() {}
            scene.take(side, Camera::new(&session).take(&session, 6.0, true));
        }
        scene
    }

    fn view(name: &str) -> View {
        let measure = named(name).unwrap();
        let layers = if measure.has_panels() { Layers::Measure(measure) } else { Layers::Activations };
        View { curve: Curve::Measure(measure), layers, ..View::default() }
    }

    fn lines(scene: &Scene, name: &str) -> Curves {
        match scene.curves(&view(name)) {
            Chart::Curves(curves) => curves,
            other => panic!("{name}: {other:?}"),
        }
    }

    fn small(norm: Norm) -> Config {
        Config { norm, depth: 3, width: 12, ..Config::default() }
    }

    fn pair() -> Pair {
        Pair { a: small(Norm::None), b: small(Norm::Batch) }
    }

    #[test]
    fn every_measure_has_a_chart_a_caption_and_panels_on_one_axis() {
        let names: Vec<&str> = MEASURES.iter().map(|m| m.name).collect();
        let pair = |a, b| Pair { a: small(a), b: small(b) };
        let pairs = [pair(Norm::Ghost, Norm::Batch), pair(Norm::Layer, Norm::Rms)];
        let scenes = pairs.map(|pair| scene(pair, &names, 6));
        for measure in MEASURES {
            // Between them there is something to measure for each.
            let scene = &scenes[usize::from(!(measure.relevant)(&pairs[0].a))];
            let view = view(measure.name);
            let curves = lines(scene, measure.name);
            let thick = curves.lines.iter().filter(|l| l.weight == Weight::Thick);
            let inside = |l: &Line| l.points.iter().any(|p| (0.0..=1.0).contains(&curves.y.place(p.1)));
            assert_eq!(thick.filter(|l| inside(l)).count(), 2, "{measure:?} {curves:?}");
            assert!(
                scene.curves_caption(&view).contains(measure.how) && scene.curves_caption(&view).contains("Every ")
            );
            assert!(scene.curves_moment(&view).starts_with("newest: step "), "{}", scene.curves_moment(&view));
            if measure.is_by_layer() {
                let axis = |side| match scene.layers(side, &view) {
                    Chart::Stems(stems) => (stems.axis, stems.layers.len()),
                    other => panic!("{measure:?}: {other:?}"),
                };
                assert_eq!(axis(Side::A), axis(Side::B), "{measure:?}");
                assert!(axis(Side::A).1 > 1);
            }
            if measure.form == Form::Density {
                let axes = |side| match scene.layers(side, &view) {
                    Chart::Density(density) => [density.x, density.y],
                    other => panic!("{measure:?}: {other:?}"),
                };
                assert_eq!(axes(Side::A), axes(Side::B), "{measure:?}");
            }
        }
    }

    #[test]
    fn theory_is_one_line_where_both_runs_agree() {
        let references = |pair: Pair, name: &str| -> Vec<String> {
            let curves = lines(&scene(pair, &[name], 3), name);
            curves.lines.into_iter().filter(|l| l.weight == Weight::Reference).map(|l| l.name).collect()
        };
        assert_eq!(references(pair(), "sharpness"), ["2/η"]);
        let other = Pair { b: Config { lr: 0.2, ..small(Norm::None) }, ..pair() };
        assert_eq!(references(other, "sharpness").len(), 2);
        assert_eq!(references(pair(), "mean_noise"), ["expected, BatchNorm"]);
        assert!(references(pair(), "smoothness").is_empty());
    }

    #[test]
    fn what_cannot_be_measured_is_said_so() {
        let scene = scene(pair(), &["mean_gap"], 3);
        assert_eq!(scene.layers(Side::A, &view("mean_gap")), Chart::Empty(NOTHING.into()));
        assert!(matches!(scene.layers(Side::B, &view("mean_gap")), Chart::Stems(_)));
        assert!(scene.curves_caption(&view("mean_gap")).ends_with(" Nothing of it to measure: no norm."));
        assert_eq!(scene.curves(&view("smoothness")), Chart::Empty(MEASURING.into()));
        assert_eq!(scene.curves_moment(&view("smoothness")), "");
    }

    /// After a run was moved to other weights, until it is measured there.
    #[test]
    fn what_was_measured_of_weights_that_a_run_has_left_is_not_shown() {
        for name in ["spectrum", "dead"] {
            let mut scene = scene(pair(), &[name], 3);
            let frame = scene.frame(Side::B).unwrap().clone();
            let mut records = frame.records.clone();
            for record in &mut records {
                record.layers.clear();
                record.nodes.clear();
            }
            scene.take(Side::B, Frame { records, ..frame });
            assert_eq!(scene.layers(Side::B, &view(name)), Chart::Empty(MEASURING.into()), "{name}");
            assert!(!matches!(scene.layers(Side::A, &view(name)), Chart::Empty(_)), "{name}");
        }
    }

    #[test]
    fn layers_are_called_by_their_kind_and_number() {
        let called = |names: &[&str]| {
            let layers = names.iter().map(|n| ((*n).to_owned(), None)).collect();
            super::called(&Record { name: String::new(), every: 1, points: Vec::new(), layers, nodes: Vec::new() })
        };
        assert_eq!(called(&["norm1", "norm2"]), ["layer 1", "layer 2"]);
        assert_eq!(called(&["linear2.weight", "head.weight"]), ["linear 2", "head"]);
        assert_eq!(called(&["step1.tanh1", "step2.tanh1"]), ["step 1", "step 2"]);
        assert!(called(&[]).is_empty());
    }
}
