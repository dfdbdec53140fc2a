//! What a run learns from and what it is judged by: its data set, cut and shifted as asked.

use crate::config::Config;
use crate::data::{DataSet, Split};
use crate::kernels::Real;
use crate::rng::Stream;

/// The samples of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples<F> {
    /// To train on: the first [`Config::subset`] training samples, in the order in which the seed
    /// shuffled them; never shifted. To validate on: all that are held out, shifted.
    ///
    /// Pixels stay standardized with the mean and deviation of all training images, however few are
    /// used, so that subsets of different size are parts of each other.
    pub set: DataSet<F>,
    /// The first [`Config::tune_samples`] of those training samples, shifted, with noise of their own;
    /// none if the run is never fine-tuned.
    pub tune: Option<Split<F>>,
}

impl<F: Real> Samples<F> {
    /// Draws them. What is shifted draws from streams of its own, sample by sample: nothing else moves.
    pub fn of(config: &Config) -> Samples<F> {
        let mut set = config.data.load(&config.recipe());
        let width = set.features;
        keep(&mut set.train, config.subset, width);
        let tune = (config.tune_at > 0).then(|| {
            let mut tune = set.train.clone();
            keep(&mut tune, config.tune_samples, width);
            shift(config, &mut tune.x, "shift/train");
            tune
        });
        shift(config, &mut set.validation.x, "shift/validation");
        Samples { set, tune }
    }
}

/// Keeps the first `n` samples of `width` values; 0: all.
fn keep<F>(split: &mut Split<F>, n: usize, width: usize) {
    if n > 0 {
        split.x.truncate(n * width);
        split.y.truncate(n);
    }
}

/// x ← scale·x + offset + noise·N(0, 1), value by value. Tokens are names, not amounts: they stay.
fn shift<F: Real>(config: &Config, x: &mut [F], stream: &str) {
    let (scale, offset, noise) = (config.shift_scale, config.shift_offset, config.shift_noise);
    // Exactly as it was, down to the sign of a zero.
    if config.data.is_tokens() || (scale, offset, noise) == (1.0, 0.0, 0.0) {
        return;
    }
    let mut stream = Stream::new(config.seed, stream);
    for x in x {
        let jitter = if noise > 0.0 { noise * stream.normal() } else { 0.0 };
        *x = F::of(x.to_f64() * scale + offset + jitter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Data;

    fn samples(config: Config) -> Samples<f64> {
        Samples::of(&config)
    }

    #[test]
    fn a_subset_is_the_beginning_of_the_whole() {
        let all = samples(Config::default());
        for n in [1, 200, 1437] {
            let some = samples(Config { subset: n, ..Config::default() });
            assert_eq!((some.set.train.len(), some.set.train.x.len()), (n, n * 64));
            assert_eq!(some.set.train.y, all.set.train.y[..n]);
            assert_eq!(some.set.train.x, all.set.train.x[..n * 64]);
            assert_eq!(some.set.validation, all.set.validation);
        }
        assert_eq!(samples(Config { subset: 2000, ..Config::default() }), all, "there are no more");
    }

    #[test]
    fn validation_is_shifted_and_training_is_not() {
        let plain = samples(Config::default());
        let moved = samples(Config { shift_scale: 0.3, shift_offset: 0.5, ..Config::default() });
        assert_eq!(moved.set.train, plain.set.train);
        assert_eq!(moved.set.validation.y, plain.set.validation.y);
        let pairs = moved.set.validation.x.iter().zip(&plain.set.validation.x);
        assert!(pairs.clone().all(|(m, p)| (m - (0.3 * p + 0.5)).abs() < 1e-12));
        assert_eq!((plain.tune, moved.tune), (None, None));
    }

    #[test]
    fn noise_has_its_deviation_and_leaves_all_else_alone() {
        let plain = samples(Config { tune_at: 5, ..Config::default() });
        let noisy = samples(Config { tune_at: 5, shift_noise: 0.7, ..Config::default() });
        assert_eq!(noisy.set.train, plain.set.train);
        let difference = |a: &[f64], b: &[f64]| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| a - b).collect() };
        let held_out = difference(&noisy.set.validation.x, &plain.set.validation.x);
        let trained = difference(&noisy.tune.unwrap().x, &plain.tune.unwrap().x);
        for jitter in [&held_out, &trained] {
            let n = jitter.len() as f64;
            let (mean, square) = (jitter.iter().sum::<f64>() / n, jitter.iter().map(|d| d * d).sum::<f64>() / n);
            assert!(mean.abs() < 0.02 && (square.sqrt() / 0.7 - 1.0).abs() < 0.02, "{mean} {square}");
        }
        assert!(held_out.iter().zip(&trained).all(|(a, b)| (a - b).abs() > 1e-9), "two streams");
    }

    #[test]
    fn fine_tuning_sees_the_first_samples_shifted_whatever_their_number() {
        let config = Config { data: Data::Xor, tune_at: 9, shift_scale: 2.0, shift_noise: 0.1, ..Config::default() };
        let all = samples(config).tune.unwrap();
        assert_eq!(all.len(), 400);
        let some = samples(Config { tune_samples: 50, ..config }).tune.unwrap();
        assert_eq!((&some.x[..], &some.y[..]), (&all.x[..100], &all.y[..50]));
        let plain = samples(config).set.train;
        assert_eq!(some.y, plain.y[..50]);
        assert!(some.x.iter().zip(&plain.x).all(|(s, p)| (s - 2.0 * p).abs() < 0.1 * 6.0));
    }
}
