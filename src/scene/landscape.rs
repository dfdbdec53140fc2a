//! Loss landscapes of both runs on common colours.

use super::{Scene, names};
use crate::chart::Chart;
use crate::chart::axis::Axis;
use crate::chart::curves::{Curves, Here, Line, Weight};
use crate::chart::field::{Field, Scale};
use crate::chart::marks::{Marks, Spot};
use crate::chart::number::percent_tick;
use crate::chart::relief::{Relief, Turn};
use crate::choice::by_name;
use crate::edition::Edition;
use crate::probe::landscape::{Cut, Policy, REACH};
use crate::state::pair::Side;
use crate::state::view::{Slice, View};
use serde::{Deserialize, Serialize};

/// The plane that a landscape is measured on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Which plane.
    #[serde(with = "by_name")]
    pub cut: Cut,
    /// Whose statistics.
    #[serde(with = "by_name")]
    pub policy: Policy,
    /// From where to where it reaches, along each direction.
    pub bounds: [[f64; 2]; 2],
    /// The path of training in it, in order.
    pub path: Vec<(f64, f64)>,
    /// The shares of the path's variance along the two directions.
    pub explained: Option<[f64; 2]>,
}

impl Default for Section {
    fn default() -> Section {
        let (cut, policy) = (Cut::Random, Policy::Batch);
        Section { cut, policy, bounds: [[-REACH, REACH]; 2], path: Vec::new(), explained: None }
    }
}

impl Section {
    /// As plain numbers, to cross from a worker: bounds, shares (not numbers, if there are none), path.
    pub fn numbers(&self) -> Vec<f64> {
        let path = self.path.iter().flat_map(|&(a, b)| [a, b]);
        self.bounds.into_iter().flatten().chain(self.explained.unwrap_or([f64::NAN; 2])).chain(path).collect()
    }

    /// From plain numbers; none, if they are not such.
    pub fn read(cut: Cut, policy: Policy, numbers: &[f64]) -> Option<Section> {
        let ([a, b, c, d, e, f], path) = numbers.split_first_chunk()?;
        let explained = (!e.is_nan() && !f.is_nan()).then_some([*e, *f]);
        let path = path.chunks_exact(2).map(|p| (p[0], p[1])).collect();
        Some(Section { cut, policy, bounds: [[*a, *b], [*c, *d]], path, explained })
    }

    fn axis(&self, direction: usize) -> Axis {
        let [low, high] = self.bounds[direction];
        Axis::linear(low, high)
    }

    /// What the two directions are.
    fn names(&self) -> [String; 2] {
        let across = || "random direction".into();
        match (self.cut, self.explained) {
            (Cut::Principal, Some([first, second])) => {
                let name = |k, share: f64| format!("component {k} ({})", percent_tick((share * 100.0).round() / 100.0));
                [name(1, first), name(2, second)]
            }
            (Cut::Principal, None) => ["component 1".into(), "component 2".into()],
            (Cut::Random, _) => ["direction 1".into(), "direction 2".into()],
            (Cut::Gradient, _) => ["−gradient, in learning rates".into(), across()],
            (Cut::Line, _) => ["from A to B".into(), across()],
        }
    }

    /// The place of a run's own weights along the first direction; along the second it is 0.
    fn own(&self, side: Side) -> f64 {
        if self.cut == Cut::Line && side == Side::B { 1.0 } else { 0.0 }
    }

    fn marks(&self) -> Marks {
        if self.cut != Cut::Line {
            return Marks { path: self.path.clone(), ..Marks::here() };
        }
        let end = |a, name: &str| Spot { at: (a, 0.0), name: name.into() };
        Marks { path: Vec::new(), spots: vec![end(0.0, "A"), end(1.0, "B")] }
    }
}

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
    /// What it is measured on.
    section: Section,
    /// Why there is none.
    lack: Option<String>,
}

impl Surface {
    /// Takes a complete grid of `points × points` losses, or a line of `points`.
    pub fn fill(&mut self, step: u64, points: usize, values: Vec<f64>, section: Section) {
        let line = values.len() == points;
        if line || values.len() == points * points {
            *self = Surface { step, points, values, line, section, lack: None };
        }
    }

    /// At the weights of that step there is no such plane.
    pub fn lack(&mut self, step: u64, cut: Cut, policy: Policy, why: String) {
        let section = Section { cut, policy, ..Section::default() };
        *self = Surface { step, section, lack: Some(why), ..Surface::default() };
    }

    /// Points on a side; 0 if nothing is known.
    pub fn points(&self) -> usize {
        self.points
    }

    /// Whether some values are missing: the network overflows there.
    pub fn has_gaps(&self) -> bool {
        self.values.iter().any(|v| !v.is_finite())
    }

    /// Whether any value is there.
    pub fn has_values(&self) -> bool {
        self.values.iter().any(|v| v.is_finite())
    }

