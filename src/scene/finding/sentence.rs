//! The sentence about one measure of both runs.

use super::compare::cause;
use super::{Finding, Words};
use crate::chart::number::{percent, short};
use crate::measure::records::{Point, Record};
use crate::measure::{Contrast, Form, Measure, SHARE};
use crate::scene::{Scene, measured, names};
use crate::state::pair::Side;

/// A ratio that is worth a name: most numbers come from one mini-batch, and scatter.
const RATIO: f64 = 1.25;

/// A difference that is worth a name, of shares and of what lies between −1 and 1.
const DIFFERENCE: f64 = 0.02;

/// What was measured of one run.
pub(super) struct Told<'a> {
    side: Side,
    /// What the run is called.
    pub name: String,
    record: &'a Record,
    /// Missing, if it is not a finite number.
    pub value: Option<f64>,
}

/// What was measured of a run at a point of its record.
pub(super) fn told<'a>(scene: &Scene, measure: &Measure, side: Side, record: &'a Record, point: &Point) -> Told<'a> {
    Told { side, name: names::spoken(&scene.pair, side), record, value: value(measure, point) }
}

/// The sentence about one measure at one step.
pub(super) struct Sentence<'a> {
    /// Both runs.
    pub scene: &'a Scene,
    /// What it speaks of.
    pub measure: &'static Measure,
    /// After how many steps it was measured.
    pub step: u64,
}

/// The number that is told of a point: of a range, how far it reaches.
pub(super) fn value(measure: &Measure, point: &Point) -> Option<f64> {
    if measure.form == Form::Range { point.ends.map(|[low, high]| high - low) } else { point.value }
}

impl Sentence<'_> {
    fn begin(&self) -> String {
        let layers = if self.measure.is_by_layer() { ", in the median layer," } else { "" };
        format!("At step {} {}{layers} is ", self.step, self.measure.noun)
    }

    /// How it was measured.
    pub fn how(&self) -> String {
        let range = if self.measure.form == Form::Range { " Told here: the largest less the smallest." } else { "" };
        let how = measured::how(self.scene, &[Side::A, Side::B], self.measure);
        format!("{} {how} After {} steps.{range}", self.measure.help, self.step)
    }

    /// A value in words.
    pub fn shown(&self, value: f64) -> String {
        if self.measure.unit == SHARE { percent(value) } else { short(value) }
    }

    /// A value with how it was measured, or that it is missing and why.
    fn value(&self, words: Words, told: &Told) -> Words {
        match told.value {
            Some(value) => words.evidence(self.shown(value), self.how(), self.measure.name),
            None if self.measure.is_by_layer() => {
                words.number("missing", "At some layer it is not a finite number, so there is no median of all layers.")
            }
            None => words.number("missing", "It is not a finite number there."),
        }
    }

    /// Of a run whose neighbour has nothing of the kind.
    pub fn alone(&self, told: &Told, other: Side) -> Finding {
        let words = self.value(Words::default().say(self.begin()), told).say(format!(
            " for {}; {} has nothing of it to measure.",
            told.name,
            names::spoken(&self.scene.pair, other)
        ));
        words.about(told.side, told.value.map_or_else(|| "–".into(), |v| self.shown(v)))
    }

    pub fn compare(&self, a: &Told, b: &Told) -> Finding {
        match (a.value, b.value) {
            (Some(x), Some(y)) if self.measure.contrast == Contrast::Ratio && x > 0.0 && y > 0.0 => {
                let (small, large) = if x < y { (a, b) } else { (b, a) };
                self.ratio(small, large, x.max(y) / x.min(y))
            }
            // A number that may be as small as it likes has no ratio to 0 or to one below 0.
            (Some(x), Some(y)) if self.measure.contrast == Contrast::Ratio && x != y => {
                self.both(a, b, format!("Δ {}", short((x - y).abs())))
            }
            (Some(x), Some(y)) => self.both(a, b, self.difference((x - y).abs())),
            _ => self.both(a, b, "missing".into()),
        }
    }

    /// Two numbers side by side.
    fn both(&self, a: &Told, b: &Told, headline: String) -> Finding {
        let words = self.value(Words::default().say(self.begin()), a).say(format!(" for {}, ", a.name));
        let words = self.value(words, b).say(format!(" for {}.", b.name));
        words.say(cause(&self.scene.pair)).about(Side::Both, headline)
    }

    fn difference(&self, gap: f64) -> String {
        match self.measure.unit {
            _ if gap < DIFFERENCE => "≈".into(),
            SHARE => format!("{:.0} points", gap * 100.0),
            _ => format!("Δ {}", short(gap)),
        }
    }

    /// Two numbers, of which one is so many times the other.
    fn ratio(&self, small: &Told, large: &Told, ratio: f64) -> Finding {
        if ratio < RATIO {
            return self.both(small, large, "≈".into());
        }
        let words = Words::default()
            .say(self.begin())
            .evidence(
                format!("{} times", short(ratio)),
                "The two numbers, one divided by the other.",
                self.measure.name,
            )
            .say(format!(" smaller for {}: ", small.name));
        let words = self.value(self.value(words, small).say(" against "), large);
        let words = self.peak(words, small, large, ratio);
        words.say(".").say(cause(&self.scene.pair)).about(small.side, format!("{}×", short(ratio)))
    }

    /// Goes on with the layer at which the numbers are furthest apart, if they are further there.
    pub fn peak(&self, words: Words, small: &Told, large: &Told, ratio: f64) -> Words {
        match self.most(small, large).filter(|(_, most)| *most > ratio * RATIO) {
            Some((layer, most)) => words.say(", most at ").evidence(
                format!("{layer}, {} times", short(most)),
                format!("The two numbers at {layer}, one divided by the other."),
                self.measure.name,
            ),
            None => words,
        }
    }

    /// The layer at which the numbers are furthest apart in the same direction, if both records' newest
    /// layers are of this step and have the same names.
    fn most(&self, small: &Told, large: &Told) -> Option<(String, f64)> {
        let here = |told: &Told| told.record.points.last().is_some_and(|p| p.step == self.step);
        let (a, b) = (&small.record.layers, &large.record.layers);
        if !here(small) || !here(large) || !a.iter().map(|l| &l.0).eq(b.iter().map(|l| &l.0)) {
            return None;
        }
        let ratios = a.iter().zip(b).map(|(a, b)| Some(b.1? / a.1.filter(|v| *v > 0.0)?));
        let names = measured::called(small.record).into_iter();
        let known = names.zip(ratios).filter_map(|(name, ratio)| Some((name, ratio?)));
        known.max_by(|a, b| a.1.total_cmp(&b.1))
    }
}
