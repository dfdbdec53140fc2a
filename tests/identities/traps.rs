//! Inputs on which a plausible formula fails.

use crate::cases::standardizing;
use crate::common::{Alone, normal, site, variants};
use normlab::kernels::Real;
use normlab::nn::norm::{Norm, Power, Site};
use normlab::rng::Stream;

/// x̂ = 0 on a constant, to the bit, and no gradient that is not a number. RMSNorm does not centre: its
/// constant is 0.
fn constants<F: Real>() {
    for (positions, channels, groups, batch) in [(1, 21, 3, 7), (1, 8, 2, 2), (3, 6, 2, 5), (2, 16, 4, 512)] {
        let sites = standardizing().into_iter().flat_map(|norm| {
            let all = variants(norm, site(positions, channels, groups, batch)).into_iter();
            // Noise moves zeros too.
            all.filter(move |(_, draw)| norm != Norm::Noisy || draw.is_none()).map(move |variant| (norm, variant))
        });
        for (norm, (site, draw)) in sites {
            let mut alone = Alone::<F>::norm(norm, &site);
            alone.draw = draw;
            for value in [0.0, 1.0, 12_345.678, -1e-3, 1e6] {
                let value = if norm == Norm::Rms { 0.0 } else { value };
                let x = vec![F::of(value); batch * positions * channels];
                let y = alone.forward(&x).0;
                assert!(y.iter().all(|&y| y == F::ZERO), "{norm:?} of {value}: {:?}", &y[..3]);
                let dy: Vec<F> = normal(x.len(), &mut Stream::new(1, "constant"));
                let mut gradient = vec![F::ZERO; alone.state.params.len()];
                let dx = alone.backward(&x, &dy, &mut gradient);
                assert!(dx.iter().chain(&gradient).all(|g| g.is_finite()), "{norm:?} of {value}");
            }
        }
    }
}

#[test]
fn a_constant_channel_becomes_zero_in_double_precision() {
    constants::<f64>();
}

#[test]
fn a_constant_channel_becomes_zero_in_single_precision() {
    constants::<f32>();
}

/// 10⁴ + N(0, 1) in single precision: E[x²] − E[x]² would leave nothing of the variance.
#[test]
fn a_large_mean_leaves_the_variance_intact() {
    let n = 768;
    let mut stream = Stream::new(1, "large mean");
    let x: Vec<f32> = (0..n).map(|_| (1e4 + stream.normal()) as f32).collect();
    let exact: Vec<f64> = x.iter().map(|&v| f64::from(v)).collect();
    for (norm, power, positions, channels, batch) in [
        (Norm::Batch, Power::Two, 1, 1, n),
        (Norm::Batch, Power::Two, 3, 1, n / 3),
        (Norm::Lp, Power::One, 1, 1, n),
        (Norm::Lp, Power::Max, 3, 1, n / 3),
        (Norm::Layer, Power::Two, 1, n, 1),
        (Norm::Group, Power::Two, 4, n / 4, 1),
        (Norm::Instance, Power::Two, n, 1, 1),
    ] {
        let site = Site { power, ..site(positions, channels, 1, batch) };
        let mut single = Alone::<f32>::norm(norm, &site);
        let (y, cache) = single.forward(&x);
        let (want, _) = Alone::<f64>::norm(norm, &site).forward(&exact);
        for (y, want) in y.iter().zip(&want) {
            assert!((f64::from(*y) - want).abs() < 2e-3, "{norm:?}: {y} against {want}");
        }
        let square = y.iter().map(|y| f64::from(*y).powi(2)).sum::<f64>() / n as f64;
        assert!(power != Power::Two || (square - 1.0).abs() < 1e-3, "{norm:?}: {square}");
        if norm == Norm::Batch {
            single.state.buffers.fill(0.0);
            single.layer.update_buffers(batch, &cache, &mut single.state.buffers, false);
            let (mean, m) = (exact.iter().sum::<f64>() / n as f64, n as f64);
            let unbiased = exact.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (m - 1.0);
            assert!((f64::from(single.state.buffers[1]) / (0.1 * unbiased) - 1.0).abs() < 1e-3);
        }
    }
}
