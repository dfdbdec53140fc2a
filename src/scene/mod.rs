//! From frames to charts and words: what the page shows of a pair of runs.
//!
//! A [`Scene`] holds the newest frame of each run, the ghosts of earlier runs and the landscapes. It
//! composes one chart per panel, always with both runs on the same axes, and the finding.

pub mod badge;
mod captions;
mod curves;
pub mod finding;
mod how;
mod landscape;
mod layers;
mod looks;
mod measured;
mod names;
mod nodes;
mod placed;
pub mod sweep;
pub mod title;

pub use landscape::{Section, Surface};

use crate::chart::number::count;
use crate::chart::{Chart, Mark};
use crate::config::Config;
use crate::edition::Edition;
use crate::measure::records::Record;
use crate::nn::norm::Parts;
use crate::session::frame::Frame;
use crate::state::pair::{Pair, Side};
use crate::state::view::{Curve, Layers, View};
use looks::Looks;
use serde::{Deserialize, Serialize};

/// The curves that a run left behind when its configuration changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ghost {
    /// What it was, in the words of the settings that changed since.
    pub name: String,
    /// Its colours.
    pub mark: Mark,
    /// Whether it stays when the next one comes.
    pub pinned: bool,
    /// Validation loss by step.
    pub loss: Vec<(f64, f64)>,
    /// Validation accuracy by step.
    pub accuracy: Vec<(f64, f64)>,
    /// What was measured.
    pub records: Vec<Record>,
}

/// One of the two runs, as far as the page knows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Known {
    frame: Option<Frame>,
    surface: Surface,
}

/// Everything that the charts are made of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scene {
    pair: Pair,
    a: Known,
    b: Known,
    ghosts: Vec<Ghost>,
    looks: Looks,
    /// What ran before a slider was moved, while it still is.
    origin: Option<Origin>,
}

/// Two runs as they were left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Origin {
    pair: Pair,
    a: Option<Frame>,
    b: Option<Frame>,
}

/// The settings besides the normalization in which a run differs from the other, in words.
pub fn differences(pair: &Pair, side: Side) -> Vec<String> {
    let others = names::differences(pair).into_iter().filter(|f| f.name != "norm");
    others.map(|f| names::setting(f, pair.of(side))).collect()
}

/// What synchronized statistics cost, in words; none where nothing is exchanged.
pub fn exchange(config: &Config) -> Option<String> {
    if !Edition::Full.is_here() || config.norm.card().parts != Parts::Exchanged || !config.is_trainable() {
        return None;
    }
    let values = config.architecture().build::<f32>().exchanged();
    (values > 0).then(|| format!("devices exchange {} values a step", count(values as u64)))
}

/// In place of a chart of a run whose settings cannot be trained; the finding says why.
const NOT_TRAINED: &str = "Not trained: see above";

/// In place of what only the full edition can show, until it is there.
const LATER: &str = "Loading …";

/// Most ghosts kept.
const GHOSTS: usize = 6;

impl Scene {
    /// As bytes, to cross from one edition of the engine to the other.
    ///
    /// # Errors
    /// The library's, in words. None is expected.
    pub fn encode(&self) -> Result<Vec<u8>, String> {
        postcard::to_stdvec(self).map_err(|e| e.to_string())
    }

    /// From bytes.
    ///
    /// # Errors
    /// If the bytes are not a scene's.
    pub fn decode(bytes: &[u8]) -> Result<Scene, String> {
        postcard::from_bytes(bytes).map_err(|e| e.to_string())
    }

    /// Starts over with a pair. Each run whose configuration changed leaves its curves as a ghost;
    /// ghosts that nobody pinned give way.
    pub fn restart(&mut self, pair: Pair) {
        let before = self.leave(pair);
        let mut left = Vec::new();
        for (side, old, new, frame) in
            [(Side::A, before.pair.a, pair.a, &before.a), (Side::B, before.pair.b, pair.b, &before.b)]
        {
            let Some(frame) = frame.as_ref().filter(|f| old != new && f.step >= 2) else {
                continue;
            };
            let series = |value: fn(&crate::run::validation::Validation) -> f64| {
                frame.validations.iter().map(|v| (v.step as f64, value(v))).collect()
            };
            left.push(Ghost {
                name: names::former(&old, &new),
                mark: names::mark(&before.pair, side),
                pinned: false,
                loss: series(|v| v.loss),
                accuracy: series(|v| v.accuracy),
                records: frame.records.clone(),
            });
        }
        if !left.is_empty() {
            self.ghosts.retain(|g| g.pinned);
            self.ghosts.extend(left);
            let extra = self.ghosts.len().saturating_sub(GHOSTS);
            self.ghosts.drain(..extra);
        }
    }

    /// Starts over with a pair that a moving slider passes: it will leave no ghost. That is for the
    /// runs from which the slider started, at the next [`Scene::restart`].
    pub fn pass(&mut self, pair: Pair) {
        let origin = self.leave(pair);
        // Back where it started: the runs are what they were.
        self.origin = (origin.pair != pair).then_some(origin);
    }

