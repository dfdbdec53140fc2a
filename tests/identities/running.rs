//! How BatchNorm's running statistics move.

use crate::cases::{case, config, moments};
use crate::common::{Alone, normal, site};
use normlab::nn::norm::{Norm, Site};
use normlab::rng::Stream;
use proptest::prelude::*;

fn batch_norm(channels: usize, batch: usize, momentum: Option<f64>) -> Alone<f64> {
    Alone::norm(Norm::Batch, &Site { momentum, ..site(1, channels, 1, batch) })
}

/// Moves the buffers by the statistics of one batch.
fn see(alone: &mut Alone<f64>, x: &[f64]) {
    let (_, cache) = alone.forward(x);
    alone.layer.update_buffers(alone.batch, &cache, &mut alone.state.buffers, false);
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
            see(&mut alone, &[1.0, 2.0, 3.0, -1.0, -2.0, -3.0]);
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
        (0..steps).for_each(|_| see(&mut alone, &[1.0, -1.0]));
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
        let site = Site { momentum: rho, ..case.site(Norm::Batch, None).expect("two samples or more") };
        let mut alone = Alone::<f64>::norm(Norm::Batch, &site);
        let channels = case.channels();
        let mut want = [vec![0.0; channels], vec![1.0; channels]];
        for t in 1..=5 {
            let x = case.input(&mut stream);
            see(&mut alone, &x);
            let rho = rho.unwrap_or(1.0 / f64::from(t));
            for (c, set) in case.sets(Norm::Batch).iter().enumerate() {
                let m = set.len() as f64;
                let (mean, variance) = moments(Norm::Batch, &x, set);
                want[0][c] = (1.0 - rho) * want[0][c] + rho * mean;
                want[1][c] = (1.0 - rho) * want[1][c] + rho * variance * m / (m - 1.0);
            }
            let got = &alone.state.buffers;
            for c in 0..channels {
                assert!((got[c] - want[0][c]).abs() < 1e-12, "running mean");
                assert!((got[channels + c] - want[1][c]).abs() < 1e-12, "running variance");
            }
            assert_eq!(got[2 * channels], f64::from(t), "batches seen");
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
            see(&mut alone, &normal(batch * channels, &mut stream));
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
