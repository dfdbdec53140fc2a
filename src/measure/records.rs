//! Measurements over the steps, kept in bounded memory however long the run.

use super::{Entry, Measure, Reading, Value, named};
use serde::{Deserialize, Serialize};

/// Points kept of each measure: more would not be told apart on a chart.
pub const CAPACITY: usize = 256;

/// A number for each layer, by name, from input to output.
pub type Layers = Vec<(String, Option<f64>)>;

/// A measurement as a chart over the steps shows it. What is missing was not a finite number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// After how many steps.
    pub step: u64,
    /// The number; of a range its larger end, of layers their median, of a density the largest number.
    pub value: Option<f64>,
    /// The ends of a range; the smallest and the largest of the layers, or of a density's numbers.
    pub ends: Option<[f64; 2]>,
}

/// One measure over the steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The measure's name.
    pub name: String,
    /// Steps between two points, but for the first.
    pub every: u64,
    /// In order.
    pub points: Vec<Point>,
    /// The newest measurement, where there is a number for each layer.
    pub layers: Layers,
    /// The newest measurement, where it is a density: numbers and their shares.
    pub nodes: Vec<(f64, f64)>,
}

impl Record {
    /// The point at that step.
    pub fn at(&self, step: u64) -> Option<&Point> {
        self.points.binary_search_by_key(&step, |p| p.step).ok().map(|i| &self.points[i])
    }

    fn push(&mut self, step: u64, measure: &Measure, value: &Value) {
        let point = |value, ends| Point { step, value, ends };
        self.points.push(match value {
            Value::Number(value) => point(*value, None),
            Value::Range(range) => point(range.map(|r| r[1]), *range),
            Value::Layers(layers) => {
                self.layers = layers[measure.skipped.min(layers.len())..].to_vec();
                let spread = spread(&self.layers);
                point(spread.map(|s| s[1]), spread.map(|s| [s[0], s[2]]))
            }
            Value::Density(nodes) => {
                self.nodes.clone_from(nodes);
                let ends = nodes.iter().map(|n| n.0).fold(None, |ends: Option<[f64; 2]>, v| {
                    Some(ends.map_or([v; 2], |[low, high]| [low.min(v), high.max(v)]))
                });
                point(ends.map(|e| e[1]), ends)
            }
        });
    }
}

/// Smallest, median and largest over the layers. Missing if any is: those of the others would be another
/// network's.
fn spread(layers: &Layers) -> Option<[f64; 3]> {
    let mut values: Vec<f64> = layers.iter().map(|l| l.1).collect::<Option<_>>()?;
    values.sort_unstable_by(f64::total_cmp);
    let (n, first, last) = (values.len(), *values.first()?, *values.last()?);
    Some([first, (values[(n - 1) / 2] + values[n / 2]) / 2.0, last])
}

/// All measures that are taken of a run.
#[derive(Clone, Debug, Default)]
pub struct Records {
    records: Vec<Record>,
    /// Steps between two measurements of what is measured most often.
    every: u64,
}

impl Records {
    /// Of those measures, every so many steps.
    pub fn new(measures: &[&'static Measure], every: u64) -> Records {
        let record = |m: &&'static Measure| Record {
            name: m.name.into(),
            every: every * m.instrument().rarity,
            points: Vec::with_capacity(CAPACITY),
            layers: Vec::new(),
            nodes: Vec::new(),
        };
        Records { records: measures.iter().map(record).collect(), every }
    }

    /// Takes over what others found, of what these are of too. Both were made with the same interval.
    pub fn adopt(&mut self, others: Records) {
        // The others may have been thinned since: all records stay side by side.
        let thinned = others.every / self.every;
        self.every = others.every;
        for record in &mut self.records {
            record.every *= thinned;
        }
        for other in others.records {
            if let Some(own) = self.records.iter_mut().find(|r| r.name == other.name) {
                *own = other;
            }
        }
    }

    /// The records.
    pub fn all(&self) -> &[Record] {
        &self.records
    }

    /// Whether an instrument is due at a step: at the first that it sees, then at whole multiples.
    pub fn is_due(&self, instrument: &Entry, step: u64) -> bool {
        let own = self.records.iter().find(|r| named(&r.name).is_some_and(|m| m.instrument() == instrument));
        own.is_some_and(|r| match r.points.last() {
            None => true,
            Some(last) => last.step < step && step.is_multiple_of(r.every),
        })
    }

    /// Takes in what those instruments found. When a record is full, every second point goes, and from then
    /// on there are half as many: of all records, so that they stay side by side.
    pub fn push(&mut self, readings: &[Reading], instruments: &[&Entry]) {
        for reading in readings {
            let Some(measure) = named(&reading.name).filter(|m| instruments.contains(&m.instrument())) else {
                continue;
            };
            if let Some(record) = self.records.iter_mut().find(|r| r.name == reading.name) {
                record.push(reading.step, measure, &reading.value);
            }
        }
        if self.records.iter().any(|r| r.points.len() == CAPACITY) {
            self.every *= 2;
            for record in &mut self.records {
                record.every *= 2;
                let (every, first) = (record.every, record.points.first().map(|p| p.step));
                record.points.retain(|p| p.step.is_multiple_of(every) || Some(p.step) == first);
            }
        }
    }

