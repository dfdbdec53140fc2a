//! Where each tensor lies in a network's flat vectors, and what PyTorch calls it.

use crate::kernels::Real;
use std::ops::Range;

/// What a parameter does; decides how it is initialized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A weight matrix, `[fan_out × fan_in]`.
    Weight {
        /// Inputs of one output unit.
        fan_in: usize,
        /// Outputs that one input feeds.
        fan_out: usize,
    },
    /// Added to a weight matrix's output.
    Bias {
        /// Inputs of the unit that it belongs to.
        fan_in: usize,
    },
    /// A vector per token, `[vocabulary × width]`; starts at N(0, 1).
    Embedding,
    /// A vector per position, `[positions × width]`; starts at N(0, 0.02²).
    Position,
    /// γ of a normalization; starts at 1.
    Gain,
    /// β of a normalization; starts at 0.
    Shift,
    /// α of dynamic tanh: how steeply it rises; starts at 0.5.
    Slope,
    /// A buffer that starts at 0.
    Zero,
    /// A variance, never negative; starts at 1.
    One,
    /// A count of batches: one whole number, saved as such, in two places of the vector, see [`count`].
    Count,
}

/// Half of a count is below this: the whole numbers up to here, and not beyond, are single precision's.
const HALF: f64 = 16_777_216.0;

/// The largest count that [`Role::Count`] holds.
pub const LARGEST_COUNT: u64 = (1 << 48) - 1;

/// The whole number that stands in the two places of a count: the lower half, and how often it was full.
pub fn count<F: Real>(places: &[F]) -> f64 {
    places[0].to_f64() + places[1].to_f64() * HALF
}

/// Writes a whole number up to [`LARGEST_COUNT`] into the two places of a count.
pub fn set_count<F: Real>(places: &mut [F], count: f64) {
    let high = (count / HALF).floor();
    (places[0], places[1]) = (F::of(count - high * HALF), F::of(high));
}

/// One tensor of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// Its key in PyTorch's `state_dict()`.
    pub name: String,
    /// Its shape there; empty for a scalar.
    pub shape: Vec<usize>,
    /// Its place in the flat vector.
    pub range: Range<usize>,
    /// What it does.
    pub role: Role,
}

/// Tensors one behind the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    tensors: Vec<Tensor>,
    len: usize,
}

impl Table {
    /// Appends a tensor and returns its place. A tensor of that name that is there already is shared:
    /// a layer that acts at several steps in time has one set of weights.
    pub fn add(&mut self, name: String, shape: &[usize], role: Role) -> Range<usize> {
        if let Some(shared) = self.tensors.iter().find(|t| t.name == name) {
            debug_assert_eq!((&shared.shape[..], shared.role), (shape, role), "{name} is two things");
            return shared.range.clone();
        }
        let values = if role == Role::Count { 2 } else { shape.iter().product() };
        let range = self.len..self.len + values;
        self.len = range.end;
        self.tensors.push(Tensor { name, shape: shape.to_vec(), range: range.clone(), role });
        range
    }

    /// All tensors, in order.
    pub fn tensors(&self) -> &[Tensor] {
        &self.tensors
    }

    /// The tensor that holds the vector's i-th value.
    pub fn holder(&self, i: usize) -> Option<&Tensor> {
        self.tensors.iter().find(|t| t.range.contains(&i))
    }

    /// Values in all of them.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// All tensors of a network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// What training changes.
    pub params: Table,
    /// What the forward pass accumulates: running statistics.
    pub buffers: Table,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_stay_exact_beyond_what_single_precision_holds() {
        let mut places = [0.0f32; 2];
        for n in [0, 1, (1 << 24) - 1, 1 << 24, (1 << 24) + 1, 123_456_789_012, LARGEST_COUNT - 1] {
            set_count(&mut places, n as f64);
            assert_eq!(count(&places), n as f64);
            let next = count(&places) + 1.0;
            set_count(&mut places, next);
            assert_eq!(count(&places) as u64, n + 1);
        }
    }
}
