//! Dropout (Srivastava et al. 2014), `torch.nn.Dropout`.

use super::layer::{Back, Layer, Pass, Shape};
use crate::kernels::Real;
use crate::rng::Counter;

/// In training each value is set to 0 with probability p, or else divided by 1 − p; otherwise y = x.
///
/// x, y: `[rows × channels]`. Cached: the factor of each value. The factors are a function of the run's
/// seed, the step and the layer's place.
pub struct Dropout {
    shape: Shape,
    p: f64,
    place: u64,
}

impl Dropout {
    /// Drops that share of the values, 0 ≤ p < 1; layers of the same `place` drop the same.
    pub fn new(shape: Shape, p: f64, place: u64) -> Dropout {
        Dropout { shape, p, place }
    }
}

impl<F: Real> Layer<F> for Dropout {
    fn cache_len(&self, batch: usize) -> usize {
        batch * self.shape.len()
    }

    fn forward(&self, pass: &Pass<F>, x: &[F], y: &mut [F], cache: &mut [F]) {
        let Some(draw) = pass.draw else {
            cache.fill(F::ONE);
            y.copy_from_slice(x);
            return;
        };
        let numbers = Counter::new(draw.seed, draw.step, self.place);
        let kept = F::of(1.0 / (1.0 - self.p));
        for (i, ((y, &x), factor)) in y.iter_mut().zip(x).zip(cache).enumerate() {
            *factor = if numbers.uniform(i as u64) < self.p { F::ZERO } else { kept };
            *y = x * *factor;
        }
    }

    fn backward(&self, _pass: &Pass<F>, back: Back<F>, cache: &mut [F], dx: Option<&mut [F]>, _gradient: &mut [F]) {
        let Some(dx) = dx else { return };
        for ((dx, &dy), &factor) in dx.iter_mut().zip(back.dy).zip(cache.iter()) {
            *dx = dy * factor;
        }
    }
}
