//! One sentence, with numbers, that says what separates the two runs right now.

use super::{Scene, names};
use crate::chart::number::{percent, short};
use crate::config::pair::Side;
use crate::experiment::frame::Frame;
use crate::experiment::session::Validation;
use crate::experiment::summary::Verdict;
use crate::nn::norm::Norm;

/// A run of text; a number says how it was measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The words.
    pub text: String,
    /// How the number was measured, if it is one.
    pub how: Option<String>,
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

/// Builds the sentence of words and measured numbers.
#[derive(Default)]
struct Words(Vec<Piece>);

impl Words {
    fn say(mut self, text: impl Into<String>) -> Words {
        self.0.push(Piece { text: text.into(), how: None });
        self
    }

    fn number(mut self, text: impl Into<String>, how: impl Into<String>) -> Words {
        self.0.push(Piece { text: text.into(), how: Some(how.into()) });
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
    norm: Norm,
    batch: usize,
    classes: usize,
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
        let name = names::short(&scene.pair, side);
        let (norm, batch, classes) = (config.norm, config.batch, config.data.classes());
        Some(Run { side, name, norm, batch, classes, frame, last, common })
    }

    fn accuracy_how(&self, at: Validation) -> String {
        format!("Share of the validation samples classified correctly after {} steps, {}.", at.step, policy(self.norm))
    }

    fn loss_how(&self, at: Validation) -> String {
        format!("Mean cross-entropy over the validation samples after {} steps, {}.", at.step, policy(self.norm))
    }
}

/// The newest step at which both runs were evaluated.
fn common_step(scene: &Scene) -> Option<u64> {
    let [a, b] = [Side::A, Side::B].map(|side| scene.frame(side).map(|frame| &frame.validations));
    let (a, b) = (a?, b?);
    a.iter().rev().map(|v| v.step).find(|step| b.iter().any(|v| v.step == *step))
}

/// Which statistics an evaluation used.
fn policy(norm: Norm) -> &'static str {
    match norm {
        Norm::Batch => "with BatchNorm's running statistics, as at inference",
        _ => "in evaluation mode",
    }
}

/// Steps before the finding speaks: too early, it would only speak of the initial weights.
const EARLIEST: u64 = 20;

/// The finding of the moment.
pub fn of(scene: &Scene) -> Finding {
    if let Some(refused) = [Side::A, Side::B].into_iter().find_map(|side| refused(scene, side)) {
        return refused;
    }
    let runs = common_step(scene).and_then(|step| Run::of(scene, Side::A, step).zip(Run::of(scene, Side::B, step)));
    let Some((a, b)) = runs else {
        let words = Words::default().say("Both runs start from the same weights and see the same mini-batches.");
        return words.about(Side::Both, "…");
    };
    diverged(&a, &b)
        .or_else(|| one_bit(&a))
        .or_else(|| one_bit(&b))
        .or_else(|| early(&a))
        .or_else(|| mismatch(&b))
        .or_else(|| mismatch(&a))
        .or_else(|| accuracy(&a, &b))
        .unwrap_or_else(|| loss(&a, &b))
}

/// A run that cannot be trained with its settings.
fn refused(scene: &Scene, side: Side) -> Option<Finding> {
    let problems = scene.config(side).check();
    let problem = problems.first()?;
    let name = capital(&names::short(&scene.pair, side));
    let words = Words::default().say(format!("{name} cannot be trained with these settings: {}.", problem.reason));
    Some(words.about(side, "no run"))
}

/// A run that left the finite range.
fn diverged(a: &Run, b: &Run) -> Option<Finding> {
    let (gone, other) = if a.frame.divergence.is_some() { (a, b) } else { (b, a) };
    let (step, layer) = gone.frame.divergence.as_ref()?;
    let how = format!(
        "The first layer, from the input on, whose output held an infinite value or NaN at step {step}. \
         The run stopped before that step's update."
    );
    let words = Words::default()
        .say(format!("{}: the numbers overflowed at step ", capital(&gone.name)))
        .number(step.to_string(), "The first step whose loss is not a finite number.")
        .say(", first in ")
        .number(layer.clone(), how);
    let words = match &other.frame.divergence {
        Some((step, _)) => words.say(format!("; {} followed at step {step}.", other.name)),
        None => words
            .say(format!("; {} stands at ", other.name))
            .number(percent(other.last.accuracy), other.accuracy_how(other.last))
            .say(" correct."),
    };
    Some(words.about(gone.side, "diverged"))
}

