//! Loss and accuracy over the steps.

use super::{Scene, names, nodes};
use crate::chart::axis::{Axis, round_up};
use crate::chart::curves::{Curves, Event, Line, Weight};
use crate::chart::{Chart, Mark};
use crate::config::fields::FIELDS;
use crate::session::frame::{Frame, Series};
use crate::state::pair::{Pair, Side};
use crate::state::view::{AxisScale, Curve, View};

/// Losses above this many times that of guessing are off the scale.
const CEILING: f64 = 4.0;

pub(super) fn chart(scene: &Scene, view: &View) -> Chart {
    if scene.frames().next().is_none() {
        return Chart::Empty("No steps yet".into());
    }
    let accuracy = view.curve == Curve::Accuracy;
    let mut lines: Vec<Line> = scene.ghosts.iter().map(|g| ghost(g, accuracy)).collect();
    for (side, frame) in scene.frames() {
        let mark = names::mark(&scene.pair, side);
        let name = names::short(&scene.pair, side);
        let series = if accuracy { &frame.accuracy } else { &frame.loss };
        lines.push(training(series, &name, mark));
    }
    for (side, frame) in scene.frames() {
        lines.push(validation(scene, side, frame, accuracy));
    }
    let x = steps(scene, view);
    let y = if accuracy { Axis::linear(0.0, 1.0) } else { loss_axis(scene, view, &lines, x.max) };
    Chart::Curves(Curves {
        x_name: "step".into(),
        y_name: if accuracy { "correct".into() } else { "loss".into() },
        x,
        y,
        percent: accuracy,
        lines,
        events: divergences(scene),
        here: None,
    })
}

/// From the start to a little beyond the newest step.
pub(super) fn steps(scene: &Scene, view: &View) -> Axis {
    let newest = scene.frames().map(|(_, f)| f.step).max().unwrap_or(0) as f64;
    Axis::linear(0.0, round_up(newest.max(50.0)).min((view.steps as f64).max(newest)).max(1.0))
}

/// Where runs left the finite range.
pub(super) fn divergences(scene: &Scene) -> Vec<Event> {
    let event = |(side, frame): (Side, &Frame)| {
        let (step, layer) = frame.divergence.as_ref()?;
        let node = names::capital(&nodes::words(layer, scene.config(side).norm));
        let text = format!("{node} not finite at step {step}");
        Some(Event { x: *step as f64, text, mark: names::mark(&scene.pair, side) })
    };
    scene.frames().filter_map(event).collect()
}

/// From the lowest loss to be seen up to step `last` to the highest, but not beyond [`CEILING`] times
/// that of guessing.
fn loss_axis(scene: &Scene, view: &View, lines: &[Line], last: f64) -> Axis {
    let guessing = scene.pair.a.guessing().max(scene.pair.b.guessing());
    let top = CEILING * guessing;
    let seen = lines.iter().flat_map(|l| l.points.iter().take_while(|p| p.0 <= last).map(|p| p.1));
    let seen = seen.filter(|v| v.is_finite()).map(|v| v.min(top));
    if view.scale == AxisScale::Log {
        // A training loss of 1e-9 is as good as 0; the axis stays readable.
        Axis::around(seen.map(|v| v.max(1e-4)), true, 10.0)
    } else {
        let highest = seen.fold(0.1, f64::max);
        Axis::linear(0.0, Axis::around([0.0, highest].into_iter(), false, 0.1).max)
    }
}

fn ghost(ghost: &super::Ghost, accuracy: bool) -> Line {
    Line {
        name: format!("before: {}", ghost.name),
        end: String::new(),
        mark: ghost.mark,
        weight: Weight::Ghost,
        points: if accuracy { ghost.accuracy.clone() } else { ghost.loss.clone() },
        band: Vec::new(),
    }
}

fn training(series: &Series, name: &str, mark: Mark) -> Line {
    let points = series.mean.iter().enumerate().map(|(i, &v)| (series.step(i), f64::from(v)));
    let band = series.min.iter().zip(&series.max).map(|(&a, &b)| (f64::from(a), f64::from(b)));
    Line {
        name: format!("{name}, training"),
        end: String::new(),
        mark,
        weight: Weight::Thin,
        points: points.collect(),
        band: if series.width > 1 { band.collect() } else { Vec::new() },
    }
}

fn validation(scene: &Scene, side: Side, frame: &Frame, accuracy: bool) -> Line {
    let value = |v: &crate::run::validation::Validation| if accuracy { v.accuracy } else { v.loss };
    Line {
        name: format!("{}, validation", names::short(&scene.pair, side)),
        end: end(&scene.pair, side),
        mark: names::mark(&scene.pair, side),
        weight: Weight::Thick,
        points: frame.validations.iter().map(|v| (v.step as f64, value(v))).collect(),
        band: Vec::new(),
    }
}

