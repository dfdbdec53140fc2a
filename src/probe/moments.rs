//! Means and variances by channel, in double precision and in two passes.

use crate::kernels::Real;

/// Of each channel: the mean, the biased variance and the fourth central moment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Moments {
    /// Values per channel.
    pub rows: usize,
    pub mean: Vec<f64>,
    pub variance: Vec<f64>,
    pub fourth: Vec<f64>,
}

impl Moments {
    /// Of `[rows × channels]` values.
    pub fn of<F: Real>(values: &[F], channels: usize) -> Moments {
        let rows = values.len() / channels;
        let mut mean = vec![0.0; channels];
        for row in values.chunks_exact(channels) {
            for (mean, v) in mean.iter_mut().zip(row) {
                *mean += v.to_f64() / rows as f64;
            }
        }
        let (mut variance, mut fourth) = (vec![0.0; channels], vec![0.0; channels]);
        for row in values.chunks_exact(channels) {
            for (c, v) in row.iter().enumerate() {
                let square = (v.to_f64() - mean[c]).powi(2);
                variance[c] += square / rows as f64;
                fourth[c] += square * square / rows as f64;
            }
        }
        Moments { rows, mean, variance, fourth }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Far from 0, where E[x²] − E[x]² would lose every digit.
    #[test]
    fn two_channels_by_hand() {
        let moments = Moments::of(&[1e4f32, 0.0, 1e4 + 2.0, 0.0, 1e4 + 4.0, 3.0], 2);
        assert_eq!((moments.rows, &moments.mean[..]), (3, &[10002.0, 1.0][..]));
        assert!((moments.variance[0] - 8.0 / 3.0).abs() < 1e-9 && (moments.variance[1] - 2.0).abs() < 1e-12);
        assert!((moments.fourth[0] - 32.0 / 3.0).abs() < 1e-9 && (moments.fourth[1] - 6.0).abs() < 1e-12);
    }
}
