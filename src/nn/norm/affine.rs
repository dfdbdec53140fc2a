//! γ and β, which every normalization may learn.

use crate::kernels::Real;
use crate::nn::layout::{Layout, Role};
use std::ops::Range;

/// A gain and a shift per channel, repeated over `repeat` blocks of channels side by side.
pub(super) struct Affine {
    gamma: Option<Range<usize>>,
    beta: Option<Range<usize>>,
    channels: usize,
    repeat: usize,
}

/// Room for one pass: `[channels · repeat]` each.
pub(super) struct Room<'a, F> {
    /// γ, or ones.
    pub gamma: &'a mut [F],
    /// β, or zeros.
    pub beta: &'a mut [F],
    /// ∂L/∂γ of this pass.
    pub dgamma: &'a mut [F],
    /// ∂L/∂β of this pass.
    pub dbeta: &'a mut [F],
}

impl Affine {
    /// Registers `name.weight` (γ) and `name.bias` (β), `[channels]` each, where they are wanted.
    pub fn new(layout: &mut Layout, name: &str, channels: usize, repeat: usize, gamma: bool, beta: bool) -> Affine {
        let mut add = |key: &str, role| layout.params.add(format!("{name}.{key}"), &[channels], role);
        let gamma = gamma.then(|| add("weight", Role::Gain));
        Affine { gamma, beta: beta.then(|| add("bias", Role::Shift)), channels, repeat }
    }

    /// Values that [`Affine::room`] takes.
    pub fn room_len(&self) -> usize {
        4 * self.channels * self.repeat
    }

    /// Cuts a buffer of [`Affine::room_len`] values.
    pub fn room<'a, F>(&self, buffer: &'a mut [F]) -> Room<'a, F> {
        let n = self.channels * self.repeat;
        let (gamma, rest) = buffer.split_at_mut(n);
        let (beta, rest) = rest.split_at_mut(n);
        let (dgamma, rest) = rest.split_at_mut(n);
        Room { gamma, beta, dgamma, dbeta: &mut rest[..n] }
    }

    /// Fetches γ and β for a forward pass.
    pub fn load<F: Real>(&self, params: &[F], room: &mut Room<F>) {
        let fetch = |range: &Option<Range<usize>>, otherwise: F, to: &mut [F]| {
            for block in to.chunks_exact_mut(self.channels) {
                match range {
                    Some(range) => block.copy_from_slice(&params[range.clone()]),
                    None => block.fill(otherwise),
                }
            }
        };
        fetch(&self.gamma, F::ONE, room.gamma);
        fetch(&self.beta, F::ZERO, room.beta);
    }

    /// Adds this pass's dγ and dβ to the gradient.
    pub fn add<F: Real>(&self, room: &Room<F>, gradient: &mut [F]) {
        let put = |range: &Option<Range<usize>>, from: &[F], gradient: &mut [F]| {
            let Some(range) = range else { return };
            for block in from.chunks_exact(self.channels) {
                for (g, &d) in gradient[range.clone()].iter_mut().zip(block) {
                    *g += d;
                }
            }
        };
        put(&self.gamma, room.dgamma, gradient);
        put(&self.beta, room.dbeta, gradient);
    }
}
