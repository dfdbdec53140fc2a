//! Measurements of a run while it trains.

use super::evaluate::Policy;
use super::precise::precise;
use super::run::Run;
use super::scores::score;
use super::twin::hessian;
use crate::config::measures::{Form, Instrument, MEASURES, Measure};
use crate::kernels::Real;
use crate::nn::init::State;
use crate::nn::layer::Statistics;
use crate::nn::network::Workspace;
use crate::probe::Batch;
use crate::probe::along::AlongProbe;
use crate::probe::curvature::{Curvature, Plan, Spectrum};
use crate::probe::drift::DriftProbe;
use crate::probe::offset::offsets;
use crate::probe::rates::rates;
use crate::probe::shift::ShiftProbe;
use crate::probe::statistics::StatisticsProbe;
use crate::probe::units::{UnitProbe, gradient_slope};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A measured value; what is missing was not a finite number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// One number.
    Number(Option<f64>),
    /// The smallest and the largest.
    Range(Option<[f64; 2]>),
    /// One for each layer, by name, from input to output. None at all where there is nothing to measure.
    Layers(Vec<(String, Option<f64>)>),
    /// Numbers and the shares of all that they stand for. None at all where one was not finite.
    Density(Vec<(f64, f64)>),
}

/// A measurement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// After how many steps.
    pub step: u64,
    /// The measure's name, see [`MEASURES`].
    pub name: String,
    /// What was measured.
    pub value: Value,
}

impl Value {
    /// What there is to say where there is nothing to measure.
    pub fn missing(form: Form) -> Value {
        match form {
            Form::Number => Value::Number(None),
            Form::Range => Value::Range(None),
            Form::Layers => Value::Layers(Vec::new()),
            Form::Density => Value::Density(Vec::new()),
        }
    }
}

impl Reading {
    /// As JSON: `step`, `probe`, and `value`, or `low` and `high`, or `layers` as a list of names and
    /// values, or `density` as a list of numbers and shares; null is missing.
    pub fn json(&self) -> serde_json::Value {
        let mut line = json!({ "step": self.step, "probe": self.name });
        let mut put = |key: &str, value: serde_json::Value| line[key] = value;
        match &self.value {
            Value::Number(value) => put("value", json!(value)),
            Value::Range(range) => {
                put("low", json!(range.map(|r| r[0])));
                put("high", json!(range.map(|r| r[1])));
            }
            Value::Layers(layers) => put("layers", json!(layers)),
            Value::Density(nodes) => put("density", json!(nodes)),
        }
        line
    }
}

/// How to measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Steps between measurements, 1 or more; the first is before the first step.
    pub every: u64,
    /// Step sizes along the gradient, 2 or more.
    pub points: usize,
    /// Batches over which the noise of statistics is taken, at most.
    pub batches: usize,
    /// Products for the leading eigenvalues.
    pub products: usize,
    /// Training samples for the Hessian, at most.
    pub samples: usize,
}

impl Default for Settings {
    /// What the usual measures cost at this interval is in `docs/probes.md`.
    fn default() -> Settings {
        Settings { every: 200, points: 4, batches: 32, products: 20, samples: 256 }
    }
}

/// Takes measurements of one run. It reads the run and works in buffers of its own.
pub struct Monitor<F> {
    settings: Settings,
    measures: Vec<&'static Measure>,
    along: AlongProbe<F>,
    shift: ShiftProbe<F>,
    drift: DriftProbe<F>,
    units: UnitProbe<F>,
    statistics: StatisticsProbe<F>,
    work: Workspace<F>,
    gradient: Vec<F>,
    under_way: Option<Measurement<F>>,
}

/// A measurement that has begun.
struct Measurement<F> {
    /// What is to be asked, the next one last.
    queue: Vec<Instrument>,
    /// θ after the step that the run is about to take, once it is known.
    next: Vec<F>,
    /// In the middle of its products.
    curvature: Option<Curvature>,
    found: Found,
}

