//! What separates the runs most, among everything that has been measured of both.
//!
//! Measures of different kinds are put on one scale, the logarithm of a factor ([`Contrast`]). Most come from
//! one mini-batch and scatter, so of each the smallest gap of the last measurements counts, and none if it
//! changed its sign: what is left has lasted.

use super::sentence::{Sentence, Told, told, value};
use super::{Piece, Run, Words};
use crate::chart::number::{percent, short};
use crate::measure::records::Record;
use crate::measure::{Contrast, MEASURES, Measure};
use crate::run::chance::least_difference;
use crate::run::validation::Validation;
use crate::scene::{Scene, measured};
use crate::state::pair::Side;

/// Measurements over which a gap must have lasted: five equal signs are chance once in sixteen times.
const LASTING: usize = 5;

/// How many times further apart than the measure on show it must be.
const CLEARLY: f64 = 2.0;

/// Shares are told apart no finer than that: with none at all, odds have no ratio.
const FINEST: f64 = 0.01;

/// The gap between two values, above 0 if the first is the larger; none if they have none.
pub(super) fn gap(contrast: Contrast, a: f64, b: f64) -> Option<f64> {
    let odds = |share: f64| {
        let share = share.clamp(FINEST, 1.0 - FINEST);
        libm::log(share / (1.0 - share))
    };
    let gap = match contrast {
        Contrast::Ratio if a > 0.0 && b > 0.0 => libm::log(a / b),
        Contrast::Ratio => f64::NAN,
        Contrast::Odds => odds(a) - odds(b),
        Contrast::Cosine => odds((1.0 + a) / 2.0) - odds((1.0 + b) / 2.0),
        Contrast::Logarithm => a - b,
    };
    gap.is_finite().then_some(gap)
}

/// The smallest of the last gaps, the newest first: none if there are too few, if one is missing, or if they
/// do not all have the same sign.
fn lasting(gaps: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let gaps: Vec<f64> = gaps.take(LASTING).collect::<Option<_>>()?;
    let lasts = gaps.len() == LASTING && (gaps.iter().all(|g| *g > 0.0) || gaps.iter().all(|g| *g < 0.0));
    lasts.then(|| gaps.iter().map(|g| g.abs()).fold(f64::INFINITY, f64::min))
}

/// What is compared.
#[derive(Clone, Copy)]
enum What {
    Measure(&'static Measure),
    /// In evaluation mode, on the validation samples.
    Accuracy,
    Loss,
}

/// Something of which both runs have measurements.
struct Rival {
    what: What,
    /// The newest step at which both have.
    step: u64,
    /// Its smallest gap of late.
    least: f64,
}

/// Everything that could be named.
struct Field<'a> {
    scene: &'a Scene,
    runs: [&'a Run<'a>; 2],
    /// The measure that the first sentence speaks of, and its step.
    shown: &'static Measure,
    step: u64,
}

/// The second sentence: what separates the runs clearly more than the measure on show does, whose gap at
/// that step is given. None, if nothing does.
pub(super) fn than(
    scene: &Scene,
    runs: [&Run; 2],
    shown: &'static Measure,
    step: u64,
    gap: Option<f64>,
) -> Option<Vec<Piece>> {
    let field = Field { scene, runs, shown, step };
    let rivals: Vec<Rival> = field.rivals();
    // Of several that are equally far apart, the first of the table.
    let first = rivals.iter().rev().max_by(|a, b| a.least.total_cmp(&b.least))?;
    let clearly = first.least >= gap.map_or(0.0, f64::abs) + libm::log(CLEARLY);
    clearly.then(|| field.words(first)).flatten()
}

