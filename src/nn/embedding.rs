//! A vector for each token, `torch.nn.Embedding`.

use super::layer::{Back, Layer, Pass};
use super::layout::{Layout, Role};
use crate::kernels::{Real, reduce};
use std::ops::Range;

/// y[r] = W[x[r]]: x `[rows × 1]`, W `[vocabulary × width]`, y `[rows × width]`.
///
/// Token ids are whole numbers stored as the network's own number type; what lies beyond
/// vocabulary − 1 counts as the last token (PyTorch raises an error there). A negative number −1 − k is
/// padding that looks like token k: whatever leaves padding out gives the same for any k. Backward:
/// dW[x[r]] += dy[r], in the order of the rows; a token id has no gradient, so dx = 0. Caches nothing.
///
/// Starts as PyTorch's, N(0, 1), whatever the initialization of products: one row at a time is read and
/// none are summed, so there is no fan-in to make up for. A Gaussian of a set deviation applies to it too.
pub struct Embedding {
    vocabulary: usize,
    width: usize,
    weight: Range<usize>,
}

impl Embedding {
    /// Registers `name.weight`, `[vocabulary, width]`. The vocabulary must not be empty.
    pub fn new(layout: &mut Layout, name: &str, vocabulary: usize, width: usize) -> Embedding {
        let weight = layout.params.add(format!("{name}.weight"), &[vocabulary, width], Role::Embedding);
        Embedding { vocabulary, width, weight }
    }

    /// Where a token's vector lies in the flat parameters.
    fn row<F: Real>(&self, token: F) -> Range<usize> {
        let token = token.to_f64();
        let token = if token < 0.0 { -1.0 - token } else { token };
        // The cast takes what is still negative, and NaN, to 0.
        let start = self.weight.start + (token as usize).min(self.vocabulary - 1) * self.width;
        start..start + self.width
    }
}

impl<F: Real> Layer<F> for Embedding {
    fn forward(&self, pass: &Pass<F>, x: &[F], y: &mut [F], _cache: &mut [F]) {
        for (y, &token) in y.chunks_exact_mut(self.width).zip(x) {
            y.copy_from_slice(&pass.params[self.row(token)]);
        }
    }

    fn backward(&self, _pass: &Pass<F>, back: Back<F>, _cache: &mut [F], dx: Option<&mut [F]>, gradient: &mut [F]) {
        for (dy, &token) in back.dy.chunks_exact(self.width).zip(back.x) {
            reduce::axpy(F::ONE, dy, &mut gradient[self.row(token)]);
        }
        if let Some(dx) = dx {
            dx.fill(F::ZERO);
        }
    }
}
