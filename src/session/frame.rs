//! What one run shows at one moment: plain data, from the worker that trains to the page that draws.

use crate::measure::records::Record;
use crate::probe::boundary::BoundaryProbe;
use crate::probe::layers::{Layer, LayerProbe};
use crate::run::validation::Validation;
use crate::run::verdict::Verdict;
use crate::session::Session;
use crate::session::trace::Trace;
use serde::{Deserialize, Serialize};

/// A series over the steps, bucket by bucket.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Steps per bucket; the first bucket starts at step 1.
    pub width: u32,
    /// Mean of each bucket.
    pub mean: Vec<f32>,
    /// Smallest value of each bucket.
    pub min: Vec<f32>,
    /// Largest value of each bucket.
    pub max: Vec<f32>,
}

impl Series {
    fn of(trace: &Trace) -> Series {
        let buckets = trace.buckets();
        Series {
            width: trace.width(),
            mean: buckets.iter().map(|b| b.mean()).collect(),
            min: buckets.iter().map(|b| b.min).collect(),
            max: buckets.iter().map(|b| b.max).collect(),
        }
    }

    /// The step in the middle of bucket `i`.
    pub fn step(&self, i: usize) -> f64 {
        i as f64 * f64::from(self.width) + (f64::from(self.width) + 1.0) / 2.0
    }
}

/// One run at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// Steps taken.
    pub step: u64,
    /// Training loss by step.
    pub loss: Series,
    /// Training accuracy by step.
    pub accuracy: Series,
    /// Validation scores so far.
    pub validations: Vec<Validation>,
    /// How the run is doing.
    pub verdict: Verdict,
    /// The step and the layer at which the run left the finite range.
    pub divergence: Option<(u64, String)>,
    /// The step after which it was moved to other weights by hand, if it was.
    pub moved: Option<u64>,
    /// Whether it started from weights that were given, not drawn.
    pub given: bool,
    /// The hidden layers on the next mini-batch, in the pass that the next step will take.
    pub layers: Vec<Layer>,
    /// Half the width of the layers' histograms.
    pub range: f32,
    /// For 2-D data: the probability of class 0 over the plane, see [`BoundaryProbe::measure`].
    pub boundary: Vec<f32>,
    /// The fingerprint, and the step that it belongs to.
    pub fingerprint: (u64, String),
    /// What has been measured.
    pub records: Vec<Record>,
    /// How far a measurement that takes long has come: pieces done, and all of them.
    pub measuring: Option<(u64, u64)>,
}

/// Takes frames of one run.
pub struct Camera {
    layers: LayerProbe<f32>,
    boundary: Option<BoundaryProbe<f32>>,
    last: Insides,
}

/// What it costs a pass through the network to know.
#[derive(Clone, Debug, Default)]
struct Insides {
    layers: Vec<Layer>,
    range: f64,
    boundary: Vec<f32>,
}

impl Camera {
    /// A camera for that run.
    pub fn new(session: &Session) -> Camera {
        let run = session.run();
        let plane = run.config().data.is_plane();
        Camera {
            layers: LayerProbe::new(run.network(), run.config().batch),
            boundary: plane.then(|| BoundaryProbe::new(run.network())),
            last: Insides::default(),
        }
    }

    /// The run as it stands; histograms span ±`range`. Without `inside`, what can be seen only by a
    /// pass through the network is as it was in the last frame that looked.
    pub fn take(&mut self, session: &Session, range: f64, inside: bool) -> Frame {
        let run = session.run();
        if inside || self.last.layers.is_empty() {
            let (x, y) = run.batch();
            let boundary = self.boundary.as_mut().map(|probe| probe.measure(run.network(), run.state()));
            self.last = Insides {
                layers: self.layers.measure(run.network(), &run.next_pass(), x, y, range),
                range,
                boundary: boundary.unwrap_or_default(),
            };
        }
        let Insides { layers, range, boundary } = self.last.clone();
        Frame {
            step: run.steps(),
            loss: Series::of(session.loss()),
            accuracy: Series::of(session.accuracy()),
            validations: session.validations().to_vec(),
            verdict: session.verdict(),
            divergence: run.divergence().map(|d| (d.step, d.layer.clone())),
            moved: run.moved(),
            given: run.given(),
            layers,
            range: range as f32,
            boundary,
            fingerprint: session.fingerprint(),
            records: session.records().to_vec(),
            measuring: session.measuring(),
        }
    }
}

impl Frame {
    /// As bytes, to cross from a worker.
    ///
    /// # Errors
    /// The library's, in words. None is expected.
    pub fn encode(&self) -> Result<Vec<u8>, String> {
        postcard::to_stdvec(self).map_err(|e| e.to_string())
    }

    /// From bytes.
    ///
    /// # Errors
    /// If the bytes are not a frame's.
    pub fn decode(bytes: &[u8]) -> Result<Frame, String> {
        postcard::from_bytes(bytes).map_err(|e| e.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::data::Data;

    #[test]
    fn frames_cross_unchanged_and_taking_one_changes_nothing() {
        let config = Config { data: Data::Xor, width: 8, depth: 2, ..Config::default() };
        let mut session = Session::new(config).unwrap();
        for _ in 0..60 {
            session.step();
        }
        let before = session.run().fingerprint();
        let frame = Camera::new(&session).take(&session, 3.0, true);
        assert_eq!(session.run().fingerprint(), before);
        assert_eq!(Frame::decode(&frame.encode().unwrap()).unwrap(), frame);
        assert_eq!((frame.step, frame.layers.len(), frame.boundary.len()), (60, 2, 48 * 48));
        assert_eq!(frame.fingerprint.0, 50);
        assert!(Frame::decode(&[1, 2, 3]).is_err());
    }

    /// Histograms show what the next step will see.
    #[test]
    fn frozen_layers_are_seen_with_the_statistics_that_they_train_with() {
        let usual = Config { data: Data::Xor, width: 8, depth: 2, ..Config::default() };
        let layers = |config| {
            let session = Session::new(config).unwrap();
            Camera::new(&session).take(&session, 3.0, true).layers
        };
        let (free, frozen) = (layers(usual), layers(Config { freeze: 1, ..usual }));
        // At the start running statistics are 0 and 1: nothing is standardized.
        assert!((free[0].deviation - 1.0).abs() < 0.01, "{}", free[0].deviation);
        assert!((frozen[0].deviation - 1.0).abs() > 0.1, "{}", frozen[0].deviation);
    }
}