/// The run's name where there is room for hardly more than a word: `A: batch 2`.
pub(super) fn end(pair: &Pair, side: Side) -> String {
    let differing = FIELDS.iter().find(|f| pair.differs(f));
    match differing.filter(|_| pair.a.norm == pair.b.norm) {
        None => names::short(pair, side),
        Some(field) => {
            let letter = if side == Side::B { "B" } else { "A" };
            format!("{letter}: {} {}", field.name.replace('_', " "), field.get(pair.of(side)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::session::Session;
    use crate::session::frame::Camera;

    fn frame(config: Config, steps: usize) -> Frame {
        let mut session = Session::new(config).unwrap();
        (0..steps).for_each(|_| session.step());
        Camera::new(&session).take(&session, 6.0, true)
    }

    #[test]
    fn a_changed_run_leaves_a_ghost_and_the_other_does_not() {
        let mut scene = Scene::default();
        let pair = Pair::default();
        scene.restart(pair);
        scene.take(Side::A, frame(pair.a, 10));
        scene.take(Side::B, frame(pair.b, 10));
        let changed = Pair { b: Config { batch: 16, ..pair.b }, ..pair };
        scene.restart(changed);
        assert_eq!(scene.ghosts().iter().map(|g| g.name.as_str()).collect::<Vec<_>>(), ["BatchNorm, batch size 32"]);
        assert!(matches!(chart(&scene, &View::default()), Chart::Empty(_)));
        scene.take(Side::B, frame(changed.b, 10));
        let Chart::Curves(curves) = chart(&scene, &View::default()) else { panic!() };
        let weights: Vec<Weight> = curves.lines.iter().map(|l| l.weight).collect();
        assert_eq!(weights, [Weight::Ghost, Weight::Thin, Weight::Thick]);
        scene.pin(0, true);
        scene.restart(pair);
        assert_eq!(scene.ghosts().len(), 2);
        scene.restart(pair);
        assert_eq!(scene.ghosts().len(), 2, "an unchanged pair leaves nothing");
        scene.clear(0);
        assert_eq!(scene.ghosts().len(), 1);
    }

    #[test]
    fn what_a_slider_passes_leaves_no_ghost() {
        let pair = Pair::default();
        let with = |batch| Pair { b: Config { batch, ..pair.b }, ..pair };
        let names = |scene: &Scene| scene.ghosts().iter().map(|g| g.name.clone()).collect::<Vec<_>>();
        let mut scene = Scene::default();
        scene.restart(pair);
        scene.take(Side::B, frame(pair.b, 10));
        for batch in [24, 16, 12] {
            scene.pass(with(batch));
            scene.take(Side::B, frame(with(batch).b, 3));
            assert!(names(&scene).is_empty());
        }
        scene.restart(with(12));
        assert_eq!(names(&scene), ["BatchNorm, batch size 32"]);
        assert_eq!(scene.ghosts()[0].loss.last().unwrap().0, 10.0, "the curve from which the slider started");

        // To and fro: nothing has changed, and what runs now is what the next change leaves behind.
        scene.take(Side::B, frame(with(12).b, 4));
        scene.pass(with(16));
        scene.pass(with(12));
        scene.take(Side::B, frame(with(12).b, 8));
        scene.restart(with(8));
        assert_eq!(names(&scene), ["BatchNorm, batch size 12"]);
        assert_eq!(scene.ghosts()[0].loss.last().unwrap().0, 8.0);
    }

    #[test]
    fn the_axis_holds_what_is_seen_of_a_ghost_and_no_more() {
        let mut scene = Scene::default();
        let pair = Pair::default();
        scene.restart(pair);
        scene.take(Side::A, frame(pair.a, 10));
        let ghost = |loss: Vec<(f64, f64)>| super::super::Ghost {
            name: "before".into(),
            mark: crate::nn::norm::Norm::Batch.card().mark,
            pinned: false,
            loss,
            accuracy: Vec::new(),
            records: Vec::new(),
        };
        let axis = |scene: &Scene| match chart(scene, &View::default()) {
            Chart::Curves(curves) => curves.y,
            other => panic!("{other:?}"),
        };
        let alone = axis(&scene);
        scene.ghosts = vec![ghost(vec![(0.0, 2.0), (900.0, 0.002)])];
        assert_eq!(axis(&scene), alone, "it is that low only after the last step to be seen");
        scene.ghosts = vec![ghost(vec![(0.0, 2.0), (40.0, 0.002)])];
        assert!(axis(&scene).min <= 0.002 && alone.min > 0.002);
    }

    #[test]
    fn names_at_the_ends_are_short_and_say_what_differs() {
        let ends = |pair: &Pair| [end(pair, Side::A), end(pair, Side::B)];
        assert_eq!(ends(&Pair::default()), ["no norm", "BatchNorm"]);
        let b = Config { batch: 2, ..Config::default() };
        assert_eq!(ends(&Pair { a: Config::default(), b }), ["A: batch 32", "B: batch 2"]);
        assert_eq!(ends(&Pair { a: b, b }), ["A", "B"]);
    }

    #[test]
    fn a_divergence_is_marked_where_it_happened() {
        let pair = Pair { a: Config { lr: 100.0, ..Pair::default().a }, ..Pair::default() };
        let mut scene = Scene::default();
        scene.restart(pair);
        let frame = frame(pair.a, 200);
        let (step, _) = frame.divergence.clone().unwrap();
        scene.take(Side::A, frame);
        let Chart::Curves(curves) = chart(&scene, &View::default()) else { panic!() };
        assert_eq!(curves.events[0].x, step as f64);

        // The other goes on: where this one has ended, the table says nothing of it.
        scene.take(Side::B, self::frame(pair.b, 200));
        let table = chart(&scene, &View::default()).table();
        assert_eq!(table.head, ["step", "A, training", "B, training", "A, validation", "B, validation"]);
        let told = |column: usize| -> Vec<&str> {
            let told = table.rows.iter().filter(|row| row[column] != "–");
            told.map(|row| row[0].as_str()).collect()
        };
        let before: Vec<&str> =
            table.rows.iter().map(|r| r[0].as_str()).filter(|s| s.parse::<u64>().unwrap() < step).collect();
        assert_eq!((told(1), told(4).len()), (before, table.rows.len()));
        assert!(curves.y.max <= 20.0, "{:?}", curves.y);
    }
}
