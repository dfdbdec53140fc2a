//! Why a file's tensors are not a network's, in one sentence.

use crate::config::shown;
use crate::nn::layout::{Role, Tensor};
use crate::run::weights::names::{Names, listed};
use safetensors::tensor::TensorView;
use std::collections::{BTreeMap, BTreeSet};

/// Whether a tensor is a matrix that other frameworks store as `[inputs, outputs]`.
pub(super) fn is_matrix(tensor: &Tensor) -> bool {
    matches!(tensor.role, Role::Weight { .. }) && tensor.shape.len() == 2
}

/// Checks names and shapes; whether the file's matrices are transposed.
///
/// # Errors
/// The cause, if they do not fit.
pub(super) fn check(wanted: &[&Tensor], names: &Names, views: &BTreeMap<&str, TensorView>) -> Result<bool, String> {
    let mut missing = Vec::new();
    let mut wrong = Vec::new();
    let (mut straight, mut turned) = (None, None);
    for &tensor in wanted {
        let shape = names.found.get(tensor.name.as_str()).and_then(|name| views.get(name)).map(TensorView::shape);
        match shape {
            None if tensor.role == Role::Count => {}
            None => missing.push(tensor),
            Some(shape) if is_matrix(tensor) && shape == tensor.shape => {
                if shape[0] != shape[1] {
                    straight = Some(tensor);
                }
            }
            Some([a, b]) if is_matrix(tensor) && [*b, *a] == tensor.shape[..] => turned = Some(tensor),
            Some(shape) if shape == tensor.shape || single(shape) && single(&tensor.shape) => {}
            Some(shape) => wrong.push((tensor, shape)),
        }
    }
    if missing.is_empty() && wrong.is_empty() && names.foreign.is_empty() {
        return match (straight, turned) {
            (Some(straight), Some(turned)) => Err(format!(
                "{} is stored as [inputs, outputs] and {} as [outputs, inputs]: store all as PyTorch does, [outputs, inputs]",
                turned.name, straight.name
            )),
            (_, turned) => Ok(turned.is_some()),
        };
    }
    Err(sentence(wanted, names, views, &missing, &wrong))
}

/// Whether a tensor is one number, as a scalar or as a vector.
fn single(shape: &[usize]) -> bool {
    matches!(shape, [] | [1])
}

fn sentence(
    wanted: &[&Tensor],
    names: &Names,
    views: &BTreeMap<&str, TensorView>,
    missing: &[&Tensor],
    wrong: &[(&Tensor, &[usize])],
) -> String {
    let expected = || listed(wanted.iter().map(|t| t.name.clone()));
    let foreign = || listed(names.foreign.values().map(|name| format!("“{}”", shown(name))));
    if views.is_empty() {
        return "it holds no tensors".into();
    }
    let ours: Shapes = wanted.iter().map(|t| (t.name.as_str(), &t.shape[..])).collect();
    let of_view = |name: &str| views.get(name).map_or(&[][..], TensorView::shape);
    let mut theirs: Shapes = names.found.iter().map(|(ours, name)| (*ours, of_view(name))).collect();
    theirs.extend(names.foreign.iter().map(|(rest, name)| (rest.as_str(), of_view(name))));
    if let Some(difference) = difference(&traits(&theirs), &traits(&ours)) {
        return difference;
    }
    if names.found.is_empty() {
        return format!("its names are not this network's: it has {}; expected are {}", foreign(), expected());
    }
    let mut parts = Vec::new();
    if !missing.is_empty() {
        parts.push(format!("it lacks {}", listed(missing.iter().map(|t| t.name.clone()))));
    }
    if !names.foreign.is_empty() {
        parts.push(format!("it has {}, which this network has not", foreign()));
    }
    if let Some((tensor, shape)) = wrong.first() {
        let more = if wrong.len() > 1 { format!(" (and {} more do not fit)", wrong.len() - 1) } else { String::new() };
        let shape = shown(&format!("{shape:?}"));
        parts.push(format!("{} has shape {shape}; this network's is {:?}{more}", tensor.name, tensor.shape));
    }
    parts.join("; ")
}

type Shapes<'a> = BTreeMap<&'a str, &'a [usize]>;

/// What names and shapes give away of a network. An entry is there if it can be told.
#[derive(Debug, Default, PartialEq)]
struct Traits {
    /// What its hidden layers are.
    family: Option<&'static str>,
    depth: Option<String>,
    width: Option<String>,
    inputs: Option<String>,
    outputs: Option<String>,
    norm: Option<&'static str>,
}

/// The stem of a family's layers, what they are, and the tensors whose rows and columns are width and inputs.
const FAMILIES: [(&str, &str, &str, &str); 4] = [
    ("conv", "convolutions", "conv1.weight", "conv1.weight"),
    ("rnn", "recurrent layers", "rnn1.input.weight", "rnn1.input.weight"),
    ("block", "transformer blocks", "block1.attention.out_proj.weight", ""),
    // Last: a convolutional network has one of them too.
    ("linear", "fully connected layers", "linear1.weight", "linear1.weight"),
];

fn traits(tensors: &Shapes) -> Traits {
    let layers = |stem: &str| {
        let numbers = tensors.keys().filter_map(|name| name.strip_prefix(stem)?.split('.').next());
        numbers.filter(|n| n.parse::<u32>().is_ok()).collect::<BTreeSet<_>>().len()
    };
    let Some((stem, family, width, inputs)) = FAMILIES.into_iter().find(|(stem, ..)| layers(stem) > 0) else {
        return Traits::default();
    };
    let size = |name: &str, axis: usize| tensors.get(name)?.get(axis).copied();
    let norm = |key: &str| {
        tensors.keys().any(|name| (name.starts_with("norm") || name.contains(".norm")) && name.ends_with(key))
    };
    Traits {
        family: Some(family),
        depth: Some(format!("depth {}", layers(stem))),
        width: size(width, 0).map(|n| format!("width {n}")),
        inputs: size(inputs, 1).map(|n| format!("{n} inputs")),
        outputs: size("head.bias", 0).map(|n| format!("{n} outputs")),
        norm: Some(match () {
            () if norm(".running_var") => "normalization layers with running statistics",
            () if norm(".alpha") => "dynamic tanh layers",
            () if norm(".weight") => "normalization layers without running statistics",
            () => "no normalization layers that learn or count anything",
        }),
    }
}

/// What tells two networks apart, as a sentence; none, if nothing does.
fn difference(theirs: &Traits, ours: &Traits) -> Option<String> {
    let of = |traits: &Traits| {
        let Traits { family, depth, width, inputs, outputs, norm } = traits;
        let [family, norm] = [family, norm].map(|text| text.map(str::to_owned));
        [family, depth.clone(), width.clone(), inputs.clone(), outputs.clone(), norm]
    };
    let mut differs: Vec<(String, String)> =
        of(theirs).into_iter().zip(of(ours)).filter_map(|(a, b)| Some((a?, b?)).filter(|(a, b)| a != b)).collect();
    if theirs.family != ours.family {
        // What else differs says nothing then.
        differs.truncate(1);
    }
    if differs.is_empty() {
        return None;
    }
    let (theirs, ours): (Vec<String>, Vec<String>) = differs.into_iter().unzip();
    Some(format!("it is of another network: that has {}; this one has {}", theirs.join(", "), ours.join(", ")))
}
