//! One sentence, with numbers, that says what separates the two runs right now; or two, if the reader looks at one
//! measure and another one separates them more.

mod alone;
mod compare;
mod furthest;
mod probed;
mod sentence;

use super::title::Shared;
use super::{Scene, how, names};
use crate::config::Config;
use crate::nn::objective::Loss;
use crate::run::validation::Validation;
use crate::run::verdict::{ALMOST, Verdict};
use crate::session::frame::Frame;
use crate::state::pair::Side;
use crate::state::view::View;

/// A run of text; a number says how it was measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The words.
    pub text: String,
    /// How the number was measured, if it is one.
    pub how: Option<String>,
    /// What the charts can be set to, to see where it comes from: a measure, or the loss or the accuracy.
    pub shows: Option<&'static str>,
}

/// What separates the runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// One number or word, to be seen from the back of a classroom.
    pub headline: String,
    /// The sentence.
    pub text: Vec<Piece>,
    /// The run that the finding speaks of.
    pub about: Side,
}

impl Finding {
    /// Goes on with another sentence, if there is one.
    fn and(mut self, more: Option<Vec<Piece>>) -> Finding {
        self.text.extend(more.unwrap_or_default());
        self
    }
}

/// Builds the sentence of words and measured numbers.
#[derive(Default)]
struct Words(Vec<Piece>);

impl Words {
    fn say(mut self, text: impl Into<String>) -> Words {
        let text = text.into();
        if !text.is_empty() {
            self.0.push(Piece { text, how: None, shows: None });
        }
        self
    }

    fn number(mut self, text: impl Into<String>, how: impl Into<String>) -> Words {
        self.0.push(Piece { text: text.into(), how: Some(how.into()), shows: None });
        self
    }

    /// A number that a chart shows.
    fn evidence(mut self, text: impl Into<String>, how: impl Into<String>, shows: &'static str) -> Words {
        self.0.push(Piece { text: text.into(), how: Some(how.into()), shows: Some(shows) });
        self
    }

    fn about(self, about: Side, headline: impl Into<String>) -> Finding {
        Finding { headline: headline.into(), text: self.0, about }
    }
}

/// One run as the finding sees it.
struct Run<'a> {
    side: Side,
    name: String,
    config: &'a Config,
    classes: usize,
    /// The loss of guessing.
    guessing: f64,
    frame: &'a Frame,
    /// Its newest scores, for what is said of this run alone.
    last: Validation,
    /// Its scores at the newest step at which the other run was evaluated too: nothing else compares.
    common: Validation,
}

impl Run<'_> {
    fn of(scene: &Scene, side: Side, common: u64) -> Option<Run<'_>> {
        let config = scene.config(side);
        let frame = scene.frame(side)?;
        let last = *frame.validations.last()?;
        let common = *frame.validations.iter().find(|v| v.step == common)?;
        let name = names::spoken(&scene.pair, side);
        Some(Run {
            side,
            name,
            config,
            classes: config.data.classes(),
            guessing: config.guessing(),
            frame,
            last,
            common,
        })
    }

    /// Whether nothing is right or wrong, so that losses alone compare.
    fn regresses(&self) -> bool {
        self.config.data.variance().is_some()
    }

    fn accuracy_how(&self, at: Validation) -> String {
        let (how, step) = (how::evaluation(self.config), at.step);
        format!("Share of the validation samples{how} classified correctly after {step} steps, as at inference.")
    }

    fn loss_how(&self, at: Validation) -> String {
        let what = match self.config.loss {
            Loss::CrossEntropy => "cross-entropy",
            Loss::Mse => "squared error",
        };
        let (how, step) = (how::evaluation(self.config), at.step);
        format!("Mean {what} over the validation samples{how} after {step} steps, as at inference.")
    }

    /// Whether nothing denies that it has learned nothing: neither the verdict on it nor what is said beside it.
    fn has_learned_nothing(&self, at: Validation) -> bool {
        let learns = matches!(self.frame.verdict, Verdict::Learning | Verdict::Barely | Verdict::WorseAtInference);
        !learns && at.is_chance(self.classes) && self.costs_as_guessing(at)
    }

    /// Whether it answers as if it guessed. Who does worse is not said to guess.
    fn guesses(&self, at: Validation) -> bool {
        let worse = matches!(self.frame.verdict, Verdict::Worse | Verdict::WorseButFalling);
        !worse && self.has_learned_nothing(at)
    }

    /// Whether its loss is no lower than that of guessing.
    fn costs_as_guessing(&self, at: Validation) -> bool {
        at.loss >= self.guessing * ALMOST
    }
}

