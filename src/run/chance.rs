//! How much of an accuracy can be chance: what a share of a limited number of samples is worth.

/// Standard errors beyond which a difference is taken for one: about one in twenty differences is
/// larger by chance alone.
const ERRORS: f64 = 2.0;

/// Standard errors by which an accuracy may lie above that of guessing and still be guessing: wider,
/// as the classes are not all equally frequent.
const GUESSING: f64 = 3.0;

/// The standard error of a share `p` of `n` independent samples, √(p·(1 − p)/n).
pub fn standard_error(p: f64, n: u64) -> f64 {
    (p * (1.0 - p) / n.max(1) as f64).sqrt()
}

/// The smallest difference between two accuracies that is worth naming: twice the standard error of a
/// difference between two equally good classifiers, each asked `n` independent samples.
///
/// Two runs of a pair are asked the same samples, which makes their true error smaller: the
/// judgement errs towards "about the same".
pub fn least_difference(a: f64, b: f64, n: u64) -> f64 {
    ERRORS * std::f64::consts::SQRT_2 * standard_error((a + b) / 2.0, n)
}

/// Whether an accuracy over `n` samples is no better than guessing among `classes`.
pub fn is_guessing(accuracy: f64, classes: usize, n: u64) -> bool {
    let guessing = 1.0 / classes as f64;
    accuracy <= guessing + GUESSING * standard_error(guessing, n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_more_or_less_is_no_difference_and_many_are() {
        let (n, samples) = (360.0, 360);
        assert!((standard_error(0.5, 100) - 0.05).abs() < 1e-12);
        assert!(1.0 / n < least_difference(348.0 / n, 347.0 / n, samples));
        assert!(1.0 / n < least_difference(1.0, 359.0 / n, samples));
        assert!(0.05 > least_difference(0.975, 0.925, samples));
        assert!(0.05 < least_difference(0.975, 0.925, 60), "few samples say less");
    }

    #[test]
    fn guessing_is_near_one_of_the_classes() {
        assert!(is_guessing(0.1, 10, 360) && is_guessing(0.02, 10, 360) && is_guessing(0.14, 10, 360));
        assert!(!is_guessing(0.172, 10, 360) && !is_guessing(0.372, 10, 360));
        assert!(is_guessing(0.55, 2, 200) && !is_guessing(0.65, 2, 200));
    }
}
