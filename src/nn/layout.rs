//! Where each tensor lies in a network's flat vectors, and what PyTorch calls it.

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
    /// A buffer that starts at 1.
    One,
    /// A count of batches: a whole number, saved as such.
    Count,
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
        let range = self.len..self.len + shape.iter().product::<usize>();
        self.len = range.end;
        self.tensors.push(Tensor { name, shape: shape.to_vec(), range: range.clone(), role });
        range
    }

    /// All tensors, in order.
    pub fn tensors(&self) -> &[Tensor] {
        &self.tensors
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