/// The newest step at which both runs were evaluated.
fn common_step(scene: &Scene) -> Option<u64> {
    let [a, b] = [Side::A, Side::B].map(|side| scene.frame(side).map(|frame| &frame.validations));
    let (a, b) = (a?, b?);
    a.iter().rev().map(|v| v.step).find(|step| b.iter().any(|v| v.step == *step))
}

/// The finding of the moment. What is measured for the view is what it speaks of, as long as the runs can be
/// compared.
pub fn of(scene: &Scene, view: &View) -> Finding {
    let pair = &scene.pair;
    if let Some(refused) = alone::refused(scene) {
        return refused;
    }
    let runs = common_step(scene).and_then(|step| Run::of(scene, Side::A, step).zip(Run::of(scene, Side::B, step)));
    let Some((a, b)) = runs else {
        return Words::default().say(format!("{}.", Shared::by(scene).sentence())).about(Side::Both, "…");
    };
    alone::diverged(&a, &b)
        .or_else(|| compare::identical(pair, &a, &b))
        .or_else(|| probed::shown(scene, view, [&a, &b]))
        .or_else(|| alone::no_number(&b))
        .or_else(|| alone::no_number(&a))
        .or_else(|| alone::one_bit(&a))
        .or_else(|| alone::one_bit(&b))
        .or_else(|| compare::early(scene, &a, &b))
        .or_else(|| compare::losses(pair, &a, &b))
        .or_else(|| alone::mismatch(&b))
        .or_else(|| alone::mismatch(&a))
        .or_else(|| compare::other_task(pair, &a, &b))
        .or_else(|| compare::nothing(&a, &b))
        .or_else(|| compare::accuracy(pair, &a, &b))
        .unwrap_or_else(|| compare::same(pair, &a, &b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::number::percent;
    use crate::config::Config;
    use crate::data::Data;
    use crate::nn::norm::Norm;
    use crate::optim::Optimizer;
    use crate::session::Session;
    use crate::session::frame::Camera;
    use crate::state::pair::Pair;

    fn scene(pair: Pair, steps: [usize; 2]) -> Scene {
        let mut scene = Scene::default();
        scene.restart(pair);
        for (side, config, steps) in [(Side::A, pair.a, steps[0]), (Side::B, pair.b, steps[1])] {
            let mut session = Session::new(config).unwrap();
            (0..steps).for_each(|_| session.step());
            session.settle();
            scene.take(side, Camera::new(&session).take(&session, 6.0, true));
        }
        scene
    }

    /// The finding while nothing is measured.
    fn of(scene: &Scene) -> Finding {
        super::of(scene, &View::default())
    }

    fn after(pair: Pair, steps: usize) -> Finding {
        of(&scene(pair, [steps; 2]))
    }

    /// The finding on two runs whose newest evaluations are given: accuracy and loss.
    fn scored(pair: Pair, a: (f64, f64), b: (f64, f64)) -> Finding {
        let mut scene = scene(pair, [20; 2]);
        for (side, (accuracy, loss)) in [(Side::A, a), (Side::B, b)] {
            let frame = scene.frame(side).unwrap().clone();
            let last = *frame.validations.last().unwrap();
            let last = Validation { accuracy, accuracy_batch: accuracy, loss, ..last };
            scene.take(side, Frame { validations: vec![last], ..frame });
        }
        of(&scene)
    }

    fn sentence(finding: &Finding) -> String {
        finding.text.iter().map(|p| p.text.as_str()).collect()
    }

    fn both(norm: Norm) -> Pair {
        let config = Config { norm, ..Config::default() };
        Pair { a: config, b: config }
    }

    /// Nothing there is right or wrong.
    #[test]
    fn regressions_are_compared_by_their_losses() {
        let config =
            Config { data: Data::Linear, loss: Loss::Mse, norm: Norm::None, width: 8, depth: 1, ..Config::default() };
        let pair = |b| Pair { a: config, b };
        let found = after(pair(Config { lr: 1e-4, ..config }), 60);
        let text = sentence(&found);
        assert!(text.starts_with("After 60 steps the validation loss of ") && text.contains("costs 10.0"), "{text}");
        assert_eq!(found.about, Side::A);
        let diverged = sentence(&after(pair(Config { lr: 100.0, ..config }), 60));
        assert!(diverged.contains("has a validation loss of "), "{diverged}");
        for text in [text, diverged] {
            assert!(!text.contains("correct") && !text.contains('–') && !text.contains("not a number"), "{text}");
        }
    }

    /// One run may be ahead of the other while both train.
    #[test]
    fn runs_are_compared_at_a_step_that_both_have_reached() {
        let mut scene = scene(Pair::default(), [41, 400]);
        let at = |side| *scene.frame(side).unwrap().validations.iter().find(|v| v.step == 40).unwrap();
        let (a, b) = (at(Side::A), at(Side::B));
        let found = of(&scene);
        assert!(sentence(&found).starts_with("After 40 steps BatchNorm classifies "), "{}", sentence(&found));
        let numbers: Vec<&Piece> = found.text.iter().filter(|p| p.how.is_some()).collect();
        assert_eq!(numbers[0].text, percent(b.accuracy));
        assert_eq!(numbers[1].text, percent(a.accuracy));
        assert!(numbers[..2].iter().all(|p| p.how.as_ref().is_some_and(|how| how.contains("after 40 steps"))));

        scene.take(
            Side::A,
            scene.frame(Side::A).map(|f| Frame { validations: f.validations[..1].to_vec(), ..f.clone() }).unwrap(),
        );
        assert_eq!(of(&scene).headline, "start", "a run that has not begun is not compared with one that has");
    }

    #[test]
    fn speaks_of_what_happened() {
        assert_eq!(of(&Scene::default()).headline, "…");
        assert_eq!(after(Pair::default(), 4).headline, "start");

        let gap = after(Pair::default(), 100);
        assert_eq!(gap.about, Side::B);
        assert!(sentence(&gap).contains("still guessing"), "{}", sentence(&gap));
        assert!(gap.headline.ends_with(" points"));
        assert!(gap.text.iter().any(|p| { p.how.as_ref().is_some_and(|h| h.contains("running statistics")) }));

        let two = Pair { a: Config { batch: 2, ..Pair::default().a }, b: Config { batch: 2, ..Config::default() } };
        assert_eq!(after(two, 30).headline, "±1");
        assert!(sentence(&after(two, 30)).contains("before γ and β, is +1 or −1"));

        let hot = Pair { a: Config { lr: 100.0, ..Pair::default().a }, ..both(Norm::None) };
        let found = after(hot, 60);
        assert_eq!((found.headline.as_str(), found.about), ("diverged", Side::A));
        assert!(sentence(&found).contains("of layer ") || sentence(&found).contains("output layer"), "{found:?}");

        let slow = Config { stat_momentum: Some(0.0001), ..Config::default() };
        assert!(sentence(&after(Pair { a: Pair::default().a, b: slow }, 60)).contains("do not match"));
    }

    #[test]
    fn what_cannot_be_trained_is_named_with_its_reason_once() {
        let mut scene = Scene::default();
        scene
            .restart(Pair { b: Config { batch: 1, ..Config::default() }, a: Config { batch: 1, ..Pair::default().a } });
        let found = of(&scene);
        assert_eq!((found.headline.as_str(), found.about), ("no run", Side::B));
        let words = sentence(&found);
        assert!(words.starts_with("BatchNorm cannot be trained with batch size 1. BatchNorm needs"), "{words}");

        scene.restart(both(Norm::Instance));
        let words = sentence(&of(&scene));
        assert!(
            words.starts_with("A cannot be trained. InstanceNorm ")
                && words.ends_with(" Nor can B, for the same reason."),
            "{words}"
        );
        assert_eq!((words.matches("standardizes").count(), of(&scene).about), (1, Side::Both));
    }

    #[test]
    fn the_same_bits_are_identical_and_nothing_less_is() {
        let found = after(both(Norm::Batch), 40);
        assert!(
            sentence(&found).starts_with("A and B are identical, bit for bit: after 40 steps"),
            "{}",
            sentence(&found)
        );
        assert_eq!(found.headline, "A = B");
        assert!(sentence(&after(both(Norm::Batch), 0)).contains("must agree"));

        // Without an influence, though different: the optimizer that carries nothing on is plain SGD.
        let still = Config { optimizer: Optimizer::Momentum, momentum: 0.0, ..Config::default() };
        let found = sentence(&after(Pair { a: still, b: Config::default() }, 40));
        assert!(found.ends_with("Their different optimizer has made no difference so far."), "{found}");

        let bit = Config { eps: Some(1.1e-5), ..Config::default() };
        assert!(!sentence(&after(Pair { a: bit, b: Config::default() }, 40)).contains("identical"));
    }

    #[test]
    fn chance_is_no_difference() {
        let pair = Pair { b: Config { norm: Norm::Group, ..Config::default() }, ..Pair::default() };
        // One sample of 360 less, though with the lower loss.
        let found = scored(pair, (347.0 / 360.0, 0.12), (348.0 / 360.0, 0.24));
        assert_eq!((found.headline.as_str(), found.about), ("≈", Side::Both));
        assert!(sentence(&found).contains("too close to tell apart"), "{}", sentence(&found));
        assert!(found.text[1].how.as_ref().unwrap().contains("on 360 samples"), "{found:?}");

        let found = scored(pair, (347.0 / 360.0, 0.24), (348.0 / 360.0, 0.12));
        assert_eq!((found.headline.as_str(), found.about), ("2.00×", Side::B));

        let found = scored(pair, (0.925, 0.2), (0.975, 0.2));
        assert_eq!((found.headline.as_str(), found.about), ("+5 points", Side::B));
    }

    #[test]
    fn guessing_is_said_of_those_who_guess() {
        let pair = Pair::default();
        let found = scored(pair, (0.372, 2.29), (0.95, 0.2));
        assert!(!sentence(&found).contains("still guessing"), "{}", sentence(&found));
        assert!(sentence(&found).contains("a loss hardly lower than that of guessing: 2.29"), "{}", sentence(&found));

        let found = scored(pair, (0.1, 2.3), (0.11, 2.31));
        assert_eq!((found.headline.as_str(), found.about), ("guessing", Side::Both));
        assert!(sentence(&found).starts_with("Neither has learned anything yet"), "{}", sentence(&found));
    }

    #[test]
    fn several_differences_have_no_one_cause_and_other_data_no_winner() {
        let pair = Pair { a: Config { batch: 64, ..Pair::default().a }, ..Pair::default() };
        let found = scored(pair, (0.5, 1.5), (0.95, 0.2));
        assert!(sentence(&found).starts_with("After 20 steps B classifies 95.0 %"), "{}", sentence(&found));
        assert!(sentence(&found).ends_with(" They differ in 2 settings: the cause cannot be told apart."));

        let pair = Pair { a: Config { data: Data::Spirals, ..Pair::default().a }, ..Pair::default() };
        let found = scored(pair, (0.5, 0.7), (0.95, 0.2));
        assert_eq!((found.headline.as_str(), found.about), ("A ≠ B", Side::Both));
        assert!(sentence(&found).contains("do not compare"));
    }
}
