//! How each chart was measured, in a sentence below its title.

use super::Scene;
use crate::chart::number::count;
use crate::config::pair::Side;
use crate::config::view::{Curve, Layers, Slice, Stats, View};
use crate::nn::norm::Norm;
use crate::probe::landscape::SAMPLES;

impl Scene {
    /// Below the large chart.
    pub fn curves_caption(&self, view: &View) -> String {
        let what = match view.curve {
            Curve::Loss => "Cross-entropy",
            Curve::Accuracy => "Share classified correctly",
        };
        let policy = if self.any_batchnorm() { " with running statistics" } else { "" };
        let envelope = self.frames().any(|(_, f)| f.loss.width > 1);
        let thin = if envelope { "mean and range of neighbouring mini-batches" } else { "each mini-batch" };
        format!("{what} by step; thin: {thin}, in training mode; thick: the validation set{policy}")
    }

    /// Below a run's layer panel.
    pub fn layers_caption(&self, side: Side, view: &View) -> String {
        let config = self.config(side);
        match view.layers {
            Layers::Activations => format!(
                "Entering each {}, first layer on top; the next mini-batch of {}, training mode; each scaled to its peak",
                crate::choice::Choices::choice(config.activation).label,
                config.batch
            ),
            Layers::Gradients => format!(
                "‖∂loss/∂output‖ of each hidden layer, first on top; the next mini-batch of {}, training mode",
                config.batch
            ),
            Layers::Boundary => "Where the answer changes; dots: training samples; evaluation mode".into(),
        }
    }

    /// Below a run's landscape.
    pub fn landscape_caption(&self, side: Side, view: &View) -> String {
        let config = self.config(side);
        let samples = config.data.train_len().min(SAMPLES);
        let cut = match view.slice {
            Slice::Line => "One random direction",
            Slice::Plane => "A cut along two random directions",
        };
        let statistics = match (config.norm, view.stats) {
            (Norm::Batch, Stats::Batch) => ", batch statistics",
            (Norm::Batch, Stats::Running) => ", running statistics",
            _ => "",
        };
        let surface = &self.known(side).surface;
        let measured = match (surface.points(), view.slice) {
            (0, _) => String::new(),
            (n, Slice::Line) => format!("; {n} points, step {}", count(surface.step)),
            (n, Slice::Plane) => format!("; {n} × {n} points, step {}", count(surface.step)),
        };
        format!("{cut}, filter-normalized; loss on {samples} training samples{statistics}{measured}")
    }

    fn any_batchnorm(&self) -> bool {
        self.pair.a.norm == Norm::Batch || self.pair.b.norm == Norm::Batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_follow_the_state() {
        let scene = Scene::default();
        let mut view = View::default();
        assert!(scene.landscape_caption(Side::B, &view).contains("two random directions"));
        assert!(scene.landscape_caption(Side::B, &view).contains("batch statistics"));
        assert!(!scene.landscape_caption(Side::A, &view).contains("statistics"), "A has no BatchNorm");
        view.stats = Stats::Running;
        view.slice = Slice::Line;
        assert!(scene.landscape_caption(Side::B, &view).contains("One random direction"));
        assert!(scene.landscape_caption(Side::B, &view).contains("running statistics"));
        assert!(
            scene.layers_caption(Side::A, &view).contains("ReLU")
                && scene.layers_caption(Side::A, &view).contains("of 32")
        );
        assert!(scene.curves_caption(&view).starts_with("Cross-entropy"));
    }
}
