//! Puts nodes one behind the other.

use super::{Architecture, Input, Order, Skip};
use crate::choice::Choices;
use crate::kernels::Real;
use crate::nn::activation::Nonlinearity;
use crate::nn::dropout::Dropout;
use crate::nn::gain::Gain;
use crate::nn::join::Join;
use crate::nn::layer::{Layer, Shape};
use crate::nn::layout::Layout;
use crate::nn::linear::Linear;
use crate::nn::network::{Network, Node, Part, Source};
use crate::nn::norm::Site;
use crate::nn::objective::Objective;

/// A network in the making.
pub(super) struct Builder<F> {
    pub plan: Architecture,
    pub layout: Layout,
    nodes: Vec<Node<F>>,
    /// What the next node reads.
    here: Source,
    /// Its size.
    shape: Shape,
    /// The step in time that the next nodes belong to.
    step: Option<usize>,
    /// Random layers so far.
    places: u64,
}

impl<F: Real> Builder<F> {
    pub fn new(plan: Architecture) -> Builder<F> {
        Builder {
            plan,
            layout: Layout::default(),
            nodes: Vec::new(),
            here: Source::Input,
            shape: plan.input.shape(),
            step: None,
            places: 0,
        }
    }

    /// Whether sequences may end early.
    pub fn padded(&self) -> bool {
        matches!(self.plan.input, Input::Tokens { padded: true, .. })
    }

    /// What the next node reads, and its size.
    pub fn here(&self) -> (Source, Shape) {
        (self.here, self.shape)
    }

    /// Goes on from there instead.
    pub fn go_to(&mut self, (source, shape): (Source, Shape)) {
        self.here = source;
        self.shape = shape;
    }

    /// What follows belongs to that step in time, or to all.
    pub fn at(&mut self, step: Option<usize>) {
        self.step = step;
    }

    /// Adds a node that reads the last one.
    pub fn push(&mut self, name: String, part: Part, shape: Shape, layer: Box<dyn Layer<F>>) {
        self.nodes.push(Node { name, part, shape, layer, step: self.step, from: self.here, plus: None });
        self.here = Source::Node(self.nodes.len() - 1);
        self.shape = shape;
    }

    /// Adds an earlier output to the last node's.
    pub fn plus(&mut self, source: Source) {
        if let (Source::Node(j), Some(last)) = (source, self.nodes.last_mut()) {
            last.plus = Some(j);
        }
    }

    /// A product per position; see [`Architecture::hidden_bias`].
    pub fn linear(&mut self, name: &str, outputs: usize, bias: bool) {
        let linear = Linear::new(&mut self.layout, name, self.shape.channels, outputs, bias);
        let shape = Shape { channels: outputs, ..self.shape };
        self.push(name.into(), Part::Linear, shape, Box::new(linear));
    }

    /// Whether a hidden layer's product is followed by its normalization at once.
    pub fn normed_first(&self) -> bool {
        self.plan.order == Order::Before
    }

    /// The normalization, if there is one.
    pub fn norm(&mut self, name: &str) {
        self.places += 1;
        let site = Site { shape: self.shape, step: self.step, place: self.places, ..self.plan.site };
        if let Some(layer) = self.plan.norm.build(&site, name, &mut self.layout) {
            let name = self.step.map_or(name.to_owned(), |t| format!("step{}.{name}", t + 1));
            self.push(name, Part::Norm, self.shape, layer);
        }
    }

    /// The nonlinearity.
    pub fn activation(&mut self, name: &str) {
        self.push(
            name.into(),
            Part::Activation,
            self.shape,
            Box::new(Nonlinearity::new(self.plan.activation, self.shape.len())),
        );
    }

    /// What follows a hidden layer's product: normalization and nonlinearity in their order, dropout.
    /// `normed`: whether this layer is normalized at all.
    pub fn hidden(&mut self, i: &str, normed: bool) {
        let (norm, activation) = (format!("norm{i}"), format!("{}{i}", self.plan.activation.choice().name));
        if normed && self.normed_first() {
            self.norm(&norm);
        }
        self.activation(&activation);
        if normed && !self.normed_first() {
            self.norm(&norm);
        }
        self.dropout(&format!("dropout{i}"));
    }

    /// Dropout, if there is any.
    pub fn dropout(&mut self, name: &str) {
        self.places += 1;
        if self.plan.dropout > 0.0 {
            let layer = Dropout::new(self.shape, self.plan.dropout, self.places);
            self.push(name.into(), Part::Shuffle, self.shape, Box::new(layer));
        }
    }

    /// Closes a skip connection from `start`, if connections are wanted and the sizes agree.
    pub fn skip(&mut self, i: &str, start: (Source, Shape)) {
        if self.plan.skip == Skip::None || start.1 != self.shape || start.0 == Source::Input {
            return;
        }
        let name = format!("skip{i}");
        let layer: Box<dyn Layer<F>> = match self.plan.skip {
            Skip::Init => Box::new(Gain::new(&mut self.layout, &name)),
            _ => Box::new(Join),
        };
        self.push(name, Part::Shuffle, self.shape, layer);
        self.plus(start.0);
    }

    /// The last product, and the end.
    pub fn finish(mut self) -> Network<F> {
        let classes = self.plan.classes;
        let head = Linear::new(&mut self.layout, "head", self.shape.channels, classes, true);
        self.push("head".into(), Part::Head, Shape::vector(classes), Box::new(head));
        let objective = Objective::of(self.plan.loss, classes);
        let padded = self.padded();
        let network = Network::new(self.plan.input.shape(), self.nodes, self.layout).towards(objective);
        if padded { network.padded() } else { network }
    }
}
