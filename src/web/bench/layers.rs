//! What a step's layers cost by kind, each forward and back by itself.

use crate::config::Config;
use crate::nn::layer::Back;
use crate::nn::network::{Node, Part, Source, Workspace};
use crate::run::Run;
use crate::web::js;
use wasm_bindgen::prelude::*;

/// Steps that the run takes first, so that its values are those of training.
const STEPS: usize = 50;

/// What one layer sees in a step.
struct Seen {
    node: usize,
    x: Vec<f32>,
    y: Vec<f32>,
    dy: Vec<f32>,
    dx: Vec<f32>,
    cache: Vec<f32>,
}

/// A run's layers of one kind: 0 for those with weights, 1 for normalizations, 2 for nonlinearities, 3 for all that
/// has no weights of its own, such as pooling and attention's core.
#[wasm_bindgen]
pub struct Layers {
    run: Run<f32>,
    seen: Vec<Seen>,
    gradient: Vec<f32>,
}

fn kind(node: &Node<f32>) -> u32 {
    match node.part {
        Part::Linear | Part::Head => 0,
        Part::Norm => 1,
        Part::Activation => 2,
        Part::Shuffle => 3,
    }
}

#[wasm_bindgen]
impl Layers {
    /// Prepares and trains the run of a configuration in one line, for one kind of its layers.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str, wanted: u32) -> Result<Layers, JsValue> {
        let mut run = Config::from_text(text).and_then(Run::<f32>::new).map_err(|problems| js(&problems))?;
        for _ in 0..STEPS {
            run.step();
        }
        let (network, pass, (inputs, labels)) = (run.network(), run.next_pass(), run.batch());
        let mut work = Workspace::to_train(network, pass.batch);
        let mut gradient = vec![0.0; run.state().params.len()];
        let mut slopes = vec![Vec::new(); network.nodes().len()];
        network.gradient(&pass, inputs, labels, &mut work, &mut gradient, |i, dy| slopes[i] = dy.to_vec());
        let of_kind = network.nodes().iter().enumerate().filter(|(_, node)| kind(node) == wanted);
        let seen = of_kind.map(|(i, node)| {
            let x = match node.from {
                Source::Input => inputs.to_vec(),
                Source::Node(j) => work.value(j).to_vec(),
            };
            // Nobody asks for the gradient of the input.
            let dx = if node.from == Source::Input { Vec::new() } else { vec![0.0; x.len()] };
            let cache = vec![0.0; node.layer.cache_len(pass.batch)];
            Seen { node: i, x, y: work.value(i).to_vec(), dy: std::mem::take(&mut slopes[i]), dx, cache }
        });
        Ok(Layers { seen: seen.collect(), gradient, run })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.seen.len()
    }

    /// Each forward, then each back, `rounds` times.
    pub fn step(&mut self, rounds: u32) {
        let (nodes, pass) = (self.run.network().nodes(), self.run.next_pass());
        for _ in 0..rounds {
            self.gradient.fill(0.0);
            for s in &mut self.seen {
                nodes[s.node].layer.forward(&pass, &s.x, &mut s.y, &mut s.cache);
            }
            for s in self.seen.iter_mut().rev() {
                let back = Back { x: &s.x, y: &s.y, dy: &s.dy };
                let dx = Some(&mut s.dx[..]).filter(|dx| !dx.is_empty());
                nodes[s.node].layer.backward(&pass, back, &mut s.cache, dx, &mut self.gradient);
            }
        }
    }
}
