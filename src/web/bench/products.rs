//! The matrix products of a step or of an evaluation alone: the limit that no trainer on this stack can beat.

use crate::config::Config;
use crate::kernels::matmul;
use crate::nn::model::Family;
use crate::nn::network::{Network, Part, Source};
use crate::web::js;
use wasm_bindgen::prelude::*;

/// One product's matrices.
struct Product {
    inputs: usize,
    outputs: usize,
    /// Whether anything behind its input learns.
    passes_back: bool,
    /// Which weights; a recurrent net's steps share theirs.
    weights: usize,
    x: Vec<f32>,
    y: Vec<f32>,
    dx: Vec<f32>,
}

/// Weights and their gradient.
struct Weights {
    name: String,
    w: Vec<f32>,
    dw: Vec<f32>,
}

impl Product {
    /// Floating-point operations of the forward product.
    fn operations(&self) -> f64 {
        2.0 * (self.y.len() * self.inputs) as f64
    }
}

/// What one head of one sample's attention multiplies: positions × channels of a head.
struct Head {
    length: usize,
    channels: usize,
    /// How many there are: heads × samples × layers.
    count: usize,
    /// One of q, k, v and of their gradients, `[length × channels]` each.
    side: [Vec<f32>; 2],
    sum: Vec<f32>,
    /// One of scores, probabilities and their gradients, `[length × length]`.
    square: Vec<f32>,
}

impl Head {
    /// Floating-point operations of one of its products, with nothing left out for what is masked.
    fn operations(&self) -> f64 {
        2.0 * (self.count * self.length * self.length * self.channels) as f64
    }

    /// q·kᵀ and p·v of all.
    fn forward(&mut self) {
        for _ in 0..self.count {
            let (length, channels) = (self.length, self.channels);
            matmul::forward(&self.side[0], &self.side[1], &mut self.square, channels, length);
            matmul::input_gradient(&self.square, &self.side[1], &mut self.sum, channels, length);
        }
    }

    /// The gradients with respect to p, q, k and v.
    fn backward(&mut self) {
        for _ in 0..self.count {
            let (length, channels) = (self.length, self.channels);
            matmul::forward(&self.side[0], &self.side[1], &mut self.square, channels, length);
            matmul::input_gradient(&self.square, &self.side[1], &mut self.sum, channels, length);
            matmul::weight_gradient(&self.square, &self.side[0], &mut self.sum, channels, length);
            matmul::weight_gradient(&self.square, &self.side[1], &mut self.sum, channels, length);
        }
    }
}

/// The products of a network of that configuration: of activations with weights in every fully connected
/// layer, in every convolution on its columns, in every step in time of a recurrent net and for every token of
/// a transformer; and those of attention.
#[wasm_bindgen]
pub struct Products {
    products: Vec<Product>,
    weights: Vec<Weights>,
    head: Option<Head>,
    operations: f64,
}

fn matrix(rows: usize, columns: usize) -> Vec<f32> {
    (0..rows * columns).map(|i| (i % 17) as f32 * 0.1 - 0.8).collect()
}

/// A tensor's name without what the node's adds or lacks: `step3.rnn1.hidden` has the tensor
/// `rnn1.hidden.weight`, `block1.attention.qkv` has `block1.attention.in_proj_weight`.
fn tensor_of(node: &str) -> String {
    let layer = match node.split_once('.') {
        Some((step, layer)) if step.starts_with("step") => layer,
        _ => node,
    };
    match layer.strip_suffix(".qkv") {
        Some(attention) => format!("{attention}.in_proj_weight"),
        None => format!("{layer}.weight"),
    }
}

/// Whether a node, or any that it depends on, has parameters.
fn learns(network: &Network<f32>) -> Vec<bool> {
    let mut learns: Vec<bool> = Vec::new();
    for node in network.nodes() {
        let behind = matches!(node.from, Source::Node(j) if learns[j]) || node.plus.is_some_and(|j| learns[j]);
        learns.push(behind || node.part == Part::Linear || node.part == Part::Norm);
    }
    learns
}

