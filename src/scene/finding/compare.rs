//! What there is to say of one run beside the other.

use super::{Finding, Run, Words};
use crate::chart::number::{percent, short};
use crate::nn::objective::Loss;
use crate::run::chance::least_difference;
use crate::run::validation::Validation;
use crate::scene::{Scene, names, title};
use crate::session::frame::{Frame, Series};
use crate::state::pair::{Pair, Side};

/// Steps before runs are compared: too early, the finding would only speak of the initial weights.
const EARLIEST: u64 = 20;

/// A ratio of losses that is worth a name, where right answers do not tell the runs apart.
const RATIO: f64 = 1.5;

/// The same where there are no answers: losses are all there is.
const LOSS_RATIO: f64 = 1.1;

/// Two runs that have trained on the same numbers. Only if everything else that is known of both agrees too, they
/// are one; else they part at evaluation.
pub(super) fn identical(pair: &Pair, a: &Run, b: &Run) -> Option<Finding> {
    let (step, print) = &a.frame.fingerprint;
    // Before the first step, many settings have not had an influence yet.
    if a.frame.fingerprint != b.frame.fingerprint || *step == 0 || !train_alike(a.frame, b.frame) {
        return None;
    }
    let how = "The fingerprint, a hash over all losses, weights and running statistics so far: a single different bit \
               would have given another one.";
    let one = agree(a.frame, b.frame);
    let begin = if one { "A and B are identical" } else { "A and B train alike" };
    let words = Words::default()
        .say(format!("{begin}, bit for bit: after {step} steps both have the fingerprint "))
        .number(print.chars().take(4).collect::<String>(), how);
    if !one {
        return Some(apart_at_inference(words, a, b));
    }
    let differences: Vec<String> = names::differences(pair).into_iter().map(names::label).collect();
    let words = match differences.is_empty() {
        true => words.say("."),
        false => words.say(format!(". Their different {} has made no difference so far.", names::list(&differences))),
    };
    Some(words.about(Side::Both, "A = B"))
}

/// Whether two numbers are the same, or both are none.
fn equal(a: f64, b: f64) -> bool {
    a == b || a.is_nan() && b.is_nan()
}

/// Whether both runs took the same steps, as far as both have got.
fn train_alike(a: &Frame, b: &Frame) -> bool {
    let alike = |a: &Series, b: &Series| {
        // The last bucket of the run that is behind may not be full; longer runs have wider ones.
        let full = a.mean.len().min(b.mean.len()).saturating_sub(usize::from(a.mean.len() != b.mean.len()));
        a.width != b.width || a.mean.iter().zip(&b.mean).take(full).all(|(a, b)| equal((*a).into(), (*b).into()))
    };
    (a.moved, &a.divergence) == (b.moved, &b.divergence) && alike(&a.loss, &b.loss) && alike(&a.accuracy, &b.accuracy)
}

/// Whether all scores at steps at which both were evaluated are the same.
fn agree(a: &Frame, b: &Frame) -> bool {
    let scores = |v: &Validation| [v.loss, v.accuracy, v.loss_batch, v.accuracy_batch];
    let same = |v: &Validation, w: &Validation| scores(v).iter().zip(scores(w)).all(|(a, b)| equal(*a, b));
    a.validations.iter().all(|v| b.validations.iter().find(|w| w.step == v.step).is_none_or(|w| same(v, w)))
}

/// Goes on with how runs that train alike are evaluated apart.
fn apart_at_inference(words: Words, a: &Run, b: &Run) -> Finding {
    let scores = |words: Words, run: &Run| {
        let words = words.say(format!("{} has ", run.name));
        let words = match run.common.accuracy.is_nan() {
            true => words.say("a loss of "),
            false => {
                words.number(percent(run.common.accuracy), run.accuracy_how(run.common)).say(" right and a loss of ")
            }
        };
        words.number(short(run.common.loss), run.loss_how(run.common))
    };
    let words =
        words.say(format!(". They part at evaluation: on the validation samples, after {} steps, ", a.common.step));
    let words = scores(scores(words, a).say(", "), b).say(".");
    let gap = a.common.accuracy - b.common.accuracy;
    let better = if gap > 0.0 { a } else { b };
    match gap.abs() > least(a, b) {
        true => words.about(better.side, points(gap.abs())),
        false => words.about(Side::Both, "A ≠ B"),
    }
}

fn points(gap: f64) -> String {
    format!("+{:.0} points", gap * 100.0)
}

/// Two runs that have only begun, or that cannot become different.
pub(super) fn early(scene: &Scene, a: &Run, b: &Run) -> Option<Finding> {
    if names::differences(&scene.pair).is_empty() && train_alike(a.frame, b.frame) && agree(a.frame, b.frame) {
        let words = Words::default()
            .say("A and B have the same settings and the same seed, so every number of the two must agree.");
        return Some(words.about(Side::Both, "A = B"));
    }
    let begun = title::Shared::by(scene).sentence();
    let words = || Words::default().say(format!("{begun}; from step {EARLIEST} on they are compared."));
    (a.common.step < EARLIEST).then(|| words().about(Side::Both, "start"))
}

/// Regressions, whose losses alone can be compared: the run with the lower one.
pub(super) fn losses(pair: &Pair, a: &Run, b: &Run) -> Option<Finding> {
    if !a.regresses() && !b.regresses() {
        return None;
    }
    if title::other_task(pair) {
        let words = Words::default().say("A and B learn different things, so their scores do not compare.");
        return Some(words.about(Side::Both, "A ≠ B"));
    }
    let (better, worse) = if a.common.loss < b.common.loss { (a, b) } else { (b, a) };
    let words = Words::default()
        .say(format!("After {} steps the validation loss of {} is ", better.common.step, better.name))
        .number(short(better.common.loss), better.loss_how(better.common))
        .say(format!(", that of {} ", worse.name))
        .number(short(worse.common.loss), worse.loss_how(worse.common))
        .say(format!("; the best constant answer costs {}.", short(worse.guessing)))
        .say(cause(pair));
    let ratio = worse.common.loss / better.common.loss;
    let (about, headline) = match ratio.is_finite() && ratio >= LOSS_RATIO {
        true => (better.side, format!("{}×", short(ratio))),
        false => (Side::Both, "≈".into()),
    };
    Some(words.about(about, headline))
}