    /// Forgets all points from that step on.
    pub fn forget(&mut self, step: u64) {
        for record in &mut self.records {
            record.points.retain(|p| p.step < step);
            record.layers.clear();
            record.nodes.clear();
        }
    }

    /// Steps between two measurements of what is measured most often.
    pub fn every(&self) -> u64 {
        self.every
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The instrument of a measure.
    fn of(name: &str) -> &'static Entry {
        named(name).unwrap().instrument()
    }

    fn reading(name: &str, step: u64, value: Value) -> Reading {
        Reading { step, name: name.into(), value }
    }

    fn measures(names: &[&str]) -> Vec<&'static Measure> {
        names.iter().map(|n| named(n).unwrap()).collect()
    }

    fn layers(values: &[Option<f64>]) -> Value {
        Value::Layers(values.iter().enumerate().map(|(i, v)| (format!("linear{}", i + 1), *v)).collect())
    }

    #[test]
    fn points_stay_bounded_and_evenly_spaced_from_where_measuring_began() {
        let mut records = Records::new(&measures(&["smoothness"]), 10);
        let mut asked = 0;
        for step in 7..=100_000 {
            if records.is_due(of("smoothness"), step) {
                records.push(&[reading("smoothness", step, Value::Number(Some(step as f64)))], &[of("smoothness")]);
                assert!(!records.is_due(of("smoothness"), step), "once a step");
                asked += 1;
            }
        }
        let record = &records.all()[0];
        assert!(record.points.len() < CAPACITY && record.points.len() > CAPACITY / 4, "{}", record.points.len());
        assert_eq!((record.points[0].step, record.points[1].step), (7, record.every));
        assert!(record.points[1..].windows(2).all(|w| w[1].step - w[0].step == record.every));
        assert_eq!(record.at(record.every).and_then(|p| p.value), Some(record.every as f64));
        assert_eq!(record.at(record.every + 1), None);
        assert!(asked < 1200, "{asked}: what is not kept is not measured either");
    }

    #[test]
    fn who_goes_on_with_thinned_records_measures_as_rarely() {
        let mut old = Records::new(&measures(&["smoothness"]), 10);
        for step in (0..=10_000).filter(|s| s % 10 == 0) {
            if old.is_due(of("smoothness"), step) {
                old.push(&[reading("smoothness", step, Value::Number(None))], &[of("smoothness")]);
            }
        }
        let mut records = Records::new(&measures(&["smoothness", "sharpness"]), 10);
        records.adopt(old.clone());
        assert!(old.every() > 10 && records.every() == old.every());
        assert_eq!(records.all()[0], old.all()[0]);
        assert_eq!(records.all()[1].every, 4 * old.every());
    }

    #[test]
    fn what_is_dear_is_asked_less_often() {
        let mut records = Records::new(&measures(&["smoothness", "sharpness"]), 10);
        let mut asked = [Vec::new(), Vec::new()];
        for step in 0..=80 {
            for (i, (instrument, name)) in
                [(of("smoothness"), "smoothness"), (of("sharpness"), "sharpness")].into_iter().enumerate()
            {
                if records.is_due(instrument, step) {
                    asked[i].push(step);
                    records.push(&[reading(name, step, Value::Number(None))], &[instrument]);
                }
            }
        }
        assert_eq!(asked[0], [0, 10, 20, 30, 40, 50, 60, 70, 80]);
        assert_eq!(asked[1], [0, 40, 80]);
        assert!(!records.is_due(of("rank"), 0), "nobody asked for it");
    }

    #[test]
    fn of_layers_the_median_and_the_ends_and_nothing_if_one_is_missing() {
        let mut records = Records::new(&measures(&["rank", "shift"]), 1);
        let rank = |step, values: &[Option<f64>]| reading("rank", step, layers(values));
        let both = &[of("rank"), of("shift")];
        records.push(&[rank(1, &[Some(4.0), Some(1.0), Some(2.0)])], both);
        records.push(&[rank(2, &[Some(4.0), None, Some(2.0)])], both);
        records.push(&[rank(3, &[])], both);
        records.push(&[reading("shift", 3, layers(&[Some(0.0), Some(3.0), Some(5.0)]))], both);
        let [rank, shift] = records.all() else { panic!() };
        let points: Vec<_> = rank.points.iter().map(|p| (p.value, p.ends)).collect();
        assert_eq!(points, [(Some(2.0), Some([1.0, 4.0])), (None, None), (None, None)]);
        assert_eq!((shift.points[0].value, shift.layers.len()), (Some(4.0), 2), "the first layer cannot shift");
        assert_eq!(shift.layers[0].0, "linear2");
    }

    #[test]
    fn a_range_is_told_by_its_larger_end() {
        let mut records = Records::new(&measures(&["loss_range"]), 1);
        records.push(&[reading("loss_range", 0, Value::Range(Some([0.5, 2.0])))], &[of("smoothness")]);
        assert_eq!(records.all()[0].points, [Point { step: 0, value: Some(2.0), ends: Some([0.5, 2.0]) }]);
    }
}
