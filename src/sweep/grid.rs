//! A sweep's outcomes, averaged over the seeds of each place.

use crate::sweep::plan::Metric;
use crate::sweep::record::Record;

/// What a place of the grid shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// The metric of each seed that has one.
    pub values: Vec<f64>,
    /// Seeds whose run has ended.
    pub done: usize,
    /// Seeds whose run diverged.
    pub diverged: usize,
    /// Why none can be trained.
    pub impossible: Option<String>,
}

impl Place {
    /// The place (x, y) of a sweep.
    pub fn of(record: &Record, metric: Metric, x: usize, y: usize) -> Place {
        let spec = record.spec();
        let (across, up) = spec.size();
        let cells = (0..spec.plan.seeds).map(|round| (round * up + y) * across + x);
        let mut place = Place { impossible: spec.cell(y * across + x).impossible(), ..Place::default() };
        for outcome in cells.filter_map(|cell| record.outcome(cell)) {
            place.done += 1;
            place.diverged += usize::from(outcome.diverged);
            place.values.extend(outcome.metric(metric));
        }
        place
    }

    /// The mean over the seeds that have a value; none, if none has.
    pub fn mean(&self) -> Option<f64> {
        let n = self.values.len();
        (n > 0).then(|| self.values.iter().sum::<f64>() / n as f64)
    }

    /// The least and the greatest value.
    pub fn range(&self) -> Option<(f64, f64)> {
        let least = self.values.iter().copied().reduce(f64::min)?;
        Some((least, self.values.iter().copied().fold(least, f64::max)))
    }
}

/// All places, row by row from the bottom left.
pub fn places(record: &Record, metric: Metric) -> Vec<Place> {
    let (across, up) = record.spec().size();
    (0..across * up).map(|i| Place::of(record, metric, i % across, i / across)).collect()
}

/// The largest value on the horizontal axis with which every seed of a row learned, by its place on that
/// axis; `values` must grow. None, if there is none or some seed of the row is not done yet.
pub fn last_learned(record: &Record, y: usize) -> Option<usize> {
    let (across, _) = record.spec().size();
    let row: Vec<Place> = (0..across).map(|x| Place::of(record, Metric::Learned, x, y)).collect();
    let known = row.iter().all(|p| p.impossible.is_some() || p.done == record.spec().plan.seeds);
    let learned = |p: &Place| p.impossible.is_none() && p.values.iter().all(|v| *v == 1.0);
    known.then(|| row.iter().rposition(learned)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::run::verdict::Verdict;
    use crate::sweep::outcome::Outcome;
    use crate::sweep::plan::Plan;
    use crate::sweep::spec::{Spec, set_plan};

    fn outcome(loss: Option<f64>, learned: bool) -> Outcome {
        Outcome {
            steps: 10,
            recent_loss: loss,
            val_loss: None,
            val_accuracy: None,
            val_loss_batch: None,
            val_accuracy_batch: None,
            val_loss_precise: None,
            val_accuracy_precise: None,
            steps_to: None,
            learned,
            verdict: if loss.is_none() { Verdict::Diverged } else { Verdict::Learning },
            diverged: loss.is_none(),
            diverged_at: loss.is_none().then_some(7),
            diverged_layer: None,
            fingerprint: String::new(),
        }
    }

    /// Three learning rates × two normalizations × two seeds.
    fn record() -> Record {
        let mut plan = Plan::default();
        for (name, text) in [("sweep_x", "lr=0.1,0.2,0.4"), ("sweep_y", "norm=none,batch"), ("sweep_seeds", "2")] {
            set_plan(&mut plan, name, text).unwrap();
        }
        Record::new(Spec::new(Config { batch: 1, ..Config::default() }, plan).unwrap())
    }

    #[test]
    fn a_place_averages_the_seeds_that_have_a_value() {
        let mut record = record();
        assert_eq!(Place::of(&record, Metric::TrainLoss, 0, 0), Place::default());
        // The second seed of a place is a whole grid behind the first.
        for (cell, loss) in [(0, Some(0.5)), (6, Some(1.5)), (1, Some(0.25)), (7, None)] {
            assert!(record.take(cell, outcome(loss, false)));
        }
        let place = Place::of(&record, Metric::TrainLoss, 0, 0);
        assert_eq!((place.mean(), place.range(), place.done), (Some(1.0), Some((0.5, 1.5)), 2));
        let place = Place::of(&record, Metric::TrainLoss, 1, 0);
        assert_eq!((place.mean(), place.done, place.diverged), (Some(0.25), 2, 1));
        assert_eq!(Place::of(&record, Metric::Diverged, 1, 0).mean(), Some(0.5));
        assert_eq!(Place::of(&record, Metric::ValLoss, 0, 0).mean(), None);
        let impossible = Place::of(&record, Metric::TrainLoss, 2, 1);
        assert!(impossible.impossible.is_some_and(|why| why.contains("BatchNorm")));
        assert_eq!(places(&record, Metric::TrainLoss).len(), 6);
    }

    #[test]
    fn the_last_that_learned_needs_every_seed_of_the_row() {
        let mut record = record();
        for (cell, learned) in [(0, true), (1, true), (2, false), (6, true), (7, true)] {
            assert!(record.take(cell, outcome(Some(0.5), learned)));
        }
        assert_eq!(last_learned(&record, 0), None, "one is not done");
        assert!(record.take(8, outcome(Some(0.5), true)));
        assert_eq!(last_learned(&record, 0), Some(1), "at 0.4 one seed alone learned");
        assert_eq!(last_learned(&record, 1), None, "impossible all along");
    }

    #[test]
    fn a_cell_has_one_outcome() {
        let mut record = record();
        assert!(record.take(0, outcome(Some(0.5), true)));
        assert!(record.take(0, outcome(Some(0.5), true)), "the same once more");
        assert!(!record.take(0, outcome(Some(0.6), true)));
        assert!(!record.take(12, outcome(Some(0.6), true)));
        assert_eq!(record.outcome(0).and_then(|o| o.recent_loss), Some(0.5));
    }
}
