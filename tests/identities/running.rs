//! How BatchNorm's running statistics move.

use crate::cases::{case, config, distance, same_bits};
use crate::common::{Alone, normal, norms, site, variants};
use normlab::nn::layer::Shape;
use normlab::nn::norm::{Norm, OverTime, Parts, Power, Site};
use normlab::rng::Stream;
use proptest::prelude::*;

fn batch_norm(channels: usize, batch: usize, momentum: Option<f64>) -> Alone<f64> {
    Alone::norm(Norm::Batch, &Site { momentum, ..site(1, channels, 1, batch) })
}

/// The normalizations that keep running statistics.
fn keeping() -> impl Iterator<Item = Norm> {
    norms().filter(|norm| norm.has_running_statistics())
}

/// What the running mean and variance of each channel move towards: the mean over the parts that are
/// followed of each part's own, from the definitions. Parts are neighbouring samples.
fn followed(norm: Norm, site: &Site, in_training: bool, x: &[f64]) -> Vec<(f64, f64)> {
    let channels = site.shape.channels;
    let (parts, first_alone) = match norm.card().parts {
        Parts::Devices if in_training => (site.devices, true),
        Parts::Ghosts if in_training => (site.batch / site.ghost, false),
        _ => (1, true),
    };
    let power = if norm.has("power") { site.power } else { Power::Two };
    let of = |part: &[f64], c: usize| {
        let column: Vec<f64> = part.iter().skip(c).step_by(channels).copied().collect();
        let m = column.len() as f64;
        let mean = column.iter().sum::<f64>() / m;
        let distances = || column.iter().map(|x| (x - mean).abs());
        let spread = match power {
            Power::One => (distances().sum::<f64>() / m).powi(2),
            Power::Two => distances().map(|d| d * d).sum::<f64>() / (m - 1.0),
            Power::Max => distances().fold(0.0, f64::max).powi(2),
        };
        (mean, spread)
    };
    let all: Vec<&[f64]> = x.chunks(x.len() / parts).take(if first_alone { 1 } else { parts }).collect();
    let n = all.len() as f64;
    let mean = |c| all.iter().map(|part| of(part, c)).fold((0.0, 0.0), |a, b| (a.0 + b.0 / n, a.1 + b.1 / n));
    (0..channels).map(mean).collect()
}

/// Batches of two opposite values: the batch mean is exactly 0, so what is left of the running mean is
/// what is left of its start. The starts are powers of two, whose products round alike.
#[test]
fn the_start_keeps_the_weight_that_theory_gives_it() {
    for rho in [0.01, 0.1, 0.5, 1.0] {
        let mut alone = batch_norm(3, 2, Some(rho));
        alone.state.buffers[..3].copy_from_slice(&[1.0, -2.0, 1024.0]);
        let mut weight = 1.0;
        for t in 1..=40 {
            alone.see(&[1.0, 2.0, 3.0, -1.0, -2.0, -3.0], false);
            weight *= 1.0 - rho;
            assert_eq!(alone.state.buffers[..3], [weight, -2.0 * weight, 1024.0 * weight], "ρ = {rho}, t = {t}");
            assert!((weight - (1.0 - rho).powi(t)).abs() < 1e-14);
        }
    }
}

/// The figures that the lessons quote.
#[test]
fn the_start_fades_as_quickly_as_is_said() {
    let left = |rho, steps| {
        let mut alone = batch_norm(1, 2, Some(rho));
        alone.state.buffers[0] = 1.0;
        (0..steps).for_each(|_| alone.see(&[1.0, -1.0], false));
        alone.state.buffers[0]
    };
    assert!(left(0.1, 6) > 0.5 && left(0.1, 7) < 0.5);
    assert!((left(0.1, 10) - 0.35).abs() < 0.005);
    assert!((left(0.01, 10) - 0.90).abs() < 0.005);
}