/// Runs that learn different things.
pub(super) fn other_task(pair: &Pair, a: &Run, b: &Run) -> Option<Finding> {
    title::other_task(pair).then(|| {
        Words::default()
            .say("A and B learn different data, so their scores do not compare. A is right on ")
            .number(percent(a.last.accuracy), a.accuracy_how(a.last))
            .say(" of its validation samples, B on ")
            .number(percent(b.last.accuracy), b.accuracy_how(b.last))
            .say(" of its own.")
            .about(Side::Both, "A ≠ B")
    })
}

/// Neither run has learned anything.
pub(super) fn nothing(a: &Run, b: &Run) -> Option<Finding> {
    (a.has_learned_nothing(a.common) && b.has_learned_nothing(b.common)).then(|| {
        Words::default()
            .say(format!("Neither has learned anything yet: after {} steps {} classifies ", a.common.step, a.name))
            .number(percent(a.common.accuracy), a.accuracy_how(a.common))
            .say(format!(" of the validation samples correctly, {} ", b.name))
            .number(percent(b.common.accuracy), b.accuracy_how(b.common))
            .say(format!("; guessing gives {}.", percent(1.0 / a.classes as f64)))
            .about(Side::Both, "guessing")
    })
}

/// The run with the higher accuracy, where chance does not explain the gap.
pub(super) fn accuracy(pair: &Pair, a: &Run, b: &Run) -> Option<Finding> {
    let (better, worse) = if a.common.accuracy > b.common.accuracy { (a, b) } else { (b, a) };
    let gap = better.common.accuracy - worse.common.accuracy;
    if gap <= least(a, b) {
        return None;
    }
    let words = Words::default()
        .say(format!("After {} steps {} classifies ", better.common.step, better.name))
        .number(percent(better.common.accuracy), better.accuracy_how(better.common))
        .say(format!(" of the validation samples correctly, {} ", worse.name))
        .number(percent(worse.common.accuracy), worse.accuracy_how(worse.common));
    let guessing = match worse.config.loss {
        Loss::CrossEntropy => format!("ln {} = {}", worse.classes, short(worse.guessing)),
        Loss::Mse => short(worse.guessing),
    };
    let how = format!("{} Guessing among {} classes costs {guessing}.", worse.loss_how(worse.common), worse.classes);
    let words = if worse.guesses(worse.common) {
        words.say(", which is still guessing: its loss is ").number(short(worse.common.loss), how)
    } else if worse.costs_as_guessing(worse.common) {
        let far = if worse.common.loss < worse.guessing { "hardly" } else { "no" };
        words.say(format!(", with a loss {far} lower than that of guessing: ")).number(short(worse.common.loss), how)
    } else {
        words
    };
    let words = words.say(".").say(cause(pair));
    Some(words.about(better.side, points(gap)))
}

/// The smallest difference that chance does not explain.
fn least(a: &Run, b: &Run) -> f64 {
    least_difference(a.common.accuracy, b.common.accuracy, a.common.samples.min(b.common.samples))
}

/// A warning, where several differences may have made the gap.
pub(super) fn cause(pair: &Pair) -> String {
    match names::differences(pair).len() {
        0 | 1 => String::new(),
        n => format!(" They differ in {n} settings: the cause cannot be told apart."),
    }
}

/// Runs that classify about equally well: by their losses, or that there is nothing to tell apart.
pub(super) fn same(pair: &Pair, a: &Run, b: &Run) -> Finding {
    let how = format!(
        "Differences of less than {:.1} percentage points may be chance: that is twice the standard error of a difference \
         between two accuracies on {} samples.",
        least(a, b) * 100.0,
        a.common.samples.min(b.common.samples)
    );
    let words = Words::default()
        .say(format!("After {} steps the right answers to the validation samples are ", a.common.step))
        .number("too close to tell apart", how)
        .say(format!(": {} has ", a.name))
        .number(percent(a.common.accuracy), a.accuracy_how(a.common))
        .say(format!(", {} ", b.name))
        .number(percent(b.common.accuracy), b.accuracy_how(b.common));
    let (better, worse) = if a.common.loss < b.common.loss { (a, b) } else { (b, a) };
    let ratio = worse.common.loss / better.common.loss;
    // Who is surer of its answers, but right less often, is not named as the better one.
    if a.config.loss == b.config.loss
        && ratio.is_finite()
        && ratio >= RATIO
        && better.common.accuracy >= worse.common.accuracy
    {
        return words
            .say(format!(". {}'s validation loss is ", names::capital(&better.name)))
            .number(format!("{} times", short(ratio)), "The two validation losses, one divided by the other.")
            .say(" lower: ")
            .number(short(better.common.loss), better.loss_how(better.common))
            .say(" against ")
            .number(short(worse.common.loss), worse.loss_how(worse.common))
            .say(".")
            .say(cause(pair))
            .about(better.side, format!("{}×", short(ratio)));
    }
    words
        .say("; validation loss ")
        .number(short(a.common.loss), a.loss_how(a.common))
        .say(" and ")
        .number(short(b.common.loss), b.loss_how(b.common))
        .say(".")
        .about(Side::Both, "≈")
}
