//! Loss landscapes of both runs on common axes and colours.

use super::{Scene, names};
use crate::chart::Chart;
use crate::chart::axis::Axis;
use crate::chart::curves::{Curves, Here, Line, Weight};
use crate::chart::field::{Field, Scale};
use crate::config::pair::Side;
use crate::config::view::{Slice, View};
use crate::probe::landscape::{REACH, coordinate};
use serde::{Deserialize, Serialize};

/// What is known of one run's landscape.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Surface {
    /// The step at which the weights were taken.
    pub step: u64,
    /// Points on a side of the coarsest grid that is complete; 0 if none is.
    points: usize,
    /// Its values, bottom row first; a single row for a line.
    values: Vec<f64>,
    /// Whether it is a line.
    line: bool,
}

impl Surface {
    /// Takes a complete grid of `points × points` losses, or a line of `points`.
    pub fn fill(&mut self, step: u64, points: usize, values: Vec<f64>) {
        let line = values.len() == points;
        if line || values.len() == points * points {
            *self = Surface { step, points, values, line };
        }
    }

    /// Points on a side; 0 if nothing is known.
    pub fn points(&self) -> usize {
        self.points
    }
}

/// The loss axis of both landscapes: up to three decades above the lowest.
fn axis(scene: &Scene, line: bool) -> Axis {
    let known = [Side::A, Side::B].map(|side| &scene.known(side).surface);
    let all = || known.into_iter().filter(|s| s.line == line).flat_map(|s| s.values.iter().copied());
    let finite = || all().filter(|v| v.is_finite());
    // Not so high that three decades more would overflow.
    let lowest = finite().fold(f64::INFINITY, f64::min).clamp(1e-4, 1e300);
    let most = lowest * 1000.0;
    Axis::around(finite().map(|v| v.clamp(lowest, most)), true, 4.0)
}

pub(super) fn chart(scene: &Scene, side: Side, view: &View) -> Chart {
    if scene.refused(side) {
        return Chart::Empty(super::NOT_TRAINED.into());
    }
    let surface = &scene.known(side).surface;
    let line = view.slice == Slice::Line;
    if surface.points < 2 || surface.line != line {
        return Chart::Empty("Measuring the landscape …".into());
    }
    if !surface.values.iter().any(|v| v.is_finite()) {
        return Chart::Empty("Overflows everywhere".into());
    }
    if !line {
        return Chart::Field(Field {
            names: ["direction 1".into(), "direction 2".into()],
            reach: REACH,
            points: surface.points,
            values: surface.values.clone(),
            scale: Scale::Loss(axis(scene, false)),
        });
    }
    let points = surface.values.iter().enumerate().map(|(i, &v)| (coordinate(i, surface.points), v));
    Chart::Curves(Curves {
        x_name: "direction 1".into(),
        y_name: "loss".into(),
        x: Axis::linear(-REACH, REACH),
        y: axis(scene, true),
        percent: false,
        lines: vec![Line {
            name: format!("{}, training loss", names::short(&scene.pair, side)),
            end: String::new(),
            mark: names::mark(&scene.pair, side),
            weight: Weight::Thick,
            points: points.collect(),
            band: Vec::new(),
        }],
        events: Vec::new(),
        here: Some(Here { x: 0.0, name: "present weights".into() }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_panels_share_one_scale_whatever_either_holds() {
        let mut scene = Scene::default();
        scene.surface(Side::A).fill(10, 3, vec![0.5, 1.0, 2.0, 0.5, 0.2, 2.0, f64::INFINITY, 1.0, f64::NAN]);
        scene.surface(Side::B).fill(10, 2, vec![9.0, 9.0, 9.0, 9.0]);
        let scale = |side| match chart(&scene, side, &View::default()) {
            Chart::Field(Field { scale: Scale::Loss(axis), .. }) => axis,
            other => panic!("{other:?}"),
        };
        assert_eq!(scale(Side::A), scale(Side::B));
        assert_eq!((scale(Side::A).min, scale(Side::A).max), (0.2, 10.0));
    }

    #[test]
    fn a_network_that_overflows_everywhere_has_no_landscape_and_no_say_in_the_others() {
        let mut scene = Scene::default();
        scene.surface(Side::B).fill(10, 3, vec![0.5, 1.0, 2.0, 0.5, 0.2, 2.0, 1.0, 1.0, 1.0]);
        let other = chart(&scene, Side::B, &View::default());
        for values in [vec![f64::INFINITY; 9], vec![f64::NAN; 9]] {
            scene.surface(Side::A).fill(10, 3, values);
            assert_eq!(chart(&scene, Side::A, &View::default()), Chart::Empty("Overflows everywhere".into()));
            assert_eq!(chart(&scene, Side::B, &View::default()), other);
        }
    }

    #[test]
    fn losses_however_small_or_large_have_a_scale() {
        let mut scene = Scene::default();
        for values in [vec![0.0; 9], vec![1e300; 9], vec![1e-300; 9], vec![f64::MAX; 9]] {
            scene.surface(Side::A).fill(10, 3, values);
            let Chart::Field(field) = chart(&scene, Side::A, &View::default()) else { panic!() };
            let Scale::Loss(axis) = field.scale else { panic!() };
            assert!(axis.min > 0.0 && axis.max > axis.min && axis.max.is_finite(), "{axis:?}");
        }
    }

    #[test]
    fn a_line_is_marked_where_the_weights_are() {
        let mut scene = Scene::default();
        scene.surface(Side::A).fill(10, 5, vec![2.0, 1.0, 0.5, 1.0, f64::INFINITY]);
        let view = View { slice: Slice::Line, ..View::default() };
        let Chart::Curves(curves) = chart(&scene, Side::A, &view) else { panic!() };
        let here = curves.here.unwrap();
        assert!(curves.lines[0].points.contains(&(here.x, 0.5)), "{:?}", curves.lines[0].points);
        assert!(curves.x.ticks(4).len() == 3, "{:?}", curves.x.ticks(4));
    }

    #[test]
    fn a_grid_of_the_wrong_size_is_not_taken() {
        let mut surface = Surface::default();
        surface.fill(1, 5, vec![1.0; 24]);
        assert_eq!(surface.points(), 0);
    }
}
