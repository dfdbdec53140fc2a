//! Every instrument: a file, and a line in the registry.

mod accuracy;
pub mod along;
mod curvature;
pub mod drift;
mod gap;
mod noise;
pub mod offset;
pub mod rates;
pub mod shift;
pub mod units;

use crate::edition::Edition;
use crate::measure::{Entry, Instrument, Measure};

/// Lists the instruments and, one after the other, their measures.
macro_rules! registry {
    ($($instrument:ty),* $(,)?) => {
        /// Every instrument, in the order in which they are asked.
        pub static INSTRUMENTS: &[Entry] = &{
            const COUNT: usize = [$(<$instrument>::ROWS.len()),*].len();
            let mut all = [Entry::of::<accuracy::Accuracy>(0); COUNT];
            let mut i = 0;
            $(
                all[i] = Entry::of::<$instrument>(i);
                i += 1;
            )*
            assert!(i == COUNT);
            all
        };

        /// Every measure, in the order in which the page shows them.
        pub static MEASURES: &[Measure] = &{
            const COUNT: usize = 0 $(+ <$instrument>::ROWS.len())*;
            let mut all = [Measure::PLAIN; COUNT];
            let (mut at, mut i) = (0, 0);
            $(
                list::<$instrument>(&mut all, at, i);
                at += <$instrument>::ROWS.len();
                i += 1;
            )*
            assert!(at == COUNT && i == INSTRUMENTS.len());
            all
        };
    };
}

registry! {
    along::AlongProbe<f32>,
    shift::ShiftProbe<f32>,
    drift::DriftProbe<f32>,
    units::UnitProbe<f32>,
    rates::Rates,
    offset::Offset,
    noise::Noise,
    gap::Gap,
    accuracy::Accuracy,
    curvature::Spectra,
}

/// Puts an instrument's measures at `at` and behind it. The first edition's menu names what can be measured; the
/// full edition, which measures it, explains it.
const fn list<I: Instrument>(all: &mut [Measure], at: usize, instrument: usize) {
    let mut i = 0;
    while i < I::ROWS.len() {
        let mut measure = I::ROWS[i].measure;
        measure.instrument = instrument;
        if !Edition::Full.is_here() {
            (measure.noun, measure.help, measure.how) = ("", "", "");
        }
        all[at + i] = measure;
        i += 1;
    }
}

impl Measure {
    /// What takes it: measures of one instrument cost one measurement.
    pub fn instrument(&self) -> &'static Entry {
        &INSTRUMENTS[self.instrument]
    }
}

/// The measure of that name.
pub fn named(name: &str) -> Option<&'static Measure> {
    MEASURES.iter().find(|m| m.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_keys_and_words_are_sentences() {
        let names: BTreeSet<&str> = MEASURES.iter().map(|m| m.name).collect();
        assert_eq!(names.len(), MEASURES.len());
        for measure in MEASURES {
            assert!(measure.name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{}", measure.name);
            for sentence in [measure.help, measure.how] {
                assert!(sentence.ends_with('.') && !sentence.contains("  "), "{}: {sentence}", measure.name);
            }
            let labels = MEASURES.iter().filter(|m| m.label == measure.label).count();
            assert!(labels == 1 && !measure.label.ends_with('.'), "{}", measure.label);
            assert_eq!(named(measure.name).map(|m| m.label), Some(measure.label));
        }
        assert!(named("nonsense").is_none());
    }

    #[test]
    fn each_measure_knows_its_instrument() {
        assert_eq!(MEASURES.first().map(|m| m.instrument()), INSTRUMENTS.first());
        assert_eq!(MEASURES.last().map(|m| m.instrument()), INSTRUMENTS.last());
        assert_eq!(named("variance_drift").unwrap().instrument(), named("mean_drift").unwrap().instrument());
        assert_ne!(named("shift").unwrap().instrument(), named("mean_drift").unwrap().instrument());
    }
}
