//! Adaptive instance normalization (Huang & Belongie 2017, arXiv:1703.06868, eq. 8): no layer, a function of
//! two images.

use crate::kernels::Real;
use crate::kernels::tiles::{Tiles, moments};

/// y = σ_s·(x − μ_c)/√(σ_c² + ε) + μ_s per channel: what is at each place stays, its mean and deviation
/// become another image's.
///
/// `content` and `y`: `[positions × channels]`; `style`: `[any positions × channels]`. μ and σ are of each
/// channel over its own positions, σ_s² and σ_c² biased, σ_s without ε. Nothing is learned and nothing is
/// random. With ε = 0 the mean and deviation of y are the style's, of a channel that is not constant.
pub fn adain<F: Real>(content: &[F], style: &[F], channels: usize, eps: f64, y: &mut [F]) {
    let of = |x: &[F]| {
        let mut found = [vec![F::ZERO; channels], vec![F::ZERO; channels]];
        let [mean, variance] = &mut found;
        moments(Tiles { rows: x.len() / channels, width: 1, channels }, x, mean, variance);
        found
    };
    let ([mean_c, variance_c], [mean_s, variance_s]) = (of(content), of(style));
    for (y, x) in y.chunks_exact_mut(channels).zip(content.chunks_exact(channels)) {
        for c in 0..channels {
            let gain = variance_s[c].sqrt() / (variance_c[c] + F::of(eps)).sqrt() - variance_c[c].unless_finite();
            y[c] = gain * (x[c] - mean_c[c]) + mean_s[c];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Stream;

    const CHANNELS: usize = 3;

    fn texture(positions: usize, name: &str) -> Vec<f64> {
        let mut stream = Stream::new(1, name);
        (0..positions * CHANNELS).map(|i| (i % CHANNELS) as f64 + stream.normal() * stream.between(0.5, 2.0)).collect()
    }

    fn statistics(x: &[f64], c: usize) -> (f64, f64) {
        let values = || x.iter().skip(c).step_by(CHANNELS);
        let n = values().count() as f64;
        let mean = values().sum::<f64>() / n;
        (mean, (values().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt())
    }

    #[test]
    fn mean_and_deviation_are_the_styles_and_the_pattern_is_the_contents() {
        let (content, style) = (texture(30, "content"), texture(17, "style"));
        let mut y = vec![f64::NAN; content.len()];
        adain(&content, &style, CHANNELS, 0.0, &mut y);
        for c in 0..CHANNELS {
            let ((mean_c, deviation_c), (mean_s, deviation_s)) = (statistics(&content, c), statistics(&style, c));
            let (mean, deviation) = statistics(&y, c);
            assert!((mean - mean_s).abs() < 1e-12 && (deviation / deviation_s - 1.0).abs() < 1e-12);
            for i in (c..y.len()).step_by(CHANNELS) {
                let pattern = ((y[i] - mean) / deviation, (content[i] - mean_c) / deviation_c);
                assert!((pattern.0 - pattern.1).abs() < 1e-12);
            }
        }
        let mut same = vec![0.0; content.len()];
        adain(&content, &content, CHANNELS, 0.0, &mut same);
        assert!(same.iter().zip(&content).all(|(a, b)| (a - b).abs() < 1e-12), "its own style changes nothing");
    }

    #[test]
    fn a_constant_channel_becomes_the_styles_mean() {
        let (content, style) = (vec![5.0f32; 8], [1.0f32, 2.0, 3.0, 4.0]);
        let mut y = vec![0.0; 8];
        adain(&content, &style, 1, 1e-5, &mut y);
        assert_eq!(y, [2.5; 8]);
    }
}
