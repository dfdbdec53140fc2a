//! What a node computed, without the padding behind sequences that end early.

use crate::kernels::Real;
use crate::nn::network::{Network, Workspace};
use crate::nn::valid::runs;
use std::borrow::Cow;

/// Node `i`'s output in the last pass through `work`, of `samples` samples, as a node at `step` reads it:
/// `[rows × channels]`, the valid rows one behind the other. At a step in time that no sequence reaches
/// there are none; what reads a recurrent network's last state is at no step, and reads every sample's.
pub(crate) fn valid<'w, F: Real>(
    network: &Network<F>,
    work: &'w Workspace<F>,
    i: usize,
    step: Option<usize>,
    samples: usize,
) -> Cow<'w, [F]> {
    let shape = network.nodes()[i].shape;
    let values = &work.value(i)[..samples * shape.len()];
    let Some(lengths) = work.lengths() else { return Cow::Borrowed(values) };
    let mut packed = Vec::with_capacity(values.len());
    runs(shape, step, samples, Some(lengths), |from, to| packed.extend_from_slice(&values[from..to]));
    Cow::Owned(packed)
}