    /// Clears the stage for a pair, and gives what ran before it.
    fn leave(&mut self, pair: Pair) -> Origin {
        self.looks = Looks::default();
        let a = std::mem::take(&mut self.a).frame;
        let b = std::mem::take(&mut self.b).frame;
        let before = Origin { pair: std::mem::replace(&mut self.pair, pair), a, b };
        self.origin.take().unwrap_or(before)
    }

    /// Takes a run's newest frame.
    pub fn take(&mut self, side: Side, frame: Frame) {
        self.known_mut(side).frame = Some(frame);
        self.looks.see([&self.a, &self.b].map(|known| known.frame.as_ref()));
    }

    /// A run that nothing more will be heard of: the other one's histograms need not wait for it.
    pub fn lose(&mut self, side: Side) {
        self.looks.lose(side);
    }

    /// Whether a run cannot be trained with its settings.
    pub fn refused(&self, side: Side) -> bool {
        !self.config(side).is_trainable()
    }

    /// A run's normalization keeps running statistics, so that training and inference differ.
    pub fn has_running_statistics(&self, side: Side) -> bool {
        self.config(side).norm.has_running_statistics()
    }

    /// Whether some run's data are points in the plane, so that there is a decision boundary.
    pub fn has_boundary(&self) -> bool {
        [Side::A, Side::B].into_iter().any(|side| self.config(side).data.is_plane())
    }

    /// What the layer panels show: what the view asks for, unless neither run has it.
    pub fn layers_shown(&self, view: &View) -> Layers {
        if view.layers == Layers::Boundary && !self.has_boundary() { Layers::Activations } else { view.layers }
    }

    /// A run's landscape, to be filled in.
    pub fn surface(&mut self, side: Side) -> &mut Surface {
        &mut self.known_mut(side).surface
    }

    /// A run's newest frame.
    pub fn frame(&self, side: Side) -> Option<&Frame> {
        self.known(side).frame.as_ref()
    }

    /// The ghosts, oldest first.
    pub fn ghosts(&self) -> &[Ghost] {
        &self.ghosts
    }

    /// Pins or unpins a ghost.
    pub fn pin(&mut self, ghost: usize, pinned: bool) {
        if let Some(ghost) = self.ghosts.get_mut(ghost) {
            ghost.pinned = pinned;
        }
    }

    /// Removes one ghost.
    pub fn clear(&mut self, ghost: usize) {
        if ghost < self.ghosts.len() {
            self.ghosts.remove(ghost);
        }
    }

    fn config(&self, side: Side) -> &Config {
        self.pair.of(side)
    }

    fn known(&self, side: Side) -> &Known {
        if side == Side::B { &self.b } else { &self.a }
    }

    fn known_mut(&mut self, side: Side) -> &mut Known {
        if side == Side::B { &mut self.b } else { &mut self.a }
    }

    fn frames(&self) -> impl Iterator<Item = (Side, &Frame)> {
        [Side::A, Side::B].into_iter().filter_map(|side| self.frame(side).map(|f| (side, f)))
    }

    /// A run's colours.
    pub fn mark(&self, side: Side) -> Mark {
        names::mark(&self.pair, side)
    }

    /// Loss, accuracy or a measurement of both runs by step.
    pub fn curves(&self, view: &View) -> Chart {
        match view.curve {
            Curve::Measure(measure) if Edition::Full.is_here() => measured::over_steps(self, view, measure),
            Curve::Measure(_) => Chart::Empty(LATER.into()),
            Curve::Loss | Curve::Accuracy => curves::chart(self, view),
        }
    }

    /// One run's layers.
    pub fn layers(&self, side: Side, view: &View) -> Chart {
        layers::chart(self, side, view)
    }

    /// One run's loss landscape.
    pub fn landscape(&self, side: Side, view: &View) -> Chart {
        landscape::chart(self, side, view)
    }

    /// Half the width of the axis on which the next histograms of both runs should be taken; `resting`
    /// if no run moves.
    pub fn range(&mut self, resting: bool) -> f64 {
        self.looks.range(resting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Session;
    use crate::session::frame::Camera;

    #[test]
    fn a_scene_crosses_to_another_edition_unchanged() {
        let config = Config { width: 4, lr: 1.0 / 3.0, eps: None, ..Config::default() };
        let mut session = Session::new(config).unwrap();
        (0..4).for_each(|_| session.step());
        let frame = Camera::new(&session).take(&session, 5.0, true);
        let mut scene = Scene::default();
        scene.restart(Pair { a: config, b: config });
        scene.take(Side::A, frame.clone());
        scene.restart(Pair::default());
        scene.take(Side::B, frame);
        scene.surface(Side::B).fill(4, 2, vec![1.0, f64::INFINITY, 0.5, 0.1], Section::default());
        scene.pass(Pair { a: config, b: config });
        scene.pin(0, true);
        assert_eq!(scene.ghosts().len(), 1);
        assert_eq!(Scene::decode(&scene.encode().unwrap()), Ok(scene.clone()));
        assert_ne!(Scene::decode(&Scene::default().encode().unwrap()), Ok(scene));
        assert!(Scene::decode(&[1, 2, 3]).is_err());
    }
}
