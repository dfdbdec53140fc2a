//! From an image to a vector, `torch.nn.Flatten`.

use super::layer::{Back, Layer, Pass, Shape};
use crate::kernels::Real;

/// Makes each sample's `[positions × channels]` a vector in the order in which PyTorch, whose images are
/// `[C, H, W]`, flattens them: all positions of the first channel, then of the next. So the weights behind
/// it are PyTorch's.
///
/// x `[batch · positions × channels]`, y `[batch × channels · positions]`. Caches nothing.
pub struct Flatten {
    shape: Shape,
}

impl Flatten {
    /// For samples of that shape.
    pub fn new(shape: Shape) -> Flatten {
        Flatten { shape }
    }
}

/// The transposes of matrices of that many rows, one behind the other.
fn transpose<F: Copy>(from: &[F], rows: usize, columns: usize, to: &mut [F]) {
    for (from, to) in from.chunks_exact(rows * columns).zip(to.chunks_exact_mut(rows * columns)) {
        for (r, row) in from.chunks_exact(columns).enumerate() {
            for (to, &value) in to[r..].iter_mut().step_by(rows).zip(row) {
                *to = value;
            }
        }
    }
}

impl<F: Real> Layer<F> for Flatten {
    fn forward(&self, _pass: &Pass<F>, x: &[F], y: &mut [F], _cache: &mut [F]) {
        transpose(x, self.shape.positions, self.shape.channels, y);
    }

    fn backward(&self, _pass: &Pass<F>, back: Back<F>, _cache: &mut [F], dx: Option<&mut [F]>, _gradient: &mut [F]) {
        if let Some(dx) = dx {
            transpose(back.dy, self.shape.channels, self.shape.positions, dx);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::layer::Statistics;

    #[test]
    fn channels_come_first() {
        // Two samples of 2 positions and 3 channels: value 100·sample + 10·position + channel.
        let x: Vec<f64> = [0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112].map(f64::from).to_vec();
        let mut y = vec![f64::NAN; 12];
        let pass = Pass::evaluation(&[], &[], 2, Statistics::Batch);
        Flatten::new(Shape { positions: 2, channels: 3 }).forward(&pass, &x, &mut y, &mut []);
        assert_eq!(y, [0, 10, 1, 11, 2, 12, 100, 110, 101, 111, 102, 112].map(f64::from));
    }
}
