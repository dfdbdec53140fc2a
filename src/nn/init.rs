//! Initial weights.

use super::layout::{Layout, Role, Table};
use crate::choice::choices;
use crate::kernels::Real;
use crate::rng::Stream;

choices! {
    /// The distribution of the initial weights.
    pub enum Init {
        He: "he", "He", "Gaussian of variance 2/inputs: keeps the size of ReLU activations from layer to layer (He et al. 2015).";
        Glorot: "glorot", "Glorot", "Uniform of variance 2/(inputs + outputs): made for tanh, half of what ReLU needs (Glorot & Bengio 2010).";
        PyTorch: "pytorch", "PyTorch", "PyTorch's default: uniform of variance 1/(3·inputs), so signals shrink with depth.";
        Normal: "normal", "Gaussian", "Gaussian of the standard deviation set below, whatever the layer's size.";
    }
}

/// The parameters and buffers with which training starts.
#[derive(Clone, Debug, PartialEq)]
pub struct State<F> {
    /// Laid out as [`Layout::params`].
    pub params: Vec<F>,
    /// Laid out as [`Layout::buffers`].
    pub buffers: Vec<F>,
}

impl<F: Real> State<F> {
    /// Draws the initial state.
    ///
    /// Each tensor has a random stream of its own, named after it: the same weights whatever the
    /// normalization, and whether or not a layer has a bias. `std` is used by [`Init::Normal`] alone.
    /// Vectors of tokens and positions are looked up, not multiplied, and have no fan-in: they start at
    /// N(0, 1) and N(0, 0.02²) whatever `init`, but for [`Init::Normal`].
    pub fn initial(layout: &Layout, init: Init, std: f64, seed: u32) -> State<F> {
        State { params: fill(&layout.params, init, std, seed), buffers: fill(&layout.buffers, init, std, seed) }
    }

    /// The state whose parameters and then buffers these are; none, if there are too few or too many.
    pub fn of(layout: &Layout, values: &[F]) -> Option<State<F>> {
        let (params, buffers) = values.split_at_checked(layout.params.len())?;
        (buffers.len() == layout.buffers.len()).then(|| State { params: params.into(), buffers: buffers.into() })
    }

    /// Parameters, then buffers.
    pub fn values(&self) -> Vec<F> {
        [&self.params[..], &self.buffers[..]].concat()
    }
}

fn fill<F: Real>(table: &Table, init: Init, std: f64, seed: u32) -> Vec<F> {
    let mut values = vec![F::ZERO; table.len()];
    for tensor in table.tensors() {
        let mut stream = Stream::new(seed, &format!("init/{}", tensor.name));
        for value in &mut values[tensor.range.clone()] {
            *value = F::of(draw(tensor.role, init, std, &mut stream));
        }
    }
    values
}

fn draw(role: Role, init: Init, std: f64, stream: &mut Stream) -> f64 {
    match (role, init) {
        (Role::Weight { fan_in, .. }, Init::He) => stream.normal() * (2.0 / fan_in as f64).sqrt(),
        (Role::Weight { fan_in, fan_out }, Init::Glorot) => {
            let limit = (6.0 / (fan_in + fan_out) as f64).sqrt();
            stream.between(-limit, limit)
        }
        (Role::Weight { fan_in, .. } | Role::Bias { fan_in }, Init::PyTorch) => {
            let limit = 1.0 / (fan_in as f64).sqrt();
            stream.between(-limit, limit)
        }
        (Role::Weight { .. } | Role::Embedding | Role::Position, Init::Normal) => stream.normal() * std,
        (Role::Embedding, _) => stream.normal(),
        (Role::Position, _) => stream.normal() * 0.02,
        (Role::Bias { .. } | Role::Shift | Role::Zero | Role::Count, _) => 0.0,
        (Role::Gain | Role::One, _) => 1.0,
        (Role::Slope, _) => 0.5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(bias: bool) -> Layout {
        let mut layout = Layout::default();
        for (name, fan_in, fan_out) in [("linear1", 100, 200), ("linear2", 200, 50)] {
            super::super::linear::Linear::new(&mut layout, name, fan_in, fan_out, bias);
        }
        layout
    }

    #[test]
    fn variance_is_what_each_paper_asks_for() {
        for (init, want) in
            [(Init::He, 2.0 / 100.0), (Init::Glorot, 2.0 / 300.0), (Init::PyTorch, 1.0 / 300.0), (Init::Normal, 0.0004)]
        {
            let state = State::<f64>::initial(&layout(true), init, 0.02, 5);
            let w = &state.params[..20_000];
            let mean = w.iter().sum::<f64>() / 20_000.0;
            let variance = w.iter().map(|v| v * v).sum::<f64>() / 20_000.0;
            assert!(mean.abs() < 4.0 * (want / 20_000.0f64).sqrt(), "{init:?} mean {mean}");
            assert!((variance / want - 1.0).abs() < 0.05, "{init:?} variance {variance}");
        }
    }

    /// Rows of tokens are PyTorch's N(0, 1), positions GPT-2's N(0, 0.02²); a set deviation is for both.
    #[test]
    fn tables_of_vectors_have_deviations_of_their_own() {
        let mut layout = Layout::default();
        for (name, role) in [("embedding", Role::Embedding), ("positions", Role::Position)] {
            layout.params.add(name.into(), &[100, 100], role);
        }
        for (init, want) in [(Init::He, [1.0, 0.02]), (Init::PyTorch, [1.0, 0.02]), (Init::Normal, [0.3, 0.3])] {
            let state = State::<f64>::initial(&layout, init, 0.3, 5);
            for (values, want) in state.params.chunks(10_000).zip(want) {
                let deviation = (values.iter().map(|v| v * v).sum::<f64>() / 1e4).sqrt();
                assert!((deviation / want - 1.0).abs() < 0.03, "{init:?}: {deviation} for {want}");
            }
        }
    }

    #[test]
    fn a_bias_leaves_every_weight_as_it_was() {
        let with = State::<f32>::initial(&layout(true), Init::PyTorch, 0.0, 5);
        let without = State::<f32>::initial(&layout(false), Init::PyTorch, 0.0, 5);
        assert_eq!(with.params[..20_000], without.params[..20_000]);
        assert_eq!(with.params[20_200..30_200], without.params[20_000..]);
    }
}