/// What the instruments found, by the measures' names; none was asked that is not needed.
#[derive(Default)]
struct Found(Vec<(&'static str, Value)>);

impl<F: Real> Monitor<F> {
    /// A monitor of that run for those measures.
    pub fn new(run: &Run<F>, measures: Vec<&'static Measure>, settings: Settings) -> Monitor<F> {
        let (network, batch) = (run.network(), run.config().batch);
        Monitor {
            settings,
            measures,
            along: AlongProbe::new(network, batch),
            shift: ShiftProbe::new(network, batch),
            drift: DriftProbe::new(network, batch),
            units: UnitProbe::new(network, batch),
            statistics: StatisticsProbe::new(network, batch),
            work: Workspace::to_train(network, batch),
            gradient: vec![F::ZERO; network.layout().params.len()],
            under_way: None,
        }
    }

    /// The measures that are taken unless others are asked for.
    pub fn usual() -> Vec<&'static Measure> {
        MEASURES.iter().filter(|m| m.usual).collect()
    }

    /// Whether it is time to measure.
    pub fn is_due(&self, run: &Run<F>) -> bool {
        run.steps().is_multiple_of(self.settings.every)
    }

    /// Measures the run as it stands. Measures for which there is nothing in such a run have no layers,
    /// or no number.
    pub fn measure(&mut self, run: &Run<F>) -> Vec<Reading> {
        self.begin(run, INSTRUMENTS);
        loop {
            if let Some(found) = self.advance(run) {
                return found;
            }
        }
    }

    /// Begins to measure the run as it stands, as far as those instruments do: see [`Monitor::advance`].
    pub fn begin(&mut self, run: &Run<F>, instruments: &[Instrument]) {
        let wanted = |instrument| {
            let relevant = |m: &&Measure| m.instrument == instrument && (m.relevant)(run.config());
            self.measures.iter().copied().any(|m| relevant(&m))
        };
        let queue = instruments.iter().rev().copied().filter(|&i| wanted(i)).collect();
        self.under_way = Some(Measurement { queue, next: Vec::new(), curvature: None, found: Found::default() });
    }

    /// Asks one instrument, or computes one product of those that take many; the run must be as it was
    /// when this measurement began. Gives all readings once it is done.
    pub fn advance(&mut self, run: &Run<F>) -> Option<Vec<Reading>> {
        let mut now = self.under_way.take()?;
        match now.queue.last() {
            Some(Instrument::Curvature) => {
                let curvature = now.curvature.get_or_insert_with(|| self.curvature(run));
                if !curvature.step() {
                    curvatures(run, &curvature.spectrum(), &mut now.found);
                    now.curvature = None;
                    now.queue.pop();
                }
            }
            Some(&instrument) => {
                if now.next.is_empty() && matches!(instrument, Instrument::Shift | Instrument::Drift) {
                    now.next = self.next(run);
                }
                self.ask(instrument, run, &now.next, &mut now.found);
                now.queue.pop();
            }
            None => {
                let reading =
                    |m: &&Measure| Reading { step: run.steps(), name: m.name.into(), value: now.found.value(m) };
                return Some(self.measures.iter().map(reading).collect());
            }
        }
        self.under_way = Some(now);
        None
    }

    /// Of an instrument that takes many products: how many are done, and how many there will be.
    pub fn progress(&self) -> Option<(usize, usize)> {
        self.under_way.as_ref()?.curvature.as_ref().map(Curvature::progress)
    }

    /// Gives up the measurement that has begun.
    pub fn cancel(&mut self) {
        self.under_way = None;
    }

    /// Whether a measurement has begun and is not done.
    pub fn is_under_way(&self) -> bool {
        self.under_way.is_some()
    }

    /// θ after the step that the run is about to take.
    fn next(&mut self, run: &Run<F>) -> Vec<F> {
        let (x, labels) = run.batch();
        self.gradient.fill(F::ZERO);
        run.network().gradient(&run.next_pass(), x, labels, &mut self.work, &mut self.gradient, |_, _| {});
        run.updated(&self.gradient)
    }

    fn ask(&mut self, instrument: Instrument, run: &Run<F>, next: &[F], found: &mut Found) {
        let (network, lr) = (run.network(), run.config().lr);
        let (x, labels) = run.batch();
        let batch = Batch { pass: run.next_pass(), x, labels };
        match instrument {
            Instrument::Along => {
                let along = self.along.measure(network, &batch, lr, self.settings.points);
                found.range("loss_range", along.loss);
                found.range("predictiveness", along.predictiveness);
                found.number("smoothness", along.smoothness);
                found.number("smoothness_lr", along.smoothness.map(|b| b * lr));
                found.number("gradient_cosine", along.cosine);
                found.number("gradient_change", along.change);
            }
            Instrument::Shift => {
                let shifts = self.shift.measure(network, &batch, next);
                found.layers("shift", shifts.iter().map(|s| (&s.name, s.distance)));
                found.layers("shift_cosine", shifts.iter().map(|s| (&s.name, s.cosine)));
            }
            Instrument::Drift => {
                let drifts = self.drift.measure(network, &batch, next);
                found.layers("mean_drift", drifts.iter().map(|d| (&d.name, d.mean)));
                found.layers("variance_drift", drifts.iter().map(|d| (&d.name, d.variance)));
            }
            Instrument::Units => {
                let units = self.units.measure(network, &batch);
                found.layers("gradient_norm", units.iter().map(|u| (&u.name, u.gradient)));
                found.layers("dead", units.iter().map(|u| (&u.name, u.dead)));
                found.layers("saturated", units.iter().map(|u| (&u.name, u.saturated)));
                found.layers("rank", units.iter().map(|u| (&u.name, u.rank)));
                found.number("gradient_slope", gradient_slope(&units));
            }
            Instrument::Rates => {
                let rates = rates(network, batch.pass.params, lr);
                found.layers("effective_lr", rates.iter().map(|r| (&r.name, r.rate)));
            }
            Instrument::Offset => {
                let offsets = offsets(network, run.config().input(), &batch, &mut self.work);
                found.layers("offset", offsets.iter().map(|o| (&o.name, o.share)));
            }
            Instrument::Noise => {
                let (size, train) = (run.config().batch, &run.data().train.x);
                let x = &train[..train.len().min(self.settings.batches * size * run.data().features)];
                let State { params, buffers } = run.state();
                let noise = self.statistics.noise(network, params, buffers, x, size);
                found.layers("mean_noise", noise.iter().map(|n| (&n.name, n.mean)));
                found.layers("mean_noise_expected", noise.iter().map(|n| (&n.name, n.mean_expected)));
                found.layers("deviation_noise", noise.iter().map(|n| (&n.name, n.deviation)));
                found.layers("deviation_noise_expected", noise.iter().map(|n| (&n.name, n.deviation_expected)));
            }
            Instrument::Gap => {
                let gaps = self.statistics.gap(network, &batch);
                found.layers("mean_gap", gaps.iter().map(|g| (&g.name, g.mean)));
                found.layers("deviation_gap", gaps.iter().map(|g| (&g.name, g.deviation)));
            }
            Instrument::Accuracy => self.accuracies(run, found),
            // Product by product, see [`Monitor::advance`].
            Instrument::Curvature => {}
        }
    }

    /// Those that are wanted: precise statistics take a pass over the whole training set.
    fn accuracies(&self, run: &Run<F>, found: &mut Found) {
        let split = &run.data().validation;
        let accuracy = |state: &State<F>, policy| score(run, state, split, policy).accuracy();
        for measure in self.measures.iter().filter(|m| (m.relevant)(run.config())) {
            match measure.name {
                "accuracy_running" => found.number("accuracy_running", accuracy(run.state(), Policy::Running)),
                "accuracy_batch" => found.number("accuracy_batch", accuracy(run.state(), Policy::Batch)),
                "accuracy_precise" => {
                    let state = precise(run);
                    found.number("accuracy_precise", state.and_then(|state| accuracy(&state, Policy::Running)));
                }
                _ => {}
            }
        }
    }

    fn curvature(&self, run: &Run<F>) -> Curvature {
        let hessian = hessian(run, self.settings.samples, Statistics::Batch);
        Curvature::new(hessian, Plan { steps: self.settings.products, vectors: 1, seed: run.config().seed })
    }
}

fn curvatures<F: Real>(run: &Run<F>, spectrum: &Spectrum, found: &mut Found) {
    let sharpness = spectrum.eigenvalues.first().map(|e| e.value);
    found.number("sharpness", sharpness);
    found.0.push(("spectrum", Value::Density(spectrum.quadrature.clone())));
    found.number("stability", sharpness.map(|s| s * run.config().lr / 2.0));
    found.number("leading_share", spectrum.gradient_share.get(run.data().classes - 1).copied());
}

/// In the order in which they are asked.
const INSTRUMENTS: &[Instrument] = &[
    Instrument::Along,
    Instrument::Shift,
    Instrument::Drift,
    Instrument::Units,
    Instrument::Rates,
    Instrument::Offset,
    Instrument::Noise,
    Instrument::Gap,
    Instrument::Accuracy,
    Instrument::Curvature,
];

impl Found {
    fn number(&mut self, name: &'static str, value: Option<f64>) {
        self.0.push((name, Value::Number(value)));
    }

    fn range(&mut self, name: &'static str, value: Option<[f64; 2]>) {
        self.0.push((name, Value::Range(value)));
    }

    fn layers<'a>(&mut self, name: &'static str, values: impl Iterator<Item = (&'a String, Option<f64>)>) {
        self.0.push((name, Value::Layers(values.map(|(layer, value)| (layer.clone(), value)).collect())));
    }

    fn value(&self, measure: &Measure) -> Value {
        let found = self.0.iter().find(|(name, _)| *name == measure.name);
        found.map_or_else(|| Value::missing(measure.form), |(_, value)| value.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::Choices;
    use crate::config::Config;
    use crate::config::measures::named;
    use crate::nn::norm::Norm;

    fn all() -> Vec<&'static Measure> {
        MEASURES.iter().collect()
    }

    fn run(config: Config, steps: usize) -> Run<f32> {
        let mut run = Run::new(Config { depth: 2, width: 8, ..config }).unwrap();
        for _ in 0..steps {
            run.step();
        }
        run
    }

    fn numbers(value: &Value) -> Vec<Option<f64>> {
        match value {
            Value::Number(value) => vec![*value],
            Value::Range(range) => vec![range.map(|r| r[0]), range.map(|r| r[1])],
            Value::Layers(layers) => layers.iter().map(|l| l.1).collect(),
            Value::Density(nodes) => nodes.iter().map(|n| Some(n.0)).collect(),
        }
    }

    #[test]
    fn every_relevant_measure_has_a_value_of_its_form() {
        for norm in [Norm::None, Norm::Batch, Norm::Layer] {
            let run = run(Config { norm, batch: 64, ..Config::default() }, 20);
            let settings = Settings { products: 12, ..Settings::default() };
            let readings = Monitor::new(&run, all(), settings).measure(&run);
            assert_eq!(readings.len(), MEASURES.len());
            for (reading, measure) in readings.iter().zip(MEASURES) {
                assert_eq!((reading.name.as_str(), reading.step), (measure.name, 20));
                let values = numbers(&reading.value);
                if (measure.relevant)(run.config()) {
                    assert!(!values.is_empty() && values.iter().all(Option::is_some), "{norm:?}: {reading:?}");
                } else {
                    assert_eq!(reading.value, Value::missing(measure.form), "{norm:?}");
                }
            }
        }
    }

    #[test]
    fn what_diverged_is_missing_and_never_another_number() {
        let mut run = run(Config { norm: Norm::None, ..Config::default() }, 0);
        run.start_from(State { params: vec![f32::NAN; run.state().params.len()], buffers: vec![] });
        for reading in Monitor::new(&run, all(), Settings::default()).measure(&run) {
            let values = numbers(&reading.value);
            assert!(values.iter().all(Option::is_none), "{reading:?}");
            assert!(!reading.json().to_string().contains("NaN"));
        }
    }

    #[test]
    fn readings_as_json() {
        let reading = |value| Reading { step: 3, name: "x".into(), value }.json().to_string();
        assert_eq!(reading(Value::Number(None)), r#"{"probe":"x","step":3,"value":null}"#);
        assert_eq!(reading(Value::Range(Some([1.0, 2.5]))), r#"{"high":2.5,"low":1.0,"probe":"x","step":3}"#);
        let density = Value::Density(vec![(2.0, 0.25), (0.0, 0.75)]);
        assert_eq!(reading(density), r#"{"density":[[2.0,0.25],[0.0,0.75]],"probe":"x","step":3}"#);
        let layers = Value::Layers(vec![("relu1".into(), Some(0.5)), ("relu2".into(), None)]);
        assert_eq!(reading(layers), r#"{"layers":[["relu1",0.5],["relu2",null]],"probe":"x","step":3}"#);
    }

    #[test]
    fn readings_cross_as_bytes() {
        let run = run(Config::default(), 3);
        let readings = Monitor::new(&run, Monitor::<f32>::usual(), Settings::default()).measure(&run);
        let bytes = postcard::to_stdvec(&readings).unwrap();
        assert_eq!(postcard::from_bytes::<Vec<Reading>>(&bytes).unwrap(), readings);
    }

    #[test]
    fn only_what_is_asked_is_measured_and_at_its_steps() {
        let mut run = run(Config::default(), 0);
        let settings = Settings { every: 7, ..Settings::default() };
        let mut monitor = Monitor::new(&run, vec![named("shift").unwrap(), named("dead").unwrap()], settings);
        let mut steps = Vec::new();
        for _ in 0..15 {
            if monitor.is_due(&run) {
                steps.extend(monitor.measure(&run).into_iter().map(|r| (r.step, r.name)));
            }
            run.step();
        }
        let want = [0, 0, 7, 7, 14, 14].into_iter().zip(["shift", "dead"].into_iter().cycle());
        assert_eq!(steps, want.map(|(step, name)| (step, name.to_owned())).collect::<Vec<_>>());
    }

    /// The step that [`Run::updated`] foretells is the one that is taken.
    #[test]
    fn the_next_step_is_foretold_to_the_last_bit() {
        for optimizer in crate::optim::Optimizer::ALL {
            let mut run =
                run(Config { optimizer: *optimizer, dropout: 0.2, weight_decay: 0.1, ..Config::default() }, 5);
            let next = Monitor::new(&run, all(), Settings::default()).next(&run);
            assert_ne!(next, run.state().params);
            run.step();
            assert_eq!(next, run.state().params, "{optimizer:?}");
        }
    }
}
