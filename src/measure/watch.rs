//! Measures a run while it trains, piece by piece, and keeps what it finds.

use super::records::{Record, Records};
use super::{Entry, MEASURES, Measure, Monitor, Settings};
use crate::run::Run;

/// A monitor with the records of what it found. It reads the run and nothing else: with or without it, the
/// run is the same, bit for bit. What is measured depends on the steps alone, and on no clock.
pub struct Watch {
    monitor: Monitor,
    records: Records,
    /// Steps between two measurements, as asked for.
    interval: u64,
    instruments: Vec<&'static Entry>,
    /// Which of them are being asked.
    asked: Vec<&'static Entry>,
}

impl Watch {
    /// Watches a run from here on, every so many steps (1 or more), with the instruments that those measures
    /// need. Whatever else the same instruments measure comes at no further cost, and is kept too.
    pub fn new(run: &Run<f32>, wanted: &[&'static Measure], every: u64) -> Watch {
        let relevant = |m: &&'static Measure| (m.relevant)(run.config());
        let measures: Vec<&'static Measure> = MEASURES
            .iter()
            .filter(|m| wanted.iter().any(|w| w.instrument() == m.instrument()))
            .filter(relevant)
            .collect();
        let mut instruments: Vec<&'static Entry> = measures.iter().map(|m| m.instrument()).collect();
        instruments.dedup();
        Watch {
            records: Records::new(&measures, every),
            interval: every,
            monitor: Monitor::new(run, measures, Settings { every, ..Settings::default() }),
            instruments,
            asked: Vec::new(),
        }
    }

    /// Goes on where another one of the same run stops: what both measure at the same interval, that one has found
    /// already.
    pub fn after(mut self, old: Watch) -> Watch {
        if old.interval == self.interval {
            self.records.adopt(old.records);
        }
        self
    }

    /// Does one piece of the measurement that is due; false if none is. The run must stay as it is until the
    /// measurement is done, so that it belongs to one step. Nothing is measured of a run that has diverged:
    /// its weights are those of the step before.
    pub fn advance(&mut self, run: &Run<f32>) -> bool {
        if run.divergence().is_some() {
            return false;
        }
        if !self.monitor.is_under_way() {
            let step = run.steps();
            self.asked = self.instruments.iter().copied().filter(|&i| self.records.is_due(i, step)).collect();
            if self.asked.is_empty() {
                return false;
            }
            self.monitor.begin(&self.asked);
        }
        if let Some(found) = self.monitor.advance(run) {
            self.records.push(&found, &self.asked);
        }
        true
    }

    /// Forgets what was found from that step on, and the measurement under way: the run is elsewhere now.
    pub fn forget(&mut self, step: u64) {
        self.monitor.cancel();
        self.records.forget(step);
    }

    /// What has been found.
    pub fn records(&self) -> &[Record] {
        self.records.all()
    }

    /// How far a measurement that takes long has come: pieces done, and all of them.
    pub fn progress(&self) -> Option<(u64, u64)> {
        self.monitor.progress().map(|(done, all)| (done as u64, all as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::measure::named;
    use crate::nn::norm::Norm;
    use crate::session::Session;

    fn small(config: Config) -> Config {
        Config { depth: 3, width: 8, ..config }
    }

    fn session(config: Config) -> Session {
        Session::new(small(config)).unwrap()
    }

    fn measures(names: &[&str]) -> Vec<&'static Measure> {
        names.iter().map(|n| named(n).unwrap()).collect()
    }

    fn one_of_each() -> Vec<&'static Measure> {
        let mut all: Vec<&'static Measure> = MEASURES.iter().collect();
        all.dedup_by_key(|m| m.instrument());
        all
    }

    #[test]
    fn a_watched_run_is_the_same_bit_for_bit() {
        for norm in [Norm::None, Norm::Batch, Norm::Layer, Norm::Noisy] {
            let config = Config { norm, dropout: 0.1, batch: 64, ..Config::default() };
            let (mut watched, mut plain) = (session(config), session(config));
            watched.watch(&one_of_each(), 10);
            for _ in 0..40 {
                while watched.measure() {}
                watched.step();
                plain.step();
            }
            assert_eq!(watched.run().fingerprint(), plain.run().fingerprint(), "{norm:?}");
            assert!(!plain.measure() && plain.records().is_empty());
            let counts: Vec<usize> = watched.records().iter().map(|r| r.points.len()).collect();
            let relevant = MEASURES.iter().filter(|m| (m.relevant)(&config)).count();
            assert_eq!(counts.len(), relevant, "{norm:?}");
            assert!(counts.iter().all(|&n| n == 4 || n == 1), "{counts:?}");
        }
    }

    /// In pieces with pauses, or at once: the same numbers, those of a monitor's own.
    #[test]
    fn pieces_make_what_a_monitor_measures_at_once() {
        let wanted = measures(&["sharpness", "shift_cosine"]);
        let mut watched = session(Config::default());
        let mut pieces = 0;
        watched.watch(&wanted, 5);
        for _ in 0..5 {
            while watched.measure() {
                pieces += 1;
                assert!(watched.measuring().is_none_or(|(done, all)| done <= all && all > 1));
            }
            watched.step();
        }
        assert!(pieces > 20, "{pieces}: product by product");
        while watched.measure() {}
        let mut alone = Monitor::new(watched.run(), wanted.clone(), Settings::default());
        for reading in alone.measure(watched.run()) {
            let mut want = Records::new(&wanted, 5);
            want.push(std::slice::from_ref(&reading), &[named(&reading.name).unwrap().instrument()]);
            let of = |records: &[Record]| records.iter().find(|r| r.name == reading.name).cloned();
            let (found, want) = (of(watched.records()).unwrap(), of(want.all()).unwrap());
            if reading.name == "sharpness" {
                assert_eq!(found.points.len(), 1, "it is not due yet");
            } else {
                assert_eq!((found.points.last(), &found.layers), (want.points.last(), &want.layers));
            }
        }
    }

    #[test]
    fn measuring_begins_where_it_is_asked_for_and_ends_with_the_run() {
        let mut session = Session::new(Config { norm: Norm::None, lr: 100.0, ..Config::default() }).unwrap();
        session.watch(&measures(&["smoothness"]), 5);
        while session.run().divergence().is_none() {
            assert!(session.run().steps() < 1000);
            while session.measure() {}
            session.step();
        }
        let (step, _) = (session.run().steps(), session.measure());
        assert!(!session.measure(), "what has diverged is not measured");
        let last = *session.records().iter().find(|r| r.name == "smoothness").unwrap().points.last().unwrap();
        assert!(last.step < step);

        let mut late = self::session(Config::default());
        (0..7).for_each(|_| late.step());
        late.watch(&measures(&["smoothness"]), 5);
        while late.measure() {}
        assert_eq!(late.records()[0].points[0].step, 7);
        late.watch(&[], 5);
        assert!(late.records().is_empty() && !late.measure());
    }

    /// Another chart of the same instrument shows what it has measured all along.
    #[test]
    fn what_is_still_measured_at_the_same_interval_stays() {
        let mut session = session(Config::default());
        let advance = |session: &mut Session| {
            for _ in 0..10 {
                while session.measure() {}
                session.step();
            }
        };
        let steps = |session: &Session, name: &str| -> Vec<u64> {
            let record = session.records().iter().find(|r| r.name == name);
            record.map(|r| r.points.iter().map(|p| p.step).collect()).unwrap_or_default()
        };
        session.watch(&measures(&["smoothness", "rank"]), 5);
        advance(&mut session);
        let before = session.records().to_vec();
        session.watch(&measures(&["loss_range", "dead"]), 5);
        assert_eq!(session.records(), before, "the same instruments");
        session.watch(&measures(&["gradient_norm", "mean_gap"]), 5);
        advance(&mut session);
        assert_eq!(steps(&session, "rank"), [0, 5, 10, 15]);
        assert_eq!(steps(&session, "mean_gap"), [10, 15]);
        assert!(steps(&session, "smoothness").is_empty(), "nobody looks at that any more");
        session.watch(&measures(&["rank"]), 2);
        assert!(steps(&session, "rank").is_empty(), "another interval");
    }
}