    /// Whether it is what the view asks for.
    pub fn suits(&self, view: &View) -> bool {
        let kind = self.lack.is_some() || self.line == (view.slice == Slice::Line);
        kind && self.section.cut == view.plane && self.section.policy == view.stats
    }
}

/// The loss axis of both landscapes: up to three decades above the lowest.
fn axis(scene: &Scene, view: &View) -> Axis {
    let known = [Side::A, Side::B].map(|side| &scene.known(side).surface);
    let all = || known.into_iter().filter(|s| s.suits(view)).flat_map(|s| s.values.iter().copied());
    let finite = || all().filter(|v| v.is_finite());
    // Not so high that three decades more would overflow.
    let lowest = finite().fold(f64::INFINITY, f64::min).clamp(1e-4, 1e300);
    let most = lowest * 1000.0;
    Axis::around(finite().map(|v| v.clamp(lowest, most)), true, 4.0)
}

impl Scene {
    /// Why no landscape can show what the view asks for; nothing, if it can.
    pub fn landscape_lack(&self, view: &View) -> Option<String> {
        if !view.edition().is_here() {
            return Some("Loading more of the lab …".into());
        }
        if view.plane != Cut::Line || self.refused(Side::A) || self.refused(Side::B) {
            return None;
        }
        let layout = |side| self.config(side).architecture().build::<f32>().layout().clone();
        (layout(Side::A) != layout(Side::B)).then(|| {
            "No line leads from A to B: their networks have different parameters. Give both the same family, size \
             and kind of normalization."
                .into()
        })
    }
}

