//! How each chart was measured, in a sentence below its title.
//!
//! What changes while training goes on stands apart, see [`Scene::landscape_moment`]: it may not move
//! the rest.

use super::{Scene, how};
use crate::chart::number::count;
use crate::chart::ridges::MOST;
use crate::choice::Choices;
use crate::edition::Edition;
use crate::nn::model::Family;
use crate::nn::objective::Loss;
use crate::probe::landscape::{Cut, Policy, SAMPLES};
use crate::state::pair::Side;
use crate::state::view::{Curve, Layers, Live, Slice, View};

impl Scene {
    /// Below the large chart.
    pub fn curves_caption(&self, view: &View) -> String {
        let what = match view.curve {
            Curve::Loss => format!("Loss ({})", self.losses()),
            Curve::Accuracy => "Share classified correctly".into(),
            Curve::Measure(measure) if Edition::Full.is_here() => return self.measured_caption(measure),
            Curve::Measure(_) => return String::new(),
        };
        let envelope = self.frames().any(|(_, f)| f.loss.width > 1);
        let thin = if envelope { "mean and range of neighbouring mini-batches" } else { "each mini-batch" };
        let training = how::both(&self.pair, &|config| format!(", in {}", how::training(config)));
        let evaluation = how::evaluations(&self.pair);
        format!("{what} by step; thin: {thin}{training}; thick: the validation set{evaluation}")
    }

    /// Below a run's layer panel.
    pub fn layers_caption(&self, side: Side, view: &View) -> String {
        let config = self.config(side);
        let (activation, batch, training) = (config.activation.choice().label, config.batch, how::training(config));
        let first = if config.model == Family::Rnn { "first time step" } else { "first layer" };
        let many = self.frame(side).is_some_and(|frame| frame.layers.len() > MOST);
        let scaled = if many { "" } else { "; each scaled to its peak" };
        match self.layers_shown(view) {
            Layers::Activations => format!(
                "Entering each {activation}, {first} on top; the next mini-batch of {batch}, {training}{scaled}"
            ),
            Layers::Gradients => format!(
                "‖∂loss/∂output‖ of each {activation}, {first} on top; the next mini-batch of {batch}, {training}"
            ),
            Layers::Measure(measure) if Edition::Full.is_here() => self.measured_layers_caption(side, measure),
            Layers::Measure(_) => String::new(),
            Layers::Boundary => {
                let statistics = if config.norm.has_running_statistics() { ", running statistics" } else { "" };
                format!("Where the answer changes; dots: training samples; evaluation mode{statistics}")
            }
        }
    }

    /// Below a run's landscape: what stays the same while training goes on.
    pub fn landscape_caption(&self, side: Side, view: &View) -> String {
        let samples = self.config(side).train_len().min(SAMPLES);
        let (first, across) = match view.plane {
            Cut::Random if view.slice == Slice::Line => ("one random direction scaled to the weights", ""),
            Cut::Random => ("two random directions scaled to the weights", ""),
            Cut::Gradient => ("along its negative gradient, a step of the learning rate being 1", " and across"),
            Cut::Principal => ("principal components of the path of training (share of its variance)", ""),
            Cut::Line => ("from A's weights to B's", " and across"),
        };
        let across = if view.slice == Slice::Line { "" } else { across };
        let statistics = match (self.has_running_statistics(side), view.stats) {
            (true, Policy::Batch) => "; batch statistics",
            (true, Policy::Running) => "; running statistics",
            (true, Policy::Precise) => "; precise statistics at each point",
            // The other run has a switch for them.
            (false, _) if self.any_running_statistics() => "; statistics: no effect",
            (false, _) => "",
        };
        format!("Loss on {samples} training samples, {first}{across}{statistics}")
    }

    /// How far a run's landscape has come; empty as long as there is none.
    pub fn landscape_moment(&self, side: Side, view: &View) -> String {
        let surface = &self.known(side).surface;
        if surface.points() == 0 || !surface.suits(view) {
            return String::new();
        }
        let frozen = if view.live == Live::Off { "frozen at " } else { "" };
        let (n, step) = (surface.points(), count(surface.step));
        let points = if view.slice == Slice::Line { format!("{n} points") } else { format!("{n} × {n} points") };
        // Where nothing is left between the gaps, the chart says so.
        let gaps = match (surface.has_gaps() && surface.has_values(), view.slice) {
            (false, _) => "",
            (true, Slice::Plane) => ", hatched: overflows",
            (true, _) => ", gaps: overflows",
        };
        format!("{frozen}step {step}, {points}{gaps}")
    }

