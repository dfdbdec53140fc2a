//! Which layers make which network: one file per family.

mod builder;
mod cnn;
mod mlp;
mod rnn;
mod transformer;

use super::activation::Activation;
use super::layer::Shape;
use super::network::Network;
use super::norm::{Norm, Refusal, Site};
use super::objective::Loss;
use crate::choice::{Choices, choices};
use crate::edition::Edition;
use crate::kernels::Real;
use builder::Builder;

choices! {
    /// The family of networks.
    pub enum Family {
        Mlp: "mlp", "MLP", "Fully connected layers, each feeding the next.";
        Cnn: "cnn", "CNN", "3 × 3 convolutions, which read each pixel with its neighbours, then fully connected layers; for images.";
        Rnn: "rnn", "RNN", "Reads a sequence step by step and carries what it has seen in its hidden layers; 1 to 4 of them.";
        Transformer: "transformer", "Transformer", "Positions of a sequence look back at earlier ones by attention; 1 to 6 blocks.";
    }
}

choices! {
    /// On which side of the nonlinearity a normalization stands.
    pub enum Order {
        Before: "before", "Before", "Product, normalization, nonlinearity: the usual order.";
        After: "after", "After", "Product, nonlinearity, normalization.";
    }
}

choices! {
    /// Whether products have a bias.
    pub enum Bias {
        Auto: "auto", "Auto", "None in front of a normalization whose β takes its place.";
        On: "on", "On", "Always; in front of a BatchNorm its gradient is 0.";
        Off: "off", "Off", "Only the last layer has one.";
    }
}

choices! {
    /// Connections around hidden layers.
    pub enum Skip {
        None: "none", "None", "Each layer feeds the next alone.";
        Plain: "plain", "Residual", "Each hidden layer's output is added to its input, where both are of the same size (He et al. 2016).";
        Init: "skipinit", "SkipInit", "As residual, times a learned number that starts at 0 (De & Smith 2020).";
    }
}

choices! {
    /// What a convolution reads beyond the image's border.
    pub enum Padding {
        Zero: "zero", "Zero", "Zeros: the image keeps its size.";
        Reflect: "reflect", "Reflection", "The image mirrored at its border: it keeps its size.";
        Valid: "valid", "Valid", "Nothing: the image shrinks by 2 at every convolution.";
    }
}

choices! {
    /// How images are made smaller from layer to layer.
    pub enum Shrink {
        Pool: "pool", "Pooling", "Averages 2 × 2 pixels after each hidden layer, down to 2 × 2.";
        Stride: "stride", "Stride", "Convolutions take every second pixel, down to 2 × 2.";
        Keep: "keep", "Keep", "Images keep their size.";
    }
}

choices! {
    /// Where a transformer block normalizes.
    pub enum Placement {
        Pre: "pre", "Pre-norm", "Before attention and before the feed-forward layer, inside the skip connection.";
        Post: "post", "Post-norm", "After each addition, as in the first transformer.";
    }
}

/// How a family reads its samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// As plain vectors.
    Vectors,
    /// As images.
    Images,
    /// Step by step.
    Sequences,
}

impl Family {
    /// How it reads its samples.
    pub fn reads(self) -> Reads {
        match self {
            Family::Mlp => Reads::Vectors,
            Family::Cnn => Reads::Images,
            Family::Rnn | Family::Transformer => Reads::Sequences,
        }
    }

    /// The edition that can compute it.
    pub fn edition(self) -> Edition {
        match self {
            Family::Mlp => Edition::First,
            Family::Cnn | Family::Rnn | Family::Transformer => Edition::Full,
        }
    }
}

/// What one sample is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// That many numbers.
    Vector(usize),
    /// `side × side` pixels of `channels` values, row by row.
    Image {
        /// Pixels on a side.
        side: usize,
        /// Values per pixel.
        channels: usize,
    },
    /// `length` steps of `channels` values.
    Sequence {
        /// Steps.
        length: usize,
        /// Values per step.
        channels: usize,
    },
    /// `length` tokens, each a whole number below `vocabulary`.
    Tokens {
        /// Tokens in a sample.
        length: usize,
        /// Different tokens.
        vocabulary: usize,
        /// Whether sequences may end early, with negative numbers behind.
        padded: bool,
    },
}

impl Input {
    /// Positions and values per position.
    pub fn shape(self) -> Shape {
        match self {
            Input::Vector(channels) => Shape::vector(channels),
            Input::Image { side, channels } => Shape { positions: side * side, channels },
            Input::Sequence { length, channels } => Shape { positions: length, channels },
            Input::Tokens { length, .. } => Shape { positions: length, channels: 1 },
        }
    }
}