proptest! {
    #![proptest_config(config())]

    /// r ← (1 − ρ)·r + ρ·s, or with ρ absent the mean of all s; s the mean or the unbiased variance.
    #[test]
    fn buffers_follow_their_recursion(case in case(), rho in prop::option::of(0.0..1.0f64)) {
        let mut stream = case.stream();
        for norm in keeping() {
            let site = Site { momentum: rho, ..case.site(norm, None).expect("two samples or more") };
            for (site, draw) in variants(norm, site).into_iter().filter(|(site, _)| site.over_time == OverTime::Pooled) {
                // Whatever the momentum, `cumulative` is the plain mean.
                for cumulative in [false, true] {
                    let mut alone = Alone::<f64>::norm(norm, &site);
                    alone.draw = draw;
                    let channels = case.channels();
                    let mut want = vec![(0.0, 1.0); channels];
                    for t in 1..=4 {
                        let x = case.input(&mut stream);
                        alone.see(&x, cumulative);
                        let rho = rho.filter(|_| !cumulative).unwrap_or(1.0 / f64::from(t));
                        let got = &alone.state.buffers;
                        for (c, (mean, variance)) in followed(norm, &site, draw.is_some(), &x).into_iter().enumerate() {
                            want[c].0 = (1.0 - rho) * want[c].0 + rho * mean;
                            want[c].1 = (1.0 - rho) * want[c].1 + rho * variance;
                            assert!((got[c] - want[c].0).abs() < 1e-12, "{norm:?} {site:?}: running mean");
                            assert!((got[channels + c] - want[c].1).abs() < 1e-11, "{norm:?} {site:?}: running variance");
                        }
                        assert_eq!(got[2 * channels], f64::from(t), "batches seen");
                    }
                }
            }
        }
    }

    /// A plain mean over the batches is the same by either name: without momentum, or told so.
    #[test]
    fn cumulative_is_no_momentum(case in case(), rho in 0.0..1.0f64) {
        for norm in keeping() {
            let site = case.site(norm, None).expect("two samples or more");
            let [told, without] = [(Some(rho), true), (None, false)].map(|(momentum, cumulative)| {
                let mut alone = Alone::<f64>::norm(norm, &Site { momentum, ..site });
                let mut stream = case.stream();
                (0..3).for_each(|_| alone.see(&case.input(&mut stream), cumulative));
                alone.state.buffers
            });
            assert!(same_bits(&told, &without), "{norm:?}");
        }
    }

    /// Statistics per step in time are those of each position by itself, under one γ and one β.
    #[test]
    fn statistics_per_step_are_those_of_each_position(case in case()) {
        let mut stream = case.stream();
        let x = case.input::<f64>(&mut stream);
        let (channels, positions) = (case.channels(), case.positions);
        for norm in keeping() {
            let pooled = case.site(norm, None).expect("two samples or more");
            let mut all = Alone::<f64>::norm(norm, &Site { over_time: OverTime::Step, ..pooled });
            let mut one = Alone::<f64>::norm(norm, &Site { shape: Shape::vector(channels), ..pooled });
            assert_eq!(all.state.params.len(), one.state.params.len());
            let (y, start) = (all.forward(&x).0, one.state.buffers.clone());
            all.see(&x, false);
            for p in 0..positions {
                let at = |v: &[f64]| -> Vec<f64> {
                    v.chunks(channels).skip(p).step_by(positions).flatten().copied().collect()
                };
                assert!(distance(&one.forward(&at(&x)).0, &at(&y)) < 1e-12, "{norm:?}, position {p}");
                one.state.buffers.copy_from_slice(&start);
                one.see(&at(&x), false);
                for (key, from) in [("mean", 0), ("variance", positions * channels)] {
                    let all = &all.state.buffers[from + p * channels..][..channels];
                    let one = &one.state.buffers[from / positions..][..channels];
                    assert!(distance(all, one) < 1e-12, "{norm:?}, position {p}: {key}");
                }
            }
        }
    }
}

/// Once the start is forgotten, the running mean fluctuates by √(ρ/(2 − ρ)) of what batch means do.
#[test]
fn the_running_mean_is_steadier_than_batch_means_by_the_known_factor() {
    let (channels, batch, steps) = (128, 4, 1500);
    for rho in [0.1, 0.5] {
        let mut stream = Stream::new(1, "stationary");
        let mut alone = batch_norm(channels, batch, Some(rho));
        let mut square = 0.0;
        for t in 0..steps + 200 {
            alone.see(&normal(batch * channels, &mut stream), false);
            if t >= 200 {
                square += alone.state.buffers[..channels].iter().map(|r| r * r).sum::<f64>();
            }
        }
        let deviation = (square / f64::from(steps) / channels as f64).sqrt();
        let of_batch_means = 1.0 / (batch as f64).sqrt();
        let ratio = deviation / (of_batch_means * (rho / (2.0 - rho)).sqrt());
        // Four standard errors: about 128·1500·ρ independent values.
        assert!((ratio - 1.0).abs() < 0.02, "ρ = {rho}: {ratio}");
    }
}