pub(super) fn chart(scene: &Scene, side: Side, view: &View) -> Chart {
    if scene.refused(side) {
        return Chart::Empty(super::NOT_TRAINED.into());
    }
    if let Some(lack) = scene.landscape_lack(view) {
        return Chart::Empty(lack);
    }
    let surface = &scene.known(side).surface;
    if let (Some(why), true) = (&surface.lack, surface.suits(view)) {
        return Chart::Empty(format!("{}.", names::capital(why)));
    }
    if surface.points < 2 || !surface.suits(view) {
        return Chart::Empty("Measuring the landscape …".into());
    }
    if !surface.has_values() {
        return Chart::Empty("Overflows everywhere".into());
    }
    let section = &surface.section;
    if !surface.line {
        let field = Field {
            names: section.names(),
            axes: [section.axis(0), section.axis(1)],
            points: surface.points,
            values: surface.values.clone(),
            scale: Scale::Loss(axis(scene, view)),
            marks: section.marks(),
        };
        let turn = Turn { yaw: view.yaw as f64, pitch: view.pitch as f64 };
        return match view.slice {
            Slice::Relief if Edition::Full.is_here() => Chart::Relief(Relief { field, turn }),
            _ => Chart::Field(field),
        };
    }
    let x = section.axis(0);
    let last = (surface.points - 1) as f64;
    let points = surface.values.iter().enumerate().map(|(i, &v)| (x.value(i as f64 / last), v));
    let here = match (section.cut, side) {
        (Cut::Line, Side::B) => "B's weights",
        (Cut::Line, _) => "A's weights",
        _ => "present weights",
    };
    let [x_name, _] = section.names();
    Chart::Curves(Curves {
        x_name,
        y_name: "loss".into(),
        x,
        y: axis(scene, view),
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
        here: Some(Here { x: section.own(side), name: here.into() }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_panels_share_one_scale_whatever_either_holds() {
        let mut scene = Scene::default();
        scene.surface(Side::A).fill(
            10,
            3,
            vec![0.5, 1.0, 2.0, 0.5, 0.2, 2.0, f64::INFINITY, 1.0, f64::NAN],
            Section::default(),
        );
        scene.surface(Side::B).fill(10, 2, vec![9.0, 9.0, 9.0, 9.0], Section::default());
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
        scene.surface(Side::B).fill(10, 3, vec![0.5, 1.0, 2.0, 0.5, 0.2, 2.0, 1.0, 1.0, 1.0], Section::default());
        let other = chart(&scene, Side::B, &View::default());
        for values in [vec![f64::INFINITY; 9], vec![f64::NAN; 9]] {
            scene.surface(Side::A).fill(10, 3, values, Section::default());
            assert_eq!(chart(&scene, Side::A, &View::default()), Chart::Empty("Overflows everywhere".into()));
            assert_eq!(chart(&scene, Side::B, &View::default()), other);
        }
    }

    #[test]
    fn losses_however_small_or_large_have_a_scale() {
        let mut scene = Scene::default();
        for values in [vec![0.0; 9], vec![1e300; 9], vec![1e-300; 9], vec![f64::MAX; 9]] {
            scene.surface(Side::A).fill(10, 3, values, Section::default());
            let Chart::Field(field) = chart(&scene, Side::A, &View::default()) else { panic!() };
            let Scale::Loss(axis) = field.scale else { panic!() };
            assert!(axis.min > 0.0 && axis.max > axis.min && axis.max.is_finite(), "{axis:?}");
        }
    }

    #[test]
    fn a_line_is_marked_where_the_weights_are() {
        let mut scene = Scene::default();
        scene.surface(Side::A).fill(10, 5, vec![2.0, 1.0, 0.5, 1.0, f64::INFINITY], Section::default());
        let view = View { slice: Slice::Line, ..View::default() };
        let Chart::Curves(curves) = chart(&scene, Side::A, &view) else { panic!() };
        let here = curves.here.unwrap();
        assert!(curves.lines[0].points.contains(&(here.x, 0.5)), "{:?}", curves.lines[0].points);
        assert!(curves.x.ticks(4).len() == 3, "{:?}", curves.x.ticks(4));
    }

    /// A landscape of another plane, with other statistics or of another form is never shown as this one.
    #[test]
    fn only_what_the_view_asks_for_is_shown() {
        let mut scene = Scene::default();
        scene.surface(Side::A).fill(10, 3, vec![0.5; 9], Section::default());
        let shown = |scene: &Scene, view: &View| !matches!(chart(scene, Side::A, view), Chart::Empty(_));
        let view = View::default();
        assert!(shown(&scene, &view) && shown(&scene, &View { slice: Slice::Relief, ..view.clone() }));
        for other in [
            View { slice: Slice::Line, ..view.clone() },
            View { plane: Cut::Gradient, ..view.clone() },
            View { stats: Policy::Running, ..view.clone() },
        ] {
            assert!(!shown(&scene, &other), "{other:?}");
        }
        scene.surface(Side::A).lack(10, Cut::Principal, Policy::Batch, "the path does not move".into());
        let path = View { plane: Cut::Principal, ..view.clone() };
        assert_eq!(chart(&scene, Side::A, &path), Chart::Empty("The path does not move.".into()));
        assert_eq!(chart(&scene, Side::A, &view), Chart::Empty("Measuring the landscape …".into()));
    }

    #[test]
    fn a_path_is_drawn_in_and_its_shares_stand_at_the_axes() {
        let mut scene = Scene::default();
        let section = Section {
            cut: Cut::Principal,
            bounds: [[-1.0, 5.0], [-2.0, 2.0]],
            path: vec![(4.0, 1.0), (2.0, 1.5), (0.0, 0.0)],
            explained: Some([0.714, 0.139]),
            ..Section::default()
        };
        let crossed = Section::read(section.cut, section.policy, &section.numbers()).unwrap();
        assert_eq!(crossed, section);
        assert_eq!(Section::read(Cut::Random, Policy::Batch, &[0.0; 5]), None);
        assert_eq!(Section::read(Cut::Random, Policy::Batch, &Section::default().numbers()), Some(Section::default()));
        scene.surface(Side::A).fill(10, 3, vec![0.5; 9], section.clone());
        let view = View { plane: Cut::Principal, ..View::default() };
        let Chart::Field(field) = chart(&scene, Side::A, &view) else { panic!() };
        assert_eq!(field.names, ["component 1 (71 %)", "component 2 (14 %)"]);
        assert_eq!((field.marks.path, field.marks.spots.len()), (section.path, 1));
        assert_eq!((field.axes[0].min, field.axes[0].max), (-1.0, 5.0));
    }

    #[test]
    fn a_line_from_a_to_b_needs_the_same_parameters() {
        use crate::config::Config;
        use crate::nn::norm::Norm;
        use crate::state::pair::Pair;
        let view = View { plane: Cut::Line, ..View::default() };
        let mut scene = Scene::default();
        assert!(scene.landscape_lack(&view).unwrap().contains("different parameters"), "BatchNorm has γ and β");
        assert_eq!(scene.landscape_lack(&View::default()), None);
        let b = Config { norm: Norm::None, lr: 0.5, ..Config::default() };
        scene.restart(Pair { a: Config { norm: Norm::None, ..Config::default() }, b });
        assert_eq!(scene.landscape_lack(&view), None);
        let section = Section { cut: Cut::Line, bounds: [[-0.5, 1.5], [-1.0, 1.0]], ..Section::default() };
        for side in [Side::A, Side::B] {
            scene.surface(side).fill(10, 5, vec![0.5; 5], section.clone());
        }
        let line = |side| match chart(&scene, side, &View { slice: Slice::Line, ..view.clone() }) {
            Chart::Curves(curves) => curves.here.unwrap().x,
            other => panic!("{other:?}"),
        };
        assert_eq!((line(Side::A), line(Side::B)), (0.0, 1.0));
    }

    #[test]
    fn a_grid_of_the_wrong_size_is_not_taken() {
        let mut surface = Surface::default();
        surface.fill(1, 5, vec![1.0; 24], Section::default());
        assert_eq!(surface.points(), 0);
    }
}
