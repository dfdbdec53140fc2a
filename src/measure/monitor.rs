//! Measurements of a run while it trains.

use super::instrument::Live;
use super::{Entry, INSTRUMENTS, MEASURES, Measure, Moment, Reading, Settings, Value};
use crate::run::Run;
use std::cell::OnceCell;

/// Takes measurements of one run, with one instrument of each kind that its measures need.
pub struct Monitor {
    settings: Settings,
    measures: Vec<&'static Measure>,
    /// In the registry's order.
    instruments: Vec<(&'static Entry, Box<dyn Live>)>,
    under_way: Option<Measurement>,
}

/// A measurement that has begun.
struct Measurement {
    /// Which instruments are to be asked, the next one last.
    queue: Vec<usize>,
    /// θ after the step that the run is about to take, once it is known.
    next: OnceCell<Vec<f32>>,
    /// What was found, by the measures' names.
    found: Vec<(&'static str, Value)>,
}

impl Monitor {
    /// A monitor of that run for those measures.
    pub fn new(run: &Run<f32>, measures: Vec<&'static Measure>, settings: Settings) -> Monitor {
        let needed =
            |entry: &&'static Entry| measures.iter().any(|m| m.instrument() == *entry && (m.relevant)(run.config()));
        let started = |entry: &'static Entry| Some((entry, entry.start(run)?));
        let instruments = INSTRUMENTS.iter().filter(needed).filter_map(started).collect();
        Monitor { settings, measures, instruments, under_way: None }
    }

    /// The measures that are taken unless others are asked for.
    pub fn usual() -> Vec<&'static Measure> {
        MEASURES.iter().filter(|m| m.usual).collect()
    }

    /// Whether it is time to measure.
    pub fn is_due(&self, run: &Run<f32>) -> bool {
        run.steps().is_multiple_of(self.settings.every)
    }

    /// Measures the run as it stands. Measures for which there is nothing in such a run have no layers,
    /// or no number.
    pub fn measure(&mut self, run: &Run<f32>) -> Vec<Reading> {
        self.begin(&INSTRUMENTS.iter().collect::<Vec<_>>());
        loop {
            if let Some(found) = self.advance(run) {
                return found;
            }
        }
    }

    /// Begins to measure a run as it stands, as far as those instruments do: see [`Monitor::advance`].
    pub fn begin(&mut self, wanted: &[&'static Entry]) {
        self.cancel();
        let queue = (0..self.instruments.len()).rev().filter(|&i| wanted.contains(&self.instruments[i].0)).collect();
        self.under_way = Some(Measurement { queue, next: OnceCell::new(), found: Vec::new() });
    }

    /// Asks one instrument for one piece of its measurement; the run must be as it was when this measurement
    /// began. Gives all readings once it is done.
    pub fn advance(&mut self, run: &Run<f32>) -> Option<Vec<Reading>> {
        let now = self.under_way.as_mut()?;
        let Some(&next) = now.queue.last() else {
            let done = self.under_way.take()?;
            let reading = |m: &&Measure| Reading { step: run.steps(), name: m.name.into(), value: done.value(m) };
            return Some(self.measures.iter().map(reading).collect());
        };
        let (entry, instrument) = &mut self.instruments[next];
        let relevant = |m: &&Measure| m.instrument() == *entry && (m.relevant)(run.config());
        let wanted: Vec<&Measure> = self.measures.iter().copied().filter(relevant).collect();
        if let Some(found) = instrument.advance(&Moment::new(run, &self.settings, &now.next), &wanted) {
            now.found.extend(found);
            now.queue.pop();
        }
        None
    }

    /// Of an instrument that takes many pieces: how many are done, and how many there will be.
    pub fn progress(&self) -> Option<(usize, usize)> {
        self.instruments[*self.under_way.as_ref()?.queue.last()?].1.progress()
    }

    /// Gives up the measurement that has begun.
    pub fn cancel(&mut self) {
        self.under_way = None;
        for (_, instrument) in &mut self.instruments {
            instrument.cancel();
        }
    }

    /// Whether a measurement has begun and is not done.
    pub fn is_under_way(&self) -> bool {
        self.under_way.is_some()
    }
}

impl Measurement {
    fn value(&self, measure: &Measure) -> Value {
        let found = self.found.iter().find(|(name, _)| *name == measure.name);
        found.map_or_else(|| Value::missing(measure.form), |(_, value)| value.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::Choices;
    use crate::config::Config;
    use crate::measure::named;
    use crate::nn::init::State;
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
        let readings = Monitor::new(&run, Monitor::usual(), Settings::default()).measure(&run);
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
            let (settings, next) = (Settings::default(), OnceCell::new());
            let next = Moment::new(&run, &settings, &next).next().to_vec();
            assert_ne!(next, run.state().params);
            run.step();
            assert_eq!(next, run.state().params, "{optimizer:?}");
        }
    }
}
