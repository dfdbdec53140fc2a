//! The files that `make_fixtures.py` and its neighbours write.

use normlab::choice::Choices;
use normlab::kernels::Real;
use normlab::nn::init::State;
use normlab::nn::layout::{Layout, Table};
use normlab::nn::model::{Architecture, Input};
use normlab::nn::network::Network;
use normlab::optim::Rule;
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;
use std::collections::BTreeMap;

/// A tensor of whatever type, in double precision: each value of the file is the same number there.
#[derive(Clone)]
pub struct Tensor {
    pub shape: Vec<usize>,
    pub values: Vec<f64>,
}

type Tensors = BTreeMap<String, Tensor>;

/// Samples, and the cases that draw from them.
pub struct Fixture {
    pub x: Tensor,
    pub labels: Vec<u32>,
    pub cases: Vec<Case>,
}

/// One network and what PyTorch computed with it.
pub struct Case {
    settings: Value,
    tensors: Tensors,
}

impl Fixture {
    pub fn read(name: &str) -> Fixture {
        let (cases, mut all) = read(name);
        Fixture { cases, x: all.remove("x").unwrap(), labels: whole(&all["y"].values) }
    }

    /// The samples of those indices, and their labels.
    pub fn batch<F: Real>(&self, indices: &[u32]) -> (Vec<F>, Vec<u32>) {
        let width = self.x.shape[1];
        let row = |&i: &u32| self.x.values[i as usize * width..][..width].iter().map(|&v| F::of(v));
        (indices.iter().flat_map(row).collect(), indices.iter().map(|&i| self.labels[i as usize]).collect())
    }
}

/// The cases of a file, and its tensors.
pub fn read(name: &str) -> (Vec<Case>, Tensors) {
    let path = format!("{}/tests/pytorch/fixtures/{name}.safetensors", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(path).unwrap();
    let (_, metadata) = SafeTensors::read_metadata(&bytes).unwrap();
    let index: Value = serde_json::from_str(&metadata.metadata().as_ref().unwrap()["fixture"]).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let all: Tensors = file.iter().map(|(name, view)| (name.to_owned(), tensor(&view))).collect();
    let cases = index["cases"].as_array().unwrap().iter().enumerate();
    let of = |(i, settings): (usize, &Value)| Case { settings: settings.clone(), tensors: under(&all, &i.to_string()) };
    (cases.map(of).collect(), all)
}

fn tensor(view: &safetensors::tensor::TensorView) -> Tensor {
    let data = view.data();
    let values = match view.dtype() {
        Dtype::F32 => data.as_chunks().0.iter().map(|b| f64::from(f32::from_le_bytes(*b))).collect(),
        Dtype::F64 => data.as_chunks().0.iter().map(|b| f64::from_le_bytes(*b)).collect(),
        Dtype::I64 => data.as_chunks().0.iter().map(|b| i64::from_le_bytes(*b) as f64).collect(),
        Dtype::U8 => data.iter().map(|&b| f64::from(b)).collect(),
        other => panic!("the fixtures hold no {other:?}"),
    };
    Tensor { shape: view.shape().to_vec(), values }
}

fn whole(values: &[f64]) -> Vec<u32> {
    values.iter().map(|&v| v as u32).collect()
}

/// The tensors named `prefix.…`, without it.
fn under(tensors: &Tensors, prefix: &str) -> Tensors {
    let inside = tensors
        .iter()
        .filter_map(|(name, t)| name.strip_prefix(prefix)?.strip_prefix('.').map(|rest| (rest.to_owned(), t.clone())));
    inside.collect()
}

impl Case {
    pub fn text(&self, key: &str) -> &str {
        self.settings[key].as_str().unwrap()
    }

    pub fn has(&self, key: &str) -> bool {
        self.settings.get(key).is_some()
    }

    /// Whether the file has that tensor of it.
    pub fn holds(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    pub fn whole(&self, key: &str) -> usize {
        self.settings[key].as_u64().unwrap() as usize
    }

    pub fn real(&self, key: &str) -> f64 {
        self.settings[key].as_f64().unwrap()
    }

    /// The number, if it is not null.
    pub fn maybe(&self, key: &str) -> Option<f64> {
        self.settings[key].as_f64()
    }

    pub fn flag(&self, key: &str) -> bool {
        self.settings[key].as_bool().unwrap()
    }

    /// A list of whole numbers.
    pub fn wholes(&self, key: &str) -> Vec<usize> {
        self.settings[key].as_array().unwrap().iter().map(|v| v.as_u64().unwrap() as usize).collect()
    }

    pub fn choice<T: Choices>(&self, key: &str) -> T {
        T::named(self.text(key)).unwrap()
    }

    pub fn network<F: Real>(&self, features: usize, classes: usize) -> Network<F> {
        let mut plan = Architecture::new(Input::Vector(features), classes, self.whole("batch"));
        (plan.depth, plan.width) = (self.whole("depth"), self.whole("width"));
        (plan.activation, plan.norm) = (self.choice("activation"), self.choice("norm"));
        plan.site.groups = self.whole("groups");
        plan.site.eps = self.maybe("eps");
        plan.site.momentum = self.maybe("stat_momentum");
        assert_eq!(plan.check(), Ok(()), "{self}");
        plan.build()
    }

    pub fn rule(&self) -> Rule {
        Rule {
            optimizer: self.choice("optimizer"),
            lr: self.real("lr"),
            momentum: self.real("momentum"),
            weight_decay: self.real("weight_decay"),
        }
    }

    pub fn values(&self, name: &str) -> &[f64] {
        &self.tensors[name].values
    }

    /// Each step's sample indices.
    pub fn batches(&self) -> Vec<Vec<u32>> {
        let indices = whole(self.values("batches"));
        indices.chunks(self.whole("batch")).map(<[u32]>::to_vec).collect()
    }

    /// The `state_dict()` under `prefix`, which must have exactly the network's names and shapes.
    pub fn state<F: Real>(&self, prefix: &str, layout: &Layout) -> State<F> {
        let dict = under(&self.tensors, prefix);
        let names = |table: &Table| table.tensors().iter().map(|t| t.name.clone()).collect::<Vec<_>>();
        let mut ours = [names(&layout.params), names(&layout.buffers)].concat();
        ours.sort();
        assert_eq!(dict.keys().cloned().collect::<Vec<_>>(), ours, "{self}");
        State { params: flat(&layout.params, &dict), buffers: flat(&layout.buffers, &dict) }
    }

    /// The tensors under `prefix`, one for each parameter, laid out as the parameters.
    pub fn params<F: Real>(&self, prefix: &str, layout: &Layout) -> Vec<F> {
        flat(&layout.params, &under(&self.tensors, prefix))
    }

    /// The same of the buffers.
    pub fn buffers<F: Real>(&self, prefix: &str, layout: &Layout) -> Vec<F> {
        flat(&layout.buffers, &under(&self.tensors, prefix))
    }
}

fn flat<F: Real>(table: &Table, dict: &Tensors) -> Vec<F> {
    let mut values = vec![F::ZERO; table.len()];
    for ours in table.tensors() {
        let theirs = &dict[&ours.name];
        assert_eq!(theirs.shape, ours.shape, "{}", ours.name);
        for (to, &from) in values[ours.range.clone()].iter_mut().zip(&theirs.values) {
            *to = F::of(from);
        }
    }
    values
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.settings.fmt(f)
    }
}
