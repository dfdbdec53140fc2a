//! What there is to say of one run beside the other.

use super::{Finding, Run, Words};
use crate::chart::number::{percent, short};
use crate::config::pair::{Pair, Side};
use crate::experiment::chance::{is_guessing, least_difference};
use crate::experiment::session::Validation;
use crate::nn::objective::Loss;
use crate::scene::{names, title};

/// Steps before runs are compared: too early, the finding would only speak of the initial weights.
const EARLIEST: u64 = 20;

/// A ratio of losses that is worth a name, where right answers do not tell the runs apart.
const RATIO: f64 = 1.5;

/// Two runs that have computed the same numbers.
pub(super) fn identical(pair: &Pair, a: &Run, b: &Run) -> Option<Finding> {
    let (step, print) = &a.frame.fingerprint;
    // Before the first step, many settings have not had an influence yet.
    if a.frame.fingerprint != b.frame.fingerprint || *step == 0 {
        return None;
    }
    let how = "The fingerprint, a hash over all losses, weights and running statistics so far: a single different bit \
               would have given another one.";
    let words = Words::default()
        .say(format!("A and B are identical, bit for bit: after {step} steps both have the fingerprint "))
        .number(print.chars().take(4).collect::<String>(), how);
    let differences: Vec<String> = names::differences(pair).into_iter().map(names::label).collect();
    let words = match differences.is_empty() {
        true => words.say("."),
        false => words.say(format!(". Their different {} makes no difference here.", names::list(&differences))),
    };
    Some(words.about(Side::Both, "A = B"))
}

/// Two runs that have only begun, or that cannot become different.
pub(super) fn early(pair: &Pair, a: &Run) -> Option<Finding> {
    if names::differences(pair).is_empty() {
        let words = Words::default()
            .say("A and B have the same settings and the same seed, so every number of the two must agree.");
        return Some(words.about(Side::Both, "A = B"));
    }
    let begun = title::Shared::of(pair).sentence();
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
        .say(format!("; answering the same whatever the input costs {}.", short(worse.guessing)))
        .say(cause(pair));
    let ratio = worse.common.loss / better.common.loss;
    let (about, headline) = match ratio.is_finite() && ratio >= RATIO {
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

/// Whether an evaluation is no better than guessing, in right answers and in loss.
fn guesses(run: &Run, at: Validation) -> bool {
    is_guessing(at.accuracy, run.classes, at.samples) && at.loss >= almost_guessing(run)
}

/// 98 % of the loss of guessing.
fn almost_guessing(run: &Run) -> f64 {
    0.98 * run.guessing
}

/// Neither run has learned anything.
pub(super) fn nothing(a: &Run, b: &Run) -> Option<Finding> {
    (guesses(a, a.common) && guesses(b, b.common)).then(|| {
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
    let guessing = match worse.loss {
        Loss::CrossEntropy => format!("ln {} = {}", worse.classes, short(worse.guessing)),
        Loss::Mse => short(worse.guessing),
    };
    let how = format!("{} Guessing among {} classes costs {guessing}.", worse.loss_how(worse.common), worse.classes);
    let words = if guesses(worse, worse.common) {
        words.say(", which is still guessing: its loss is ").number(short(worse.common.loss), how)
    } else if worse.common.loss >= almost_guessing(worse) {
        words.say(", with a loss no lower than that of guessing: ").number(short(worse.common.loss), how)
    } else {
        words
    };
    let words = words.say(".").say(cause(pair));
    Some(words.about(better.side, format!("+{:.0} points", gap * 100.0)))
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
        .say(format!("After {} steps both classify ", a.common.step))
        .number("about the same share", how)
        .say(format!(" of the validation samples correctly: {} ", a.name))
        .number(percent(a.common.accuracy), a.accuracy_how(a.common))
        .say(format!(", {} ", b.name))
        .number(percent(b.common.accuracy), b.accuracy_how(b.common));
    let (better, worse) = if a.common.loss < b.common.loss { (a, b) } else { (b, a) };
    let ratio = worse.common.loss / better.common.loss;
    // Who is surer of its answers, but right less often, is not named as the better one.
    if a.loss == b.loss && ratio.is_finite() && ratio >= RATIO && better.common.accuracy >= worse.common.accuracy {
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
