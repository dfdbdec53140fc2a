//! Which layers make which network.

use super::activation::{Activation, Nonlinearity};
use super::layer::{Layer, Shape};
use super::layout::Layout;
use super::linear::Linear;
use super::network::{Network, Node, Part};
use super::norm::{Norm, Refusal, Site};
use crate::choice::{Choices, choices};
use crate::kernels::Real;

choices! {
    /// The family of networks.
    pub enum Family {
        Mlp: "mlp", "MLP", "Fully connected layers, each feeding the next.";
    }
}

/// Everything that decides a network's layers and tensors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Architecture {
    /// Size of one input sample.
    pub input: Shape,
    /// Number of classes.
    pub classes: usize,
    /// The family.
    pub family: Family,
    /// Hidden layers.
    pub depth: usize,
    /// Units in each hidden layer.
    pub width: usize,
    /// After each hidden layer.
    pub activation: Activation,
    /// Before each nonlinearity.
    pub norm: Norm,
    /// Groups, for GroupNorm.
    pub groups: usize,
    /// ε of the normalization; without one, PyTorch's default.
    pub eps: Option<f64>,
    /// Weight of the new value in running statistics; without one, cumulative means.
    pub stat_momentum: Option<f64>,
    /// Samples in a training batch.
    pub batch: usize,
}

impl Architecture {
    /// Where the normalizations stand: behind each hidden layer's product.
    fn site(&self) -> Site {
        Site {
            shape: Shape::vector(self.width),
            batch: self.batch,
            groups: self.groups,
            eps: self.eps,
            momentum: self.stat_momentum,
        }
    }

    /// Whether the normalization can stand in this network.
    pub fn check(&self) -> Result<(), Refusal> {
        self.norm.check(&self.site())
    }

    /// The network: `depth` times linear, norm, nonlinearity, then a linear head.
    ///
    /// In PyTorch, an `nn.Sequential` of an ordered dict with these names. A linear layer in front of a
    /// normalization has no bias: β takes its place.
    pub fn build<F: Real>(&self) -> Network<F> {
        let mut layout = Layout::default();
        let mut nodes: Vec<Node<F>> = Vec::new();
        let mut push = |name: String, part, shape, layer: Box<dyn Layer<F>>| {
            nodes.push(Node { name, part, shape, layer });
        };
        let hidden = Shape::vector(self.width);
        let mut inputs = self.input.len();
        for i in 1..=self.depth {
            let name = format!("linear{i}");
            let linear = Linear::new(&mut layout, &name, inputs, self.width, self.norm == Norm::None);
            push(name, Part::Linear, hidden, Box::new(linear));
            let name = format!("norm{i}");
            if let Some(norm) = self.norm.build(&self.site(), &name, &mut layout) {
                push(name, Part::Norm, hidden, norm);
            }
            let name = format!("{}{i}", self.activation.choice().name);
            push(name, Part::Activation, hidden, Box::new(Nonlinearity(self.activation)));
            inputs = self.width;
        }
        let head = Linear::new(&mut layout, "head", inputs, self.classes, true);
        push("head".into(), Part::Head, Shape::vector(self.classes), Box::new(head));
        Network::new(self.input, nodes, layout)
    }
}
