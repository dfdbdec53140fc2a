//! What noise is drawn from, and how it is spread.

use crate::cases::{case, config, same_bits};
use crate::common::{Alone, normal, site};
use normlab::nn::layer::Draw;
use normlab::nn::norm::{Norm, Site};
use normlab::rng::Counter;
use proptest::prelude::*;

fn noise(norm: Norm, site: &Site, draw: Option<Draw>) -> Alone<f64> {
    let mut alone = Alone::norm(norm, site);
    alone.draw = draw;
    alone
}

proptest! {
    #![proptest_config(config())]

    /// The documented positions, written out again.
    #[test]
    fn noise_is_what_its_documentation_says(case in case(), amplitude in 0.0..4.0f64, step in 1..1000u64, place in 0..50u64) {
        let x = case.input::<f64>(&mut case.stream());
        let site = Site { noise: amplitude, place, ..case.site(Norm::Noise, None).expect("anywhere") };
        let y = noise(Norm::Noise, &site, Some(Draw { seed: case.seed, step })).forward(&x).0;
        let (numbers, channels) = (Counter::new(case.seed, step, place), case.channels() as u64);
        for (i, (x, y)) in x.iter().zip(&y).enumerate() {
            let (i, c) = (i as u64, i as u64 % channels);
            let between = |low: f64, high: f64, position: u64| low + (high - low) * numbers.uniform(position);
            let mu = between(-0.5 * amplitude, 0.5 * amplitude, 2 * c);
            let sigma = between(1.0, 1.0 + 0.25 * amplitude, 2 * c + 1);
            let at = 2 * channels + 4 * i;
            let m = between(mu - 0.1 * amplitude, mu + 0.1 * amplitude, at + 2);
            let (u, v) = (numbers.uniform(at), numbers.uniform(at + 1));
            let z = (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos();
            assert!((y - ((sigma + 0.1 * amplitude * z) * x + m)).abs() < 1e-12, "value {i}");
        }
    }

    /// The same step at the same place draws the same; any other draws something else. Outside training
    /// there is none, and at amplitude 0 it changes nothing.
    #[test]
    fn noise_belongs_to_its_step_and_place(case in case()) {
        let x = case.input::<f64>(&mut case.stream());
        for norm in [Norm::Noise, Norm::Noisy] {
            let site = case.site(norm, None).expect("two samples or more");
            let y = |site: &Site, draw| noise(norm, site, draw).forward(&x).0;
            let draw = Draw { seed: 1, step: 1 };
            let first = y(&site, Some(draw));
            assert!(same_bits(&first, &y(&site, Some(draw))));
            for (site, draw) in [
                (site, Draw { seed: 2, ..draw }),
                (site, Draw { step: 2, ..draw }),
                (Site { place: 1, ..site }, draw),
            ] {
                let other = y(&site, Some(draw));
                assert!(first.iter().zip(&other).all(|(a, b)| a != b), "{norm:?}");
            }
            let without = y(&site, None);
            assert!(first.iter().zip(&without).all(|(a, b)| a != b), "{norm:?}");
            assert_eq!(y(&Site { noise: 0.0, ..site }, Some(draw)), without);
            if norm == Norm::Noise {
                assert_eq!(without, x);
            }
        }
    }
}

/// Mean and variance.
fn moments(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let n = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / n;
    (mean, values.map(|v| (v - mean).powi(2)).sum::<f64>() / n)
}

/// Of y = s·x + m at x = 0 and at x = 1, over units and steps, and within one unit at one step: uniform
/// numbers have variance (high − low)²/12.
#[test]
fn noise_has_the_moments_of_its_distributions() {
    let (channels, rows, steps) = (64, 64, 60);
    for amplitude in [1.0f64, 2.0] {
        let site = Site { noise: amplitude, ..site(1, channels, 1, rows) };
        // Per step and unit: the mean over its samples, which is μ_c or σ_c but for the samples' own noise.
        let (mut mu, mut sigma) = (Vec::new(), Vec::new());
        let (mut within_m, mut within_s) = (0.0, 0.0);
        for step in 1..=steps {
            let alone = noise(Norm::Noise, &site, Some(Draw { seed: 1, step }));
            let [at_zero, at_one] = [0.0, 1.0].map(|x| alone.forward(&vec![x; rows * channels]).0);
            for c in 0..channels {
                let m = at_zero.iter().skip(c).step_by(channels).copied();
                let s = at_one.iter().zip(&at_zero).map(|(a, b)| a - b).skip(c).step_by(channels);
                let ((m, var_m), (s, var_s)) = (moments(m), moments(s));
                mu.push(m);
                sigma.push(s);
                within_m += var_m;
                within_s += var_s;
            }
        }
        let (n, unbiased) = (mu.len() as f64, rows as f64 / (rows as f64 - 1.0));
        let (own_m, own_s) = (amplitude.powi(2) * 0.04 / 12.0, amplitude.powi(2) * 0.01);
        assert!((within_m / n * unbiased / own_m - 1.0).abs() < 0.01, "m: {}", within_m / n * unbiased / own_m);
        assert!((within_s / n * unbiased / own_s - 1.0).abs() < 0.01, "s: {}", within_s / n * unbiased / own_s);
        let ((mean, variance), want) = (moments(mu.iter().copied()), amplitude.powi(2) / 12.0 + own_m / rows as f64);
        assert!(mean.abs() < 0.02 * amplitude && (variance / want - 1.0).abs() < 0.05, "μ: {mean}, {variance}");
        let (mean, variance) = moments(sigma.iter().copied());
        let want = (0.25 * amplitude).powi(2) / 12.0 + own_s / rows as f64;
        assert!((mean - 1.0 - 0.125 * amplitude).abs() < 0.005 * amplitude, "σ: {mean}");
        assert!((variance / want - 1.0).abs() < 0.05, "σ: {variance}");
        // Both lie within their bounds, which reach almost to the end.
        let (low, high) = mu.iter().fold((f64::MAX, f64::MIN), |(l, h), &v| (l.min(v), h.max(v)));
        assert!(
            low > -0.54 * amplitude && low < -0.48 * amplitude && high > 0.48 * amplitude && high < 0.54 * amplitude
        );
    }
}

/// Running statistics are of the values in front of the noise.
#[test]
fn noise_does_not_reach_the_running_statistics() {
    let site = site(1, 5, 1, 8);
    let x: Vec<f64> = normal(40, &mut normlab::rng::Stream::new(1, "front"));
    let [noisy, plain] = [Norm::Noisy, Norm::Batch].map(|norm| {
        let mut alone = noise(norm, &site, Some(Draw { seed: 1, step: 1 }));
        alone.see(&x, false);
        alone.state.buffers
    });
    assert!(same_bits(&noisy, &plain));
}
