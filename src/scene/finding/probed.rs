//! What a measurement on show says of the two runs.

use super::compare::cause;
use super::furthest::{self, gap};
use super::{Finding, Run, Words};
use crate::chart::number::{percent, short};
use crate::edition::Edition;
use crate::measure::records::{Point, Record};
use crate::measure::{Contrast, Form, Measure, SHARE};
use crate::scene::{Scene, measured, names, title};
use crate::state::pair::Side;
use crate::state::view::View;

/// A ratio that is worth a name: most numbers come from one mini-batch, and scatter.
const RATIO: f64 = 1.25;

/// A difference that is worth a name, of shares and of what lies between −1 and 1.
const DIFFERENCE: f64 = 0.02;

/// Of the measure in the large chart, else of the one in the layer panels; and of what else was measured, if
/// that separates the runs clearly more.
pub(super) fn shown(scene: &Scene, view: &View, runs: [&Run; 2]) -> Option<Finding> {
    if !Edition::Full.is_here() || title::other_task(&scene.pair) {
        return None;
    }
    view.measures().into_iter().flatten().find_map(|measure| of(scene, measure, runs))
}

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

fn of(scene: &Scene, measure: &'static Measure, runs: [&Run; 2]) -> Option<Finding> {
    let record = |side| measured::record(scene, side, measure.name).filter(|r| !r.points.is_empty());
    let applies = [Side::A, Side::B].map(|side| measured::applies(scene, side, measure));
    if applies != [true; 2] {
        let side = if applies[0] { Side::A } else { Side::B };
        let (record, other) = (record(side)?, if applies[0] { Side::B } else { Side::A });
        let point = record.points.last()?;
        let sentence = Sentence { scene, measure, step: point.step };
        let found = sentence.alone(&told(scene, measure, side, record, point), other);
        return Some(found.and(furthest::than(scene, runs, measure, point.step, None)));
    }
    let (a, b) = (record(Side::A)?, record(Side::B)?);
    // The newest step at which both were measured: nothing else compares.
    let (p, q) = a.points.iter().rev().find_map(|p| Some((p, b.at(p.step)?)))?;
    let sentence = Sentence { scene, measure, step: p.step };
    let (a, b) = (told(scene, measure, Side::A, a, p), told(scene, measure, Side::B, b, q));
    let apart = a.value.zip(b.value).and_then(|(x, y)| gap(measure.contrast, x, y));
    Some(sentence.compare(&a, &b).and(furthest::than(scene, runs, measure, p.step, apart)))
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
    fn alone(&self, told: &Told, other: Side) -> Finding {
        let words = self.value(Words::default().say(self.begin()), told).say(format!(
            " for {}; {} has nothing of it to measure.",
            told.name,
            names::spoken(&self.scene.pair, other)
        ));
        words.about(told.side, told.value.map_or_else(|| "–".into(), |v| self.shown(v)))
    }

    fn compare(&self, a: &Told, b: &Told) -> Finding {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::named;
    use crate::scene::finding::Piece;
    use crate::session::Session;
    use crate::session::frame::{Camera, Frame};
    use crate::state::pair::Pair;
    use crate::state::view::{Curve, Layers};

    /// Both runs after so many steps, with what the view shows measured.
    fn scene(pair: Pair, view: &View, steps: usize) -> Scene {
        let mut scene = Scene::default();
        scene.restart(pair);
        for (side, config) in [(Side::A, pair.a), (Side::B, pair.b)] {
            let mut session = Session::new(config).unwrap();
            let measures: Vec<&'static Measure> = view.measures().into_iter().flatten().collect();
            session.watch(&measures, 10);
            for _ in 0..steps {
                while session.measure() {}
                session.step();
            }
            while session.measure() {}
            session.settle();
            scene.take(side, Camera::new(&session).take(&session, 6.0, true));
        }
        scene
    }

    fn curve(name: &str) -> View {
        View { curve: Curve::Measure(named(name).unwrap()), ..View::default() }
    }

    /// The pieces that speak of the measure on show, without those of what separates the runs more.
    fn first(finding: &Finding) -> impl Iterator<Item = &Piece> {
        finding.text.iter().take_while(|p| !p.text.starts_with(" Furthest apart"))
    }

    fn sentence(finding: &Finding) -> String {
        first(finding).map(|p| p.text.as_str()).collect()
    }

    fn found(pair: Pair, view: &View, steps: usize) -> Finding {
        super::super::of(&scene(pair, view, steps), view)
    }

    #[test]
    fn a_measure_on_show_is_what_the_sentence_speaks_of() {
        let found = found(Pair::default(), &curve("loss_range"), 44);
        let said = sentence(&found);
        assert!(
            said.starts_with("At step 40 the variation of the loss along the gradient is ")
                && said.contains(" smaller for "),
            "{said}"
        );
        let how = found.text.iter().filter_map(|p| p.how.as_deref()).nth(1).unwrap();
        assert!(how.contains("next mini-batch") && how.contains("After 40 steps."), "{how}");
        assert!(found.headline.ends_with('×'));
    }

    /// The numbers of the sentence are those of the records.
    #[test]
    fn the_numbers_are_the_measured_ones_at_a_step_of_both() {
        let (pair, view) = (Pair::default(), curve("smoothness"));
        let mut scene = scene(pair, &view, 40);
        let frame = scene.frame(Side::A).unwrap().clone();
        let records = frame.records.iter().map(|r| Record { points: r.points[..3].to_vec(), ..r.clone() }).collect();
        scene.take(Side::A, Frame { records, ..frame });
        let value = |side| {
            let record = measured::record(&scene, side, "smoothness").unwrap();
            record.at(20).unwrap().value.unwrap()
        };
        let (a, b) = (value(Side::A), value(Side::B));
        let found = super::super::of(&scene, &view);
        let numbers: Vec<&str> = first(&found).filter(|p| p.how.is_some()).map(|p| p.text.as_str()).collect();
        assert!(sentence(&found).starts_with("At step 20 "), "{}", sentence(&found));
        let ratio = a.max(b) / a.min(b);
        let want = [short(a.min(b)), short(a.max(b))];
        assert_eq!(numbers[numbers.len() - 2..], want, "ratio {ratio}");
    }

    #[test]
    fn layers_are_told_by_their_median_and_shares_as_percentages() {
        let view = View { layers: Layers::Measure(named("saturated").unwrap()), ..View::default() };
        let found = found(Pair::default(), &view, 20);
        let said = sentence(&found);
        assert!(said.starts_with("At step 20 the share of saturated values, in the median layer, is "), "{said}");
        assert!(said.contains(" % for no norm, ") && said.ends_with(" % for BatchNorm."), "{said}");
    }

    #[test]
    fn what_one_run_alone_has_is_not_compared() {
        let found = found(Pair::default(), &curve("mean_gap"), 20);
        let said = sentence(&found);
        assert!(said.ends_with(" for BatchNorm; no norm has nothing of it to measure."), "{said}");
        assert_eq!(found.about, Side::B);
    }

    #[test]
    fn what_is_missing_is_said_to_be_missing() {
        let mut scene = scene(Pair::default(), &curve("smoothness"), 10);
        let frame = scene.frame(Side::A).unwrap().clone();
        let mut records = frame.records.clone();
        records.iter_mut().flat_map(|r| &mut r.points).for_each(|p| (p.value, p.ends) = (None, None));
        scene.take(Side::A, Frame { records, ..frame });
        let found = super::super::of(&scene, &curve("smoothness"));
        assert_eq!(found.headline, "missing");
        assert!(sentence(&found).contains(" is missing for no norm, "), "{}", sentence(&found));
    }

    #[test]
    fn nothing_measured_yet_leaves_the_sentence_to_others() {
        let scene = scene(Pair::default(), &View::default(), 100);
        assert!(sentence(&super::super::of(&scene, &curve("smoothness"))).contains("classifies"));
    }
}