impl Field<'_> {
    fn rivals(&self) -> Vec<Rival> {
        let [a, b] = [Side::A, Side::B].map(|side| self.scene.config(side));
        let ranked = |m: &&Measure| **m != *self.shown && (m.ranked)(a, b);
        let measures = MEASURES.iter().filter(ranked).filter_map(|m| self.measure(m));
        let loss = (a.loss == b.loss).then(|| self.loss()).flatten();
        measures.chain(self.accuracy()).chain(loss).collect()
    }

    fn records(&self, measure: &Measure) -> Option<[&Record; 2]> {
        let of = |side| {
            let applies = measured::applies(self.scene, side, measure);
            measured::record(self.scene, side, measure.name).filter(|_| applies)
        };
        Some([of(Side::A)?, of(Side::B)?])
    }

    fn measure(&self, measure: &'static Measure) -> Option<Rival> {
        let [a, b] = self.records(measure)?;
        let since = self.since();
        let recent = || a.points.iter().rev().take_while(move |p| p.step >= since);
        let common = || recent().filter_map(|p| Some((p, b.at(p.step)?)));
        let (newest, _) = common().next()?;
        // Of what is no longer measured nothing is said.
        let reached = self.runs.iter().map(|run| run.frame.step).min()?;
        if reached > newest.step + a.every.max(b.every) {
            return None;
        }
        let gaps = common().map(|(p, q)| {
            let (x, y) = (value(measure, p)?, value(measure, q)?);
            let chance = measure.validates && self.is_chance(x, y);
            if chance { None } else { gap(measure.contrast, x, y) }
        });
        Some(Rival { what: What::Measure(measure), step: newest.step, least: lasting(gaps)? })
    }

    /// Whether two accuracies are too close to tell apart on so many samples.
    fn is_chance(&self, a: f64, b: f64) -> bool {
        let samples = self.runs[0].common.samples.min(self.runs[1].common.samples);
        (a - b).abs() <= least_difference(a, b, samples)
    }

    /// The step since which both runs are where they are: what was measured before a run was moved to other
    /// weights by hand tells nothing of it.
    fn since(&self) -> u64 {
        self.runs.iter().filter_map(|run| run.frame.moved).max().unwrap_or(0)
    }

    fn validations(&self) -> impl Iterator<Item = (&Validation, &Validation)> {
        let [a, b] = self.runs.map(|run| &run.frame.validations);
        let since = self.since();
        let recent = a.iter().rev().take_while(move |v| v.step >= since);
        recent.filter_map(|v| Some((v, b.iter().rev().find(|w| w.step == v.step)?)))
    }

    fn accuracy(&self) -> Option<Rival> {
        let gaps = self.validations().map(|(v, w)| {
            let told_apart = !self.is_chance(v.accuracy, w.accuracy);
            told_apart.then(|| gap(Contrast::Odds, v.accuracy, w.accuracy)).flatten()
        });
        Some(Rival { what: What::Accuracy, step: self.runs[0].common.step, least: lasting(gaps)? })
    }

    fn loss(&self) -> Option<Rival> {
        let gaps = self.validations().map(|(v, w)| gap(Contrast::Ratio, v.loss, w.loss));
        Some(Rival { what: What::Loss, step: self.runs[0].common.step, least: lasting(gaps)? })
    }

    /// The sentence.
    fn words(&self, rival: &Rival) -> Option<Vec<Piece>> {
        let at = if rival.step == self.step { String::new() } else { format!(", at step {},", rival.step) };
        let begin = |noun: &str| format!(" Furthest apart{at} is {noun}: ");
        let [a, b] = self.runs;
        let words = Words::default();
        let words = match rival.what {
            What::Measure(measure) => {
                let sentence = Sentence { scene: self.scene, measure, step: rival.step };
                let [p, q] = self.records(measure)?;
                let a = told(self.scene, measure, Side::A, p, p.at(rival.step)?);
                let b = told(self.scene, measure, Side::B, q, q.at(rival.step)?);
                let layers = if measure.is_by_layer() { ", in the median layer" } else { "" };
                let how = format!("{} {}", sentence.how(), self.rule(rival, measure.contrast));
                self.measured(words.say(begin(&format!("{}{layers}", measure.noun))), &sentence, [&a, &b], &how)?
            }
            What::Accuracy => {
                let rule = self.rule(rival, Contrast::Odds);
                let value = |words: Words, run: &Run| {
                    let how = format!("{} {rule}", run.accuracy_how(run.common));
                    words.evidence(percent(run.common.accuracy), how, "accuracy").say(format!(" for {}", run.name))
                };
                value(value(words.say(begin("the validation accuracy")), a).say(", "), b)
            }
            What::Loss => {
                let rule = self.rule(rival, Contrast::Ratio);
                let (small, large) = if a.common.loss < b.common.loss { (a, b) } else { (b, a) };
                let how = format!(
                    "The two losses, {} and {}, one divided by the other. {} {rule}",
                    short(small.common.loss),
                    short(large.common.loss),
                    small.loss_how(small.common)
                );
                let times = format!("{} times", short(large.common.loss / small.common.loss));
                let words = words.say(begin("the validation loss")).evidence(times, how, "loss");
                words.say(format!(" smaller for {}", small.name))
            }
        };
        Some(words.say(".").0)
    }

    /// Goes on with the numbers of a measure: how many times smaller one is, or both.
    fn measured(&self, words: Words, sentence: &Sentence, [a, b]: [&Told; 2], how: &str) -> Option<Words> {
        let Sentence { measure, .. } = sentence;
        let (x, y) = (a.value?, b.value?);
        if measure.contrast != Contrast::Ratio {
            let value = |words: Words, told: &Told, v: f64| {
                words.evidence(sentence.shown(v), how, measure.name).say(format!(" for {}", told.name))
            };
            return Some(value(value(words, a, x).say(", "), b, y));
        }
        let (small, large) = if x < y { (a, b) } else { (b, a) };
        let ratio = x.max(y) / x.min(y);
        let words = words.evidence(format!("{} times", short(ratio)), how, measure.name);
        Some(sentence.peak(words.say(format!(" smaller for {}", small.name)), small, large, ratio))
    }

    /// Why it is this one.
    fn rule(&self, rival: &Rival, contrast: Contrast) -> String {
        let factor = short(libm::exp(rival.least));
        let at_least = match contrast {
            Contrast::Ratio => format!("a ratio of {factor}"),
            Contrast::Odds => format!("a ratio of {factor} between the odds"),
            Contrast::Cosine => format!("a ratio of {factor} between the odds of (1 + cosine)/2"),
            Contrast::Logarithm => format!("a factor of {factor} per layer"),
        };
        let place = match rival.what {
            What::Measure(measure) => {
                format!("In the charts' menus it is “{}”, under “{}”.", measure.label, measure.instrument().group)
            }
            What::Accuracy => "The large chart shows it as “Accuracy”.".into(),
            What::Loss => "The large chart shows it as “Loss”.".into(),
        };
        format!(
            "Of all that compares between these two runs, its smallest gap over the last {LASTING} measurements is the \
             widest: {at_least}. {place}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::measure::named;
    use crate::measure::records::Point;
    use crate::scene::finding::Finding;
    use crate::session::Session;
    use crate::session::frame::{Camera, Frame};
    use crate::state::pair::Pair;
    use crate::state::view::{Curve, View};

    /// Measurements every 10 steps up to step 40, the oldest first.
    type Series = [Option<f64>; LASTING];

    const NONE: Series = [None; LASTING];

    fn all(value: f64) -> Series {
        [Some(value); LASTING]
    }

    fn view(name: &str) -> View {
        View { curve: Curve::Measure(named(name).unwrap()), ..View::default() }
    }

    /// Two runs at step 40 of which that was measured, of A and of B, and nothing else that lasts.
    fn scene(pair: Pair, measured: &[(&str, Series, Series)]) -> Scene {
        let mut scene = Scene::default();
        scene.restart(pair);
        for (side, config) in [(Side::A, pair.a), (Side::B, pair.b)] {
            let mut session = Session::new(config).unwrap();
            (0..20).for_each(|_| session.step());
            session.settle();
            let frame = Camera::new(&session).take(&session, 6.0, true);
            let point = |(i, value): (usize, &Option<f64>)| Point {
                step: 10 * i as u64,
                value: *value,
                ends: value.map(|v| [0.0, v]),
            };
            let records = measured.iter().map(|(name, a, b)| Record {
                name: (*name).into(),
                every: 10,
                points: if side == Side::A { a } else { b }.iter().enumerate().map(point).collect(),
                layers: Vec::new(),
                nodes: Vec::new(),
            });
            let validations = frame.validations.last().copied().into_iter().collect();
            scene.take(side, Frame { step: 40, records: records.collect(), validations, ..frame });
        }
        scene
    }

    /// A run once more, with that changed.
    fn change(scene: &mut Scene, side: Side, what: impl Fn(&mut Frame)) {
        let mut frame = scene.frame(side).unwrap().clone();
        what(&mut frame);
        scene.take(side, frame);
    }

    /// The finding while the large chart shows β times the learning rate, twice as large for A.
    fn found(pair: Pair, others: &[(&str, Series, Series)]) -> Finding {
        let shown = ("smoothness_lr", all(2.0), all(1.0));
        let measured: Vec<_> = std::iter::once(shown).chain(others.iter().copied()).collect();
        crate::scene::finding::of(&scene(pair, &measured), &view("smoothness_lr"))
    }

    /// Its second sentence; empty, if there is none.
    fn second(finding: &Finding) -> String {
        let text: String = finding.text.iter().map(|p| p.text.as_str()).collect();
        text.find(" Furthest apart").map_or_else(String::new, |i| text[i + 1..].into())
    }

    fn also(others: &[(&str, Series, Series)]) -> String {
        second(&found(Pair::default(), others))
    }

    #[test]
    fn gaps_of_all_kinds_are_logarithms_of_factors() {
        let close = |a: Option<f64>, b: f64| assert!((a.unwrap() - b).abs() < 1e-12, "{a:?} {b}");
        close(gap(Contrast::Ratio, 6.0, 2.0), 3f64.ln());
        close(gap(Contrast::Odds, 0.9, 0.1), 81f64.ln());
        close(gap(Contrast::Cosine, 0.8, -0.8), 81f64.ln());
        close(gap(Contrast::Logarithm, 0.2, -0.8), 1.0);
        close(gap(Contrast::Odds, 1.0, 0.0), 99f64.powi(2).ln());
        assert_eq!(gap(Contrast::Odds, 0.0, 0.001), Some(0.0), "finer than shares are told apart");
        assert_eq!((gap(Contrast::Ratio, 1.0, 0.0), gap(Contrast::Logarithm, f64::INFINITY, 0.0)), (None, None));
        for contrast in [Contrast::Ratio, Contrast::Odds, Contrast::Cosine, Contrast::Logarithm] {
            let (there, back) = (gap(contrast, 0.3, 0.7).unwrap(), gap(contrast, 0.7, 0.3).unwrap());
            assert!(there < 0.0 && (there + back).abs() < 1e-12, "{contrast:?}");
        }
    }

    #[test]
    fn what_separates_clearly_more_than_the_measure_on_show_is_named_after_it() {
        let others = [("gradient_change", all(30.0), all(1.0)), ("rank", all(9.0), all(1.0))];
        let found = found(Pair::default(), &others);
        let text: String = found.text.iter().map(|p| p.text.as_str()).collect();
        assert!(
            text.starts_with("At step 40 β times the learning rate is 2.00 times smaller for BatchNorm: "),
            "{text}"
        );
        assert_eq!(
            second(&found),
            "Furthest apart is the relative change of the gradient along itself: 30.0 times smaller for BatchNorm."
        );
        assert_eq!(found.headline, "2.00×", "the reader chose the other one");
        let number = found.text.iter().find(|p| p.text == "30.0 times").unwrap();
        let how = number.how.as_deref().unwrap();
        assert_eq!(number.shows, Some("gradient_change"));
        assert!(how.contains("After 40 steps.") && how.contains("smallest gap over the last 5 measurements"), "{how}");
        assert!(how.contains("a ratio of 30.0. In the charts' menus it is “Relative gradient change”"), "{how}");
    }

    #[test]
    fn what_is_not_clearly_further_apart_is_not_named() {
        assert_eq!(also(&[]), "");
        assert_eq!(also(&[("rank", all(1.0), all(3.9))]), "");
        let named = also(&[("rank", all(1.0), all(4.1))]);
        assert_eq!(named, "Furthest apart is the effective rank, in the median layer: 4.10 times smaller for no norm.");
    }

    /// The first in the table, so that it does not change from one word to the next.
    #[test]
    fn a_tie_goes_to_the_first() {
        let tie = [("rank", all(1.0), all(9.0)), ("gradient_change", all(1.0), all(9.0))];
        assert!(also(&tie).contains("relative change of the gradient"), "{}", also(&tie));
    }

    #[test]
    fn what_scatters_is_judged_by_its_smallest_gap_and_not_at_all_if_it_changes_sign() {
        let ones = all(1.0);
        let rank = |a: [f64; LASTING]| ("rank", a.map(Some), ones);
        let lasting = ("gradient_change", all(10.0), ones);
        // 100 times most of the time, once only 9.
        assert!(also(&[rank([100.0, 100.0, 9.0, 100.0, 100.0]), lasting]).contains("relative change"));
        let text = also(&[rank([100.0, 100.0, 11.0, 100.0, 200.0]), lasting]);
        assert!(text.contains("effective rank, in the median layer: 200 times smaller"), "{text}");
        assert_eq!(also(&[rank([100.0, 0.01, 100.0, 100.0, 100.0])]), "");
        assert_eq!(also(&[rank([100.0, 1.0, 100.0, 100.0, 100.0])]), "", "once no gap at all");
    }

    #[test]
    fn what_is_missing_or_has_not_lasted_is_not_named() {
        let mut once = all(50.0);
        once[1] = None;
        assert_eq!(also(&[("rank", once, all(1.0))]), "");
        assert_eq!(also(&[("rank", all(50.0), NONE)]), "");
        let mut scene = scene(Pair::default(), &[("smoothness_lr", all(2.0), all(1.0)), ("rank", all(50.0), all(1.0))]);
        let say = |scene: &Scene| second(&crate::scene::finding::of(scene, &view("smoothness_lr")));
        assert!(say(&scene).contains("effective rank"));
        change(&mut scene, Side::A, |frame| frame.records[1].points.retain(|p| p.step != 20));
        assert_eq!(say(&scene), "", "four common steps");
    }

    #[test]
    fn what_one_run_alone_has_is_no_rival_and_another_follows_it() {
        assert_eq!(also(&[("mean_gap", all(50.0), all(1.0))]), "");
        let measured = [("mean_gap", NONE, all(50.0)), ("rank", all(1.0), all(5.0))];
        let found = crate::scene::finding::of(&scene(Pair::default(), &measured), &view("mean_gap"));
        assert!(second(&found).contains("effective rank, in the median layer: 5.00 times"), "{}", second(&found));
    }

    #[test]
    fn ranges_are_compared_by_how_far_they_reach_and_shares_and_cosines_shown_side_by_side() {
        let text = also(&[("loss_range", all(0.2), all(0.01))]);
        assert!(text.contains("the variation of the loss along the gradient: 20.0 times smaller for BatchNorm"));
        let text = also(&[("dead", all(0.5), all(0.02))]);
        assert_eq!(
            text,
            "Furthest apart is the share of dead units, in the median layer: 50.0 % for no norm, 2.0 % for BatchNorm."
        );
        assert!(
            also(&[("gradient_cosine", all(-0.6), all(0.9))]).contains(": −0.600 for no norm, 0.900 for BatchNorm.")
        );
    }

    /// Nothing is claimed of what the length of weights or a setting makes different by itself.
    #[test]
    fn what_means_nothing_or_follows_from_the_settings_is_never_named() {
        for name in ["smoothness", "predictiveness", "shift", "sharpness"] {
            assert_eq!(also(&[(name, all(1000.0), all(1.0))]), "", "{name}");
        }
        let both = Config::default();
        let pair = |b| Pair { a: both, b };
        let change = ("gradient_change", all(1000.0), all(1.0));
        assert_ne!(second(&found(pair(Config { seed: 2, ..both }), &[change])), "");
        assert_eq!(second(&found(pair(Config { lr: 0.01, ..both }), &[change])), "", "ten times as far");
        let noise = ("mean_noise", all(1000.0), all(1.0));
        assert_eq!(second(&found(pair(Config { batch: 64, ..both }), &[noise])), "");
        let expected = ("mean_noise_expected", all(1000.0), all(1.0));
        assert_eq!(second(&found(pair(Config { seed: 2, ..both }), &[expected])), "");
    }

    #[test]
    fn what_is_no_longer_measured_is_not_named() {
        let measured = [("smoothness_lr", all(2.0), all(1.0)), ("rank", all(50.0), all(1.0))];
        let mut scene = scene(Pair::default(), &measured);
        for side in [Side::A, Side::B] {
            change(&mut scene, side, |frame| frame.step = 51);
        }
        let text = second(&crate::scene::finding::of(&scene, &view("smoothness_lr")));
        assert_eq!(text, "");
    }

    #[test]
    fn accuracy_and_loss_of_the_validation_samples_are_compared_too() {
        let scored = |a: (f64, f64), b: (f64, f64)| {
            let mut scene = scene(Pair::default(), &[("smoothness_lr", all(2.0), all(1.0))]);
            for (side, (accuracy, loss)) in [(Side::A, a), (Side::B, b)] {
                change(&mut scene, side, |frame| {
                    let last = Validation { accuracy, loss, ..frame.validations[0] };
                    frame.validations = (1..=5).map(|i| Validation { step: 10 * i, ..last }).collect();
                });
            }
            crate::scene::finding::of(&scene, &view("smoothness_lr"))
        };
        let found = scored((0.1, 2.3), (0.95, 0.2));
        let text = second(&found);
        assert_eq!(
            text,
            "Furthest apart, at step 50, is the validation accuracy: 10.0 % for no norm, 95.0 % for BatchNorm."
        );
        let number = found.text.iter().rev().find(|p| p.how.is_some()).unwrap();
        let how = number.how.as_deref().unwrap();
        assert_eq!(number.shows, Some("accuracy"));
        assert!(how.contains("a ratio of 171 between the odds"), "{how}");

        let text = second(&scored((0.951, 0.2), (0.95, 1.3)));
        assert!(text.ends_with("the validation loss: 6.50 times smaller for no norm."), "{text}");
        assert_eq!(second(&scored((0.999, 0.2), (0.985, 0.2))), "", "chance, though in odds it is six times");
    }
}