    /// What is lost, in words.
    fn losses(&self) -> &'static str {
        match [Side::A, Side::B].map(|side| self.config(side).loss) {
            [Loss::CrossEntropy, Loss::CrossEntropy] => "cross-entropy, natural logarithm",
            [Loss::Mse, Loss::Mse] => "mean squared error",
            _ => "cross-entropy of one run, squared error of the other",
        }
    }

    fn any_running_statistics(&self) -> bool {
        [Side::A, Side::B].into_iter().any(|side| self.has_running_statistics(side))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::data::Data;
    use crate::nn::norm::Norm;
    use crate::scene::Section;
    use crate::session::Session;
    use crate::session::frame::Camera;
    use crate::state::pair::Pair;

    #[test]
    fn captions_follow_the_state() {
        let mut scene = Scene::default();
        let mut view = View::default();
        assert!(scene.landscape_caption(Side::B, &view).contains("two random directions"));
        assert!(scene.landscape_caption(Side::B, &view).contains("batch statistics"));
        assert!(scene.landscape_caption(Side::A, &view).contains("statistics: no effect"), "A has no BatchNorm");
        view.stats = Policy::Running;
        view.slice = Slice::Line;
        assert!(scene.landscape_caption(Side::B, &view).contains("one random direction"));
        assert!(scene.landscape_caption(Side::B, &view).contains("running statistics"));
        for (plane, words) in [
            (Cut::Gradient, "negative gradient"),
            (Cut::Principal, "path of training"),
            (Cut::Line, "from A's weights to B's"),
        ] {
            assert!(scene.landscape_caption(Side::B, &View { plane, ..view.clone() }).contains(words));
        }
        assert!(
            scene.layers_caption(Side::A, &view).contains("ReLU")
                && scene.layers_caption(Side::A, &view).contains("of 32")
        );
        assert!(scene.layers_caption(Side::A, &view).ends_with("each scaled to its peak"));
        assert!(scene.curves_caption(&view).starts_with("Loss (cross-entropy, natural"));
        scene.restart(Pair { b: Config { norm: Norm::Layer, ..Config::default() }, ..Pair::default() });
        assert!(!scene.landscape_caption(Side::A, &view).contains("no effect"), "there is no switch to speak of");
    }

    #[test]
    fn what_changes_while_training_is_not_in_the_caption() {
        let mut scene = Scene::default();
        let view = View::default();
        let before = scene.landscape_caption(Side::A, &view);
        assert_eq!(scene.landscape_moment(Side::A, &view), "");
        scene.surface(Side::A).fill(326, 3, vec![1.0; 9], Section::default());
        assert_eq!(scene.landscape_moment(Side::A, &view), "step 326, 3 × 3 points");
        assert_eq!(scene.landscape_caption(Side::A, &view), before);
        let frozen = View { live: Live::Off, ..view.clone() };
        assert_eq!(scene.landscape_moment(Side::A, &frozen), "frozen at step 326, 3 × 3 points");
        // What is not what the view asks for is not on show.
        let other = View { stats: Policy::Precise, ..view.clone() };
        assert_eq!(scene.landscape_moment(Side::A, &other), "");
        let mut values = vec![1.0; 9];
        values[3] = f64::INFINITY;
        scene.surface(Side::A).fill(326, 3, values, Section::default());
        assert!(scene.landscape_moment(Side::A, &view).ends_with("3 × 3 points, hatched: overflows"));
        scene.surface(Side::A).fill(326, 3, vec![f64::INFINITY; 9], Section::default());
        assert!(scene.landscape_moment(Side::A, &view).ends_with("3 × 3 points"), "the chart says that");
    }

    #[test]
    fn bars_of_many_layers_have_no_peaks() {
        let rnn = Config { model: Family::Rnn, depth: 2, width: 4, ..Config::default() };
        let session = Session::new(rnn).unwrap();
        let mut scene = Scene::default();
        scene.restart(Pair { a: rnn, b: rnn });
        scene.take(Side::A, Camera::new(&session).take(&session, 5.0, true));
        let said = scene.layers_caption(Side::A, &View::default());
        assert!(said.contains("first time step") && !said.contains("peak"), "{said}");
    }

    #[test]
    fn a_boundary_is_shown_where_there_is_one() {
        let mut scene = Scene::default();
        let view = View { layers: Layers::Boundary, ..View::default() };
        assert_eq!(scene.layers_shown(&view), Layers::Activations);
        assert!(scene.layers_caption(Side::A, &view).starts_with("Entering each"));
        scene.restart(Pair { b: Config { data: Data::Xor, ..Config::default() }, ..Pair::default() });
        assert_eq!(scene.layers_shown(&view), Layers::Boundary);
    }
}
