//! A learned number that starts at 0: the branch of SkipInit (De & Smith 2020, arXiv:2002.10444).

use super::layer::{Back, Layer, Pass};
use super::layout::{Layout, Role};
use crate::kernels::{Real, reduce};
use std::ops::Range;

/// y = α·x with the scalar α, which starts at 0: at first a network of such branches is the identity.
///
/// x, y: any shape. Backward: dx = α·dy, dα = Σ x·dy. Caches nothing.
pub struct Gain {
    alpha: Range<usize>,
}

impl Gain {
    /// Registers `name.weight`, α, shape `[]`.
    pub fn new(layout: &mut Layout, name: &str) -> Gain {
        Gain { alpha: layout.params.add(format!("{name}.weight"), &[], Role::Shift) }
    }
}

impl<F: Real> Layer<F> for Gain {
    fn forward(&self, pass: &Pass<F>, x: &[F], y: &mut [F], _cache: &mut [F]) {
        let alpha = pass.params[self.alpha.start];
        for (y, &x) in y.iter_mut().zip(x) {
            *y = alpha * x;
        }
    }

    fn backward(&self, pass: &Pass<F>, back: Back<F>, _cache: &mut [F], dx: Option<&mut [F]>, gradient: &mut [F]) {
        gradient[self.alpha.start] += reduce::dot(back.x, back.dy);
        let alpha = pass.params[self.alpha.start];
        if let Some(dx) = dx {
            for (dx, &dy) in dx.iter_mut().zip(back.dy) {
                *dx = alpha * dy;
            }
        }
    }
}
