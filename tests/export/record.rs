//! What a run says of itself: here, and in PyTorch.

use normlab::config::Config;
use normlab::data::{DataSet, Split};
use normlab::kernels::Real;
use normlab::nn::init::State;
use normlab::rng::Stream;
use normlab::run::Run;
use normlab::run::evaluate::{Evaluator, Policy};
use normlab::run::samples::Samples;
use serde_json::Value;

/// Each step's loss, and what validation gave; a run that diverged is not validated.
pub struct Record {
    losses: Vec<f64>,
    validation: Option<Validation>,
}

struct Validation {
    loss: f64,
    /// None in a regression.
    accuracy: Option<f64>,
}

/// A loss below this share of 1 is as good as 0: rounding errors are not a share of it.
const SMALL: f64 = 1e-2;

/// Where losses may be farther apart than this, so may be answers.
const NEAR: f64 = 1e-4;

fn apart(ours: f64, theirs: f64) -> f64 {
    match (ours.is_finite(), theirs.is_finite()) {
        (true, true) => (ours - theirs).abs() / theirs.abs().max(SMALL),
        (false, false) => 0.0,
        _ => f64::INFINITY,
    }
}

impl Record {
    /// What `run` says over so many steps; `nudge` is called before each.
    fn of<F: Real>(mut run: Run<F>, steps: usize, mut nudge: impl FnMut(&mut Run<F>)) -> Record {
        let mut losses = Vec::new();
        while losses.len() < steps && run.divergence().is_none() {
            nudge(&mut run);
            losses.push(run.step().loss);
        }
        let validation = run.divergence().is_none().then(|| {
            let split = &run.data().validation;
            let mut evaluator = Evaluator::new(run.network(), split.len(), Policy::inference(run.config()));
            let score = evaluator.score(run.network(), run.state(), split);
            Validation { loss: score.loss, accuracy: score.accuracy() }
        });
        Record { losses, validation }
    }

    /// In single precision, as the lab trains.
    pub fn single(config: Config, steps: usize) -> Record {
        Record::of(Run::<f32>::new(config).unwrap(), steps, |_| ())
    }

    /// In double precision, from the same samples and weights, which are single: over the steps that the
    /// single run took. With a stream, each step begins by rounding each weight up, down or not at all, at random.
    pub fn double(config: Config, single: &Record, nudges: Option<&mut Stream>) -> Record {
        let start = Run::<f32>::new(config).unwrap();
        let mut run = Run::on(config, widened(&Samples::<f32>::of(&config)));
        run.start_from(State { params: wide(&start.state().params), buffers: wide(&start.state().buffers) });
        let steps = single.losses.len();
        match nudges {
            None => Record::of(run, steps, |_| ()),
            Some(stream) => Record::of(run, steps, |run| {
                let mut state = run.state().clone();
                let mut last = || (f64::from(stream.below(3)) - 1.0) * f64::EPSILON;
                state.params.iter_mut().for_each(|p| *p *= 1.0 + last());
                run.start_from(state);
            }),
        }
    }

    /// How far runs that differ by nothing but rounding have parted from this one, up to each step and,
    /// last, in validation.
    pub fn spread(&self, nudged: &[Record]) -> Vec<f64> {
        let mut all: Vec<f64> = (0..self.losses.len())
            .map(|i| nudged.iter().map(move |n| n.losses.get(i).map_or(f64::INFINITY, |&l| apart(l, self.losses[i]))))
            .map(|each| each.fold(0.0, f64::max))
            .collect();
        let loss = |record: &Record| record.validation.as_ref().map_or(f64::NAN, |v| v.loss);
        all.push(nudged.iter().map(|n| apart(loss(n), loss(self))).fold(0.0, f64::max));
        let mut most = 0.0_f64;
        all.iter_mut().for_each(|a| {
            most = most.max(*a);
            *a = most;
        });
        all
    }

    /// From the lines that a script prints.
    pub fn printed(lines: &str) -> Result<Record, String> {
        let mut record = Record { losses: Vec::new(), validation: None };
        for line in lines.lines() {
            // JSON has no words for these.
            let json = line.replace("-Infinity", "null").replace("Infinity", "null").replace("NaN", "null");
            let json: Value = serde_json::from_str(&json).map_err(|_| lines.to_owned())?;
            let number = |key: &str| json[key].as_f64().unwrap_or(f64::NAN);
            if json.get("train_loss").is_some() {
                record.losses.push(number("train_loss"));
            } else {
                let accuracy = json.get("val_accuracy").map(|_| number("val_accuracy"));
                record.validation = Some(Validation { loss: number("val_loss"), accuracy });
            }
        }
        Ok(record)
    }

    /// How far these losses are from PyTorch's, as a share of those, at most; an error says where they are
    /// farther apart than `close` of that step (validation: of the one behind the last), or an accuracy
    /// differs at all although the losses are close. Nothing is compared from where `close` is infinite.
    pub fn against(&self, theirs: &Record, close: impl Fn(usize) -> f64) -> Result<f64, String> {
        let mut worst = 0.0_f64;
        for (i, (&ours, &theirs)) in self.losses.iter().zip(&theirs.losses).enumerate() {
            let apart = apart(ours, theirs);
            if close(i).is_infinite() {
                return Ok(worst);
            }
            if apart >= close(i) {
                return Err(format!("step {}: {ours} here, {theirs} in PyTorch ({apart:.0e})", i + 1));
            }
            worst = worst.max(apart);
        }
        let shorter = self.losses.len().min(theirs.losses.len());
        if close(shorter).is_infinite() {
            return Ok(worst);
        }
        if self.losses.len() != theirs.losses.len() {
            return Err(format!("{} steps here, {} in PyTorch", self.losses.len(), theirs.losses.len()));
        }
        match (&self.validation, &theirs.validation) {
            (None, None) => Ok(worst),
            (Some(ours), Some(theirs)) => {
                let (apart, close) = (apart(ours.loss, theirs.loss), close(self.losses.len()));
                if apart >= close {
                    return Err(format!("validation: {} here, {} in PyTorch ({apart:.0e})", ours.loss, theirs.loss));
                }
                if close < NEAR && ours.loss.is_finite() && ours.accuracy != theirs.accuracy {
                    return Err(format!("accuracy: {:?} here, {:?} in PyTorch", ours.accuracy, theirs.accuracy));
                }
                Ok(worst.max(apart))
            }
            (ours, _) => Err(format!("validated {}", if ours.is_some() { "here alone" } else { "in PyTorch alone" })),
        }
    }

    /// Whether the loss moved at all.
    pub fn moves(&self) -> bool {
        self.losses.iter().any(|loss| (loss - self.losses[0]).abs() > 0.01)
    }
}

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&v| f64::from(v)).collect()
}

fn widened(samples: &Samples<f32>) -> Samples<f64> {
    let split = |s: &Split<f32>| Split { x: wide(&s.x), y: s.y.clone() };
    let set = &samples.set;
    Samples {
        set: DataSet {
            features: set.features,
            classes: set.classes,
            targets: set.targets.as_deref().map(wide),
            train: split(&set.train),
            validation: split(&set.validation),
        },
        tune: samples.tune.as_ref().map(split),
    }
}
