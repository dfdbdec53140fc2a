//! Where a skip connection ends.

use super::layer::{Back, Layer, Pass};
use crate::kernels::Real;

/// y = x, to which the network adds the connection's other end.
///
/// A node by itself: a nonlinearity takes its derivative from its own output, which the sum is not.
pub struct Join;

impl<F: Real> Layer<F> for Join {
    fn forward(&self, _pass: &Pass<F>, x: &[F], y: &mut [F], _cache: &mut [F]) {
        y.copy_from_slice(x);
    }

    fn backward(&self, _pass: &Pass<F>, back: Back<F>, _cache: &mut [F], dx: Option<&mut [F]>, _gradient: &mut [F]) {
        if let Some(dx) = dx {
            dx.copy_from_slice(back.dy);
        }
    }
}
