//! How the numbers of a run come about, in words made from its configuration: nothing else knows it.

use super::names;
use crate::config::Config;
use crate::config::field::number;
use crate::run::evaluate::Policy;
use crate::state::pair::{Pair, Side};

/// Whose statistics an evaluation as at inference takes; empty where none are kept.
pub(super) fn statistics(config: &Config) -> String {
    match Policy::inference(config) {
        _ if !config.norm.has_running_statistics() => String::new(),
        Policy::Adapted { samples, prior: 0 } => format!("statistics of {samples} samples at a time"),
        Policy::Adapted { samples, prior } => {
            format!("running statistics, which count as {prior} samples, blended with those of {samples} at a time")
        }
        Policy::Running | Policy::Batch => "running statistics".into(),
    }
}

/// What was done to the inputs of the validation samples: `contrast 0.3, brightness 0.5`; empty for nothing.
pub(super) fn shift(config: &Config) -> String {
    let parts = [
        ("contrast", config.shift_scale, 1.0),
        ("brightness", config.shift_offset, 0.0),
        ("noise", config.shift_noise, 0.0),
    ];
    let said = parts.iter().filter(|(_, value, none)| !config.data.is_tokens() && value != none);
    said.map(|(word, value, _)| format!("{word} {}", number(*value))).collect::<Vec<_>>().join(", ")
}

/// An evaluation as at inference, behind `the validation samples`: ` (shifted: contrast 0.3), with running
/// statistics`.
pub(super) fn evaluation(config: &Config) -> String {
    format!("{}{}", bracketed(shift(config)), with(statistics(config)))
}

fn bracketed(shift: String) -> String {
    if shift.is_empty() { shift } else { format!(" (shifted: {shift})") }
}

fn with(statistics: String) -> String {
    if statistics.is_empty() { statistics } else { format!(", with {statistics}") }
}

/// The same of both runs of a pair.
pub(super) fn evaluations(pair: &Pair) -> String {
    let shifts = both(pair, &|config| bracketed(shift(config)));
    format!("{shifts}{}", both(pair, &|config| with(statistics(config))))
}

/// What is told of two runs: once where the words agree, else of each by name. Of a run without words nothing is.
pub(super) fn both(pair: &Pair, words: &dyn Fn(&Config) -> String) -> String {
    let [(a, of_a), (b, of_b)] = [Side::A, Side::B].map(|side| {
        let name = names::short(pair, side);
        (name.split(':').next().unwrap_or_default().to_owned(), words(pair.of(side)))
    });
    if of_a == of_b {
        return of_a;
    }
    let told = |name: String, words: String| match words.trim_start_matches([',', ' ']) {
        "" => String::new(),
        words => format!(", {name} {words}"),
    };
    told(a, of_a) + &told(b, of_b)
}

/// How a run takes its steps.
pub(super) fn training(config: &Config) -> String {
    let mut words = "training mode".to_owned();
    if config.freeze > 0 && config.norm.has_running_statistics() {
        words.push_str(&format!(", with frozen running statistics from step {} on", config.freeze));
    }
    if config.tune_at > 0 && !shift(config).is_empty() {
        words.push_str(&format!(", shifted from step {} on", config.tune_at));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Data;
    use crate::nn::norm::Norm;

    #[test]
    fn an_evaluation_is_told_as_it_is_configured() {
        let said = |config: Config| evaluation(&config);
        let none = Config { norm: Norm::None, ..Config::default() };
        assert_eq!(said(none), "");
        assert_eq!(said(Config { adapt: 32, ..none }), "", "there is nothing to adapt");
        assert_eq!(said(Config { shift_noise: 0.5, ..none }), " (shifted: noise 0.5)");
        assert_eq!(said(Config { shift_scale: 0.3, data: Data::Majority, ..none }), "", "tokens stay");
        let batch = Config { shift_scale: 0.3, shift_offset: 0.5, ..Config::default() };
        let shifted = " (shifted: contrast 0.3, brightness 0.5), with ";
        assert_eq!(said(Config::default()), ", with running statistics");
        assert_eq!(said(batch), format!("{shifted}running statistics"));
        let adapted = Config { adapt: 32, prior: 0, ..batch };
        assert_eq!(said(adapted), format!("{shifted}statistics of 32 samples at a time"));
        let blended = "running statistics, which count as 16 samples, blended with those of 32 at a time";
        assert_eq!(said(Config { prior: 16, ..adapted }), format!("{shifted}{blended}"));

        let two = |a, b| evaluations(&Pair { a, b });
        assert_eq!(two(batch, batch), format!("{shifted}running statistics"));
        assert_eq!(two(none, Config::default()), ", BatchNorm with running statistics");
        assert_eq!(
            two(adapted, batch),
            " (shifted: contrast 0.3, brightness 0.5), A with statistics of 32 samples at a time, B with running statistics"
        );
        assert_eq!(two(none, Config { shift_scale: 0.3, ..none }), ", B (shifted: contrast 0.3)");
    }

    #[test]
    fn training_is_told_with_what_will_change() {
        let none = Config { norm: Norm::None, ..Config::default() };
        assert_eq!(training(&Config::default()), "training mode");
        assert_eq!(training(&Config { freeze: 40, ..none }), "training mode", "there is nothing to freeze");
        assert_eq!(training(&Config { tune_at: 40, ..none }), "training mode", "nothing is shifted");
        let config = Config { freeze: 40, tune_at: 60, shift_noise: 0.1, ..Config::default() };
        assert_eq!(
            training(&config),
            "training mode, with frozen running statistics from step 40 on, shifted from step 60 on"
        );
    }
}