#[wasm_bindgen]
impl Products {
    /// The products for a configuration in one line: of a training step, or of an evaluation on `evaluated`
    /// samples if there are any.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str, evaluated: usize) -> Result<Products, JsValue> {
        let config = Config::from_text(text).map_err(|problems| js(&problems))?;
        let samples = if evaluated > 0 { evaluated } else { config.batch };
        let network = config.architecture().build::<f32>();
        let learns = learns(&network);
        let (mut products, mut weights) = (Vec::new(), Vec::<Weights>::new());
        for node in network.nodes().iter().filter(|n| matches!(n.part, Part::Linear | Part::Head)) {
            let name = tensor_of(&node.name);
            // An embedding picks rows: it multiplies nothing.
            let Some(tensor) = network.layout().params.tensors().iter().find(|t| t.name == name) else { continue };
            if name == "embedding.weight" {
                continue;
            }
            let (outputs, rows) = (tensor.shape[0], samples * node.shape.positions);
            let inputs = tensor.range.len() / outputs;
            let place = weights.iter().position(|w| w.name == name).unwrap_or(weights.len());
            if place == weights.len() {
                weights.push(Weights { name, w: matrix(outputs, inputs), dw: matrix(outputs, inputs) });
            }
            products.push(Product {
                inputs,
                outputs,
                passes_back: matches!(node.from, Source::Node(j) if learns[j]),
                weights: place,
                x: matrix(rows, inputs),
                y: matrix(rows, outputs),
                dx: matrix(rows, inputs),
            });
        }
        let times = |p: &Product| match (evaluated > 0, p.passes_back) {
            (true, _) => 1.0,
            (false, passes_back) => 2.0 + f64::from(passes_back),
        };
        let head = (config.model == Family::Transformer).then(|| {
            let (length, channels) = (network.input().positions, config.width / config.heads);
            Head {
                length,
                channels,
                count: samples * config.heads * config.depth,
                side: [matrix(length, channels), matrix(length, channels)],
                sum: matrix(length, channels),
                square: matrix(length, length),
            }
        });
        let attention = head.as_ref().map_or(0.0, |h| if evaluated > 0 { 2.0 } else { 6.0 } * h.operations());
        let operations = products.iter().map(|p| times(p) * p.operations()).sum::<f64>() + attention;
        Ok(Products { products, weights, head, operations })
    }

    /// Floating-point operations of one round.
    pub fn operations(&self) -> f64 {
        self.operations
    }

    /// The forward products, `rounds` times.
    pub fn forward(&mut self, rounds: u32) {
        for _ in 0..rounds {
            self.forward_weighted();
            if let Some(head) = &mut self.head {
                head.forward();
            }
        }
    }

    /// The products of a training step, `rounds` times.
    pub fn step(&mut self, rounds: u32) {
        for _ in 0..rounds {
            self.forward(1);
            if let Some(head) = &mut self.head {
                head.backward();
            }
            self.backward_weighted();
        }
    }

    /// The same without attention's own.
    pub fn weighted(&mut self, rounds: u32) {
        for _ in 0..rounds {
            self.forward_weighted();
            self.backward_weighted();
        }
    }
}

impl Products {
    fn forward_weighted(&mut self) {
        for p in &mut self.products {
            matmul::forward(&p.x, &self.weights[p.weights].w, &mut p.y, p.inputs, p.outputs);
        }
    }

    fn backward_weighted(&mut self) {
        for p in self.products.iter_mut().rev() {
            let Weights { w, dw, .. } = &mut self.weights[p.weights];
            matmul::weight_gradient(&p.y, &p.x, dw, p.inputs, p.outputs);
            if p.passes_back {
                matmul::input_gradient(&p.y, w, &mut p.dx, p.inputs, p.outputs);
            }
        }
    }
}