/// Everything that decides a network's layers and tensors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Architecture {
    /// One input sample.
    pub input: Input,
    /// Number of classes, or of a regression's outputs.
    pub classes: usize,
    /// How far off its outputs are.
    pub loss: Loss,
    /// The family.
    pub family: Family,
    /// Hidden layers, or transformer blocks.
    pub depth: usize,
    /// Units in each hidden layer; channels of the first convolution; size of a token's vector.
    pub width: usize,
    /// After each hidden layer.
    pub activation: Activation,
    /// Whether products have a bias.
    pub bias: Bias,
    /// Share of the activations dropped after each hidden layer in training.
    pub dropout: f64,
    /// Connections around hidden layers.
    pub skip: Skip,
    /// Of convolutions.
    pub padding: Padding,
    /// Of images.
    pub shrink: Shrink,
    /// Units of the fully connected layer behind the convolutions; 0: none.
    pub head: usize,
    /// Whether that layer is normalized too.
    pub head_norm: bool,
    /// Attention heads; must divide the width.
    pub heads: usize,
    /// Where a transformer block normalizes.
    pub placement: Placement,
    /// The normalization.
    pub norm: Norm,
    /// On which side of the nonlinearity.
    pub order: Order,
    /// Settings of the normalization; its shape is set at each place.
    pub site: Site,
}

impl Architecture {
    /// A fully connected network with PyTorch's defaults: two hidden layers of 8 units.
    pub fn new(input: Input, classes: usize, batch: usize) -> Architecture {
        Architecture {
            input,
            classes,
            loss: Loss::CrossEntropy,
            family: Family::Mlp,
            depth: 2,
            width: 8,
            activation: Activation::Relu,
            bias: Bias::Auto,
            dropout: 0.0,
            skip: Skip::None,
            padding: Padding::Zero,
            shrink: Shrink::Pool,
            head: 0,
            head_norm: false,
            heads: 1,
            placement: Placement::Pre,
            norm: Norm::None,
            order: Order::Before,
            site: Site { tokens: !matches!(input, Input::Image { .. }), ..Site::new(input.shape(), batch) },
        }
    }

    /// Whether it can be built.
    ///
    /// # Errors
    /// The first reason why not.
    pub fn check(&self) -> Result<(), Refusal> {
        let full = Edition::Full.is_here();
        match self.family {
            Family::Mlp => mlp::check(self),
            Family::Cnn if full => cnn::check(self),
            Family::Rnn if full => rnn::check(self),
            Family::Transformer if full => transformer::check(self),
            // Of another edition: no configuration that asks for it gets here.
            _ => mlp::check(self),
        }
    }

    /// The network. [`Architecture::check`] must have passed.
    pub fn build<F: Real>(&self) -> Network<F> {
        let builder = Builder::new(*self);
        let full = Edition::Full.is_here();
        match self.family {
            Family::Mlp => mlp::build(builder),
            Family::Cnn if full => cnn::build(builder),
            Family::Rnn if full => rnn::build(builder),
            Family::Transformer if full => transformer::build(builder),
            _ => mlp::build(builder),
        }
    }

    /// Whether a hidden layer's product has a bias.
    pub fn hidden_bias(&self) -> bool {
        let replaced = self.order == Order::Before && self.norm.card().replaces_bias && self.site.affine;
        match self.bias {
            Bias::Auto => !replaced,
            Bias::On => true,
            Bias::Off => false,
        }
    }

    /// Whether the normalization can stand where activations have that shape.
    fn check_norm(&self, shape: Shape) -> Result<(), Refusal> {
        self.norm.check(&Site { shape, ..self.site })
    }
}

/// Whether a family that reads step by step can read these samples, with as many layers or blocks.
fn check_sequence(plan: &Architecture, deepest: usize, layers: &str) -> Result<(), Refusal> {
    let name = plan.family.choice().label;
    if !matches!(plan.input, Input::Sequence { .. } | Input::Tokens { .. }) {
        let reason = || format!("the {name} reads its samples step by step, and those of this data set have no steps");
        return Err(Refusal::new("model", &["data"], reason));
    }
    if plan.depth > deepest {
        return Err(Refusal::new("depth", &["model"], || format!("the {name} has at most {deepest} {layers} here")));
    }
    Ok(())
}
