//! What there is to say of one run, whatever the other does.

use super::{Finding, Run, Words};
use crate::chart::number::{percent, short};
use crate::config::fields;
use crate::edition::Edition;
use crate::nn::model::Family;
use crate::nn::norm::Norm;
use crate::run::validation::Validation;
use crate::scene::{Scene, how, names, nodes};
use crate::state::pair::Side;

/// The ε of PyTorch's BatchNorm.
const EPS: f64 = 1e-5;

/// How much less is right at inference where it does not match.
const GAP: f64 = 0.1;

/// What a setting may be: `batch size allowed: 2 to 64`.
fn allowed(field: &str, values: &str) -> String {
    let name = fields::named(field).map(|f| format!("{} ", names::label(f))).unwrap_or_default();
    format!("{name}allowed: {values}")
}

/// Runs that cannot be trained with their settings. The page gives the reason here and nowhere else.
pub(super) fn refused(scene: &Scene) -> Option<Finding> {
    // What cannot be trained is worded in the full edition, which is loaded for it.
    if !Edition::Full.is_here() {
        return None;
    }
    let mut words = Words::default();
    let mut refused = Vec::new();
    for side in [Side::A, Side::B] {
        let problems = scene.config(side).check();
        let Some(first) = problems.first() else { continue };
        // Both runs may have the same: it is said once.
        let reasons = problems.iter().map(|p| {
            let or = p.or.iter().map(|way| format!("; or {}", allowed(&way.field, &way.allowed)));
            let first = names::capital(&allowed(&p.field, &p.allowed));
            format!("{}. {first}{}.", names::capital(&p.reason), or.collect::<String>())
        });
        let reasons = reasons.collect::<Vec<_>>().join(" ");
        if refused.iter().any(|(_, said)| *said == reasons) {
            words = words.say(format!(" Nor can {}, for the same reason.", names::spoken(&scene.pair, side)));
        } else {
            let name = names::capital(&names::spoken(&scene.pair, side));
            let setting = fields::named(&first.field).map(|f| names::setting(f, scene.config(side)));
            let with = setting.filter(|_| first.field != "norm").map(|s| format!(" with {s}")).unwrap_or_default();
            let space = if refused.is_empty() { "" } else { " " };
            words = words.say(format!("{space}{name} cannot be trained{with}. {reasons}"));
        }
        refused.push((side, reasons));
    }
    let about = match refused[..] {
        [] => return None,
        [(side, _)] => side,
        _ => Side::Both,
    };
    Some(words.about(about, "no run"))
}

/// A run that left the finite range.
pub(super) fn diverged(a: &Run, b: &Run) -> Option<Finding> {
    let (gone, other) = if a.frame.divergence.is_some() { (a, b) } else { (b, a) };
    let (step, node) = gone.frame.divergence.as_ref()?;
    let words = Words::default()
        .say(format!("{}: the numbers overflowed at step ", names::capital(&gone.name)))
        .number(step.to_string(), "The first step with an infinite value or NaN.")
        .say(", first in ")
        .number(nodes::words(node, gone.config.norm), nodes::FIRST_GONE);
    let words = match &other.frame.divergence {
        Some((step, _)) => words.say(format!("; {} followed at step {step}.", other.name)),
        None if other.last.accuracy.is_nan() => words
            .say(format!("; {} has a validation loss of ", other.name))
            .number(short(other.last.loss), other.loss_how(other.last))
            .say("."),
        None => words
            .say(format!("; {} stands at ", other.name))
            .number(percent(other.last.accuracy), other.accuracy_how(other.last))
            .say(" correct."),
    };
    Some(words.about(gone.side, "diverged"))
}

/// Scores that are no numbers: of the outputs on some sample nothing can be said.
pub(super) fn no_number(run: &Run) -> Option<Finding> {
    let Validation { loss, step, .. } = run.last;
    let words = || {
        Words::default()
            .say(format!("After {step} steps the validation loss of {} is ", run.name))
            .number(if loss.is_nan() { "not a number".into() } else { short(loss) }, run.loss_how(run.last))
            .say(": some outputs have left the finite range, so it has no score.")
    };
    (!loss.is_finite()).then(|| words().about(run.side, "no score"))
}

/// How much less gradient there is at the first layer than at the last where almost none gets through.
const VANISHED: f32 = 0.01;

/// BatchNorm with two values per channel: before γ and β, each normalized value is +1 or −1.
pub(super) fn one_bit(run: &Run) -> Option<Finding> {
    let (config, frame) = (run.config, run.frame);
    let plain = config.norm == Norm::Batch && config.model == Family::Mlp && config.batch == 2 && !run.regresses();
    // With ε, and with statistics that are frozen, they are something else.
    let exact = config.eps.is_none_or(|eps| eps <= EPS);
    let frozen = config.freeze > 0 && frame.step + 1 >= config.freeze as u64;
    let [first, .., last] = &frame.layers[..] else { return None };
    // Where the two samples hardly differ, ε keeps them from ±1, and gradient gets through.
    if !plain || !exact || frozen || first.gradient > VANISHED * last.gradient {
        return None;
    }
    let how = "Norm of the loss's gradient at the output of the layer, on the next mini-batch, in training mode.";
    let words = Words::default()
        .say("With two samples, each normalized value, before γ and β, is +1 or −1 whatever the input, so almost no gradient gets through BatchNorm: ")
        .number(short(first.gradient.into()), how)
        .say(" at layer 1, ")
        .number(short(last.gradient.into()), how)
        .say(format!(" at layer {}. It classifies ", frame.layers.len()))
        .number(percent(run.last.accuracy), run.accuracy_how(run.last))
        .say(format!(" correctly; guessing gives {}.", percent(1.0 / run.classes as f64)));
    Some(words.about(run.side, "±1"))
}

/// Statistics at inference that do not fit.
pub(super) fn mismatch(run: &Run) -> Option<Finding> {
    let gap = run.last.accuracy_batch - run.last.accuracy;
    if gap.is_nan() || gap < GAP {
        return None;
    }
    let how = format!(
        "Accuracy on the validation samples after {} steps; the whole set is one batch with its own mean and variance.",
        run.last.step
    );
    let words = Words::default()
        .say(format!("{} is right on ", names::capital(&run.name)))
        .number(percent(run.last.accuracy), run.accuracy_how(run.last))
        .say(format!(" with {}, but on ", how::statistics(run.config)))
        .number(percent(run.last.accuracy_batch), how)
        .say(" with the batch's own: training and inference do not match.");
    Some(words.about(run.side, format!("−{:.0} points", gap * 100.0)))
}