/// BatchNorm with two samples: every normalized value is +1 or −1.
fn one_bit(run: &Run) -> Option<Finding> {
    if run.norm != Norm::Batch || run.batch != 2 || run.frame.layers.len() < 2 {
        return None;
    }
    let first = f64::from(run.frame.layers[0].gradient);
    let last = f64::from(run.frame.layers[run.frame.layers.len() - 1].gradient);
    let how = "Norm of the loss's gradient at the output of the layer, on the next mini-batch, in training mode.";
    let words = Words::default()
        .say("With two samples, each normalized value is +1 or −1 whatever the input, so almost no gradient gets through BatchNorm: ")
        .number(short(first), how)
        .say(" at layer 1, ")
        .number(short(last), how)
        .say(format!(" at layer {}. It classifies ", run.frame.layers.len()))
        .number(percent(run.last.accuracy), run.accuracy_how(run.last))
        .say(format!(" correctly; guessing gives {}.", percent(1.0 / run.classes as f64)));
    Some(words.about(run.side, "±1"))
}

fn early(a: &Run) -> Option<Finding> {
    (a.common.step < EARLIEST).then(|| {
        Words::default()
            .say("Both runs started from the same weights and see the same mini-batches. Whatever separates them now is the difference that you made.")
            .about(Side::Both, "A = B")
    })
}

/// BatchNorm whose running statistics do not fit.
fn mismatch(run: &Run) -> Option<Finding> {
    let gap = run.last.accuracy_batch - run.last.accuracy;
    if run.norm != Norm::Batch || gap < 0.1 {
        return None;
    }
    let how = format!(
        "Accuracy on the validation samples after {} steps; the whole set is one batch with its own mean and variance.",
        run.last.step
    );
    let words = Words::default()
        .say(format!("{} is right on ", capital(&run.name)))
        .number(percent(run.last.accuracy), run.accuracy_how(run.last))
        .say(" with its running statistics, but on ")
        .number(percent(run.last.accuracy_batch), how)
        .say(" with the batch's own: training and inference do not match.");
    Some(words.about(run.side, format!("−{:.0} pts", gap * 100.0)))
}

/// The run with the higher accuracy, where the gap is worth naming.
fn accuracy(a: &Run, b: &Run) -> Option<Finding> {
    let (better, worse) = if a.common.accuracy > b.common.accuracy { (a, b) } else { (b, a) };
    let gap = better.common.accuracy - worse.common.accuracy;
    if gap < 0.02 {
        return None;
    }
    let words = Words::default()
        .say(format!("After {} steps {} classifies ", better.common.step, better.name))
        .number(percent(better.common.accuracy), better.accuracy_how(better.common))
        .say(format!(" of the validation samples correctly, {} ", worse.name))
        .number(percent(worse.common.accuracy), worse.accuracy_how(worse.common));
    let words = if worse.frame.verdict == Verdict::Stuck {
        let guessing = (worse.classes as f64).ln();
        let how = format!("Guessing among {} classes costs ln {} = {}.", worse.classes, worse.classes, short(guessing));
        words.say(", which is still guessing: its loss is ").number(short(worse.common.loss), how).say(".")
    } else {
        words.say(".")
    };
    Some(words.about(better.side, format!("+{:.0} pts", gap * 100.0)))
}

