//! How each chart was measured, in a sentence below its title.
//!
//! What changes while training goes on stands apart, see [`Scene::landscape_moment`]: it may not move
//! the rest.

use super::Scene;
use crate::chart::number::count;
use crate::choice::Choices;
use crate::config::pair::Side;
use crate::config::view::{Curve, Layers, Slice, Stats, View};
use crate::nn::objective::Loss;
use crate::probe::landscape::SAMPLES;

impl Scene {
    /// Below the large chart.
    pub fn curves_caption(&self, view: &View) -> String {
        let what = match view.curve {
            Curve::Loss => format!("Loss ({})", self.losses()),
            Curve::Accuracy => "Share classified correctly".into(),
        };
        let policy = if self.any_running_statistics() { " with running statistics" } else { "" };
        let envelope = self.frames().any(|(_, f)| f.loss.width > 1);
        let thin = if envelope { "mean and range of neighbouring mini-batches" } else { "each mini-batch" };
        format!("{what} by step; thin: {thin}, in training mode; thick: the validation set{policy}")
    }

    /// Below a run's layer panel.
    pub fn layers_caption(&self, side: Side, view: &View) -> String {
        let config = self.config(side);
        match self.layers_shown(view) {
            Layers::Activations => format!(
                "Entering each {}, first layer on top; the next mini-batch of {}, training mode; each scaled to its peak",
                config.activation.choice().label,
                config.batch
            ),
            Layers::Gradients => format!(
                "‖∂loss/∂output‖ of each hidden layer, first on top; the next mini-batch of {}, training mode",
                config.batch
            ),
            Layers::Boundary => "Where the answer changes; dots: training samples; evaluation mode".into(),
        }
    }

    /// Below a run's landscape: what stays the same while training goes on.
    pub fn landscape_caption(&self, side: Side, view: &View) -> String {
        let samples = self.config(side).data.train_len().min(SAMPLES);
        let cut = match view.slice {
            Slice::Line => "one random direction",
            Slice::Plane => "two random directions",
        };
        let statistics = match (self.has_running_statistics(side), view.stats) {
            (true, Stats::Batch) => "; batch statistics",
            (true, Stats::Running) => "; running statistics",
            // The other run has a switch for them.
            (false, _) if self.any_running_statistics() => "; Batch/Running: no effect",
            (false, _) => "",
        };
        format!("Loss on {samples} training samples, {cut} scaled to the weights{statistics}")
    }

    /// How far a run's landscape has come; empty as long as there is none.
    pub fn landscape_moment(&self, side: Side, view: &View) -> String {
        let surface = &self.known(side).surface;
        match (surface.points(), view.slice) {
            (0, _) => String::new(),
            (n, Slice::Line) => format!("step {}, {n} points", count(surface.step)),
            (n, Slice::Plane) => format!("step {}, {n} × {n} points", count(surface.step)),
        }
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
    use crate::config::pair::Pair;
    use crate::data::Data;
    use crate::nn::norm::Norm;

    #[test]
    fn captions_follow_the_state() {
        let mut scene = Scene::default();
        let mut view = View::default();
        assert!(scene.landscape_caption(Side::B, &view).contains("two random directions"));
        assert!(scene.landscape_caption(Side::B, &view).contains("batch statistics"));
        assert!(scene.landscape_caption(Side::A, &view).contains("Batch/Running: no effect"), "A has no BatchNorm");
        view.stats = Stats::Running;
        view.slice = Slice::Line;
        assert!(scene.landscape_caption(Side::B, &view).contains("one random direction"));
        assert!(scene.landscape_caption(Side::B, &view).contains("running statistics"));
        assert!(
            scene.layers_caption(Side::A, &view).contains("ReLU")
                && scene.layers_caption(Side::A, &view).contains("of 32")
        );
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
        scene.surface(Side::A).fill(326, 3, vec![1.0; 9]);
        assert_eq!(scene.landscape_moment(Side::A, &view), "step 326, 3 × 3 points");
        assert_eq!(scene.landscape_caption(Side::A, &view), before);
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