/// The ratio of the losses, or that there is nothing to tell apart.
fn loss(a: &Run, b: &Run) -> Finding {
    let (better, worse) = if a.common.loss < b.common.loss { (a, b) } else { (b, a) };
    let ratio = worse.common.loss / better.common.loss;
    if ratio.is_nan() || ratio < 1.1 {
        return Words::default()
            .say("The two runs are about equally good: validation loss ")
            .number(short(a.common.loss), a.loss_how(a.common))
            .say(" and ")
            .number(short(b.common.loss), b.loss_how(b.common))
            .say(".")
            .about(Side::Both, "≈");
    }
    Words::default()
        .say(format!("{} is right on ", capital(&better.name)))
        .number(percent(better.common.accuracy), better.accuracy_how(better.common))
        .say(format!(" of the validation samples and {} on ", worse.name))
        .number(percent(worse.common.accuracy), worse.accuracy_how(worse.common))
        .say(format!("; {}'s validation loss is ", better.name))
        .number(format!("{} times", short(ratio)), "The two validation losses, one divided by the other.")
        .say(" lower: ")
        .number(short(better.common.loss), better.loss_how(better.common))
        .say(" against ")
        .number(short(worse.common.loss), worse.loss_how(worse.common))
        .say(".")
        .about(better.side, format!("{}×", short(ratio)))
}

fn capital(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |c| std::iter::once(c.to_ascii_uppercase()).chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::config::pair::Pair;
    use crate::experiment::frame::Camera;
    use crate::experiment::session::Session;

    fn after(pair: Pair, steps: usize) -> Finding {
        let mut scene = Scene::default();
        scene.restart(pair);
        for (side, config) in [(Side::A, pair.a), (Side::B, pair.b)] {
            let mut session = Session::<f32>::new(config).unwrap();
            (0..steps).for_each(|_| session.step());
            session.settle();
            scene.take(side, Camera::new(&session).take(&session, 6.0, true));
        }
        of(&scene)
    }

    fn sentence(finding: &Finding) -> String {
        finding.text.iter().map(|p| p.text.as_str()).collect()
    }

    /// One run may be ahead of the other while both train.
    #[test]
    fn runs_are_compared_at_a_step_that_both_have_reached() {
        let pair = Pair::default();
        let mut scene = Scene::default();
        scene.restart(pair);
        for (side, config, steps) in [(Side::A, pair.a, 41), (Side::B, pair.b, 400)] {
            let mut session = Session::<f32>::new(config).unwrap();
            (0..steps).for_each(|_| session.step());
            session.settle();
            scene.take(side, Camera::new(&session).take(&session, 6.0, true));
        }
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
        assert_eq!(of(&scene).headline, "A = B", "a run that has not begun is not compared with one that has");
    }

    #[test]
    fn speaks_of_what_happened() {
        assert_eq!(of(&Scene::default()).headline, "…");
        assert_eq!(after(Pair::default(), 4).headline, "A = B");

        let gap = after(Pair::default(), 100);
        assert_eq!(gap.about, Side::B);
        assert!(sentence(&gap).contains("still guessing"), "{}", sentence(&gap));
        assert!(gap.text.iter().any(|p| { p.how.as_ref().is_some_and(|h| h.contains("running statistics")) }));

        let two = Pair { a: Config { batch: 2, ..Pair::default().a }, b: Config { batch: 2, ..Config::default() } };
        assert_eq!(after(two, 30).headline, "±1");

        let hot = Pair { a: Config { lr: 100.0, ..Pair::default().a }, ..Pair::default() };
        let found = after(hot, 60);
        assert_eq!((found.headline.as_str(), found.about), ("diverged", Side::A));

        let mut scene = Scene::default();
        scene.restart(Pair { b: Config { batch: 1, ..Config::default() }, ..Pair::default() });
        assert_eq!((of(&scene).headline.as_str(), of(&scene).about), ("no run", Side::B));

        let same = Pair { a: Config::default(), b: Config::default() };
        assert_eq!(after(same, 40).headline, "≈");

        let slow = Config { stat_momentum: Some(0.0001), ..Config::default() };
        assert!(sentence(&after(Pair { a: Pair::default().a, b: slow }, 60)).contains("do not match"));
    }
}
