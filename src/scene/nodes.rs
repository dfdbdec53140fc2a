//! What a node of a network is called for people.

use super::names;
use crate::choice::Choices;
use crate::nn::activation::Activation;
use crate::nn::norm::Norm;

/// What the nodes do, by the stem of their names.
const DEEDS: &[(&str, &str)] = &[
    ("head", "the output layer"),
    ("loss", "the loss"),
    ("linear", "the matrix product"),
    ("conv", "the convolution"),
    ("pool", "the pooling"),
    ("dropout", "the dropout"),
    ("skip", "the skip connection"),
    ("embedding", "the embedding"),
    ("input", "the product with the input"),
    ("hidden", "the product with the last state"),
    ("kept", "the state kept"),
    ("state", "the state"),
    ("attention", "the attention"),
    ("qkv", "the product for queries, keys and values"),
    ("out_proj", "the product behind the attention"),
    ("up", "the widening product"),
    ("down", "the narrowing product"),
];

/// What a layer holds, by the end of its tensor's name.
const TENSORS: &[(&str, &str)] = &[
    ("weight", "the weights"),
    ("bias", "the bias"),
    ("in_proj_weight", "the weights"),
    ("in_proj_bias", "the bias"),
    ("alpha", "the steepness"),
    ("running_mean", "the running mean"),
    ("running_var", "the running variance"),
];

/// What is named where a run left the finite range.
pub const FIRST_GONE: &str = "The first, from the input on, that held an infinite value or NaN at that step: what a \
                              layer gave, or what the update made of a parameter or a running statistic. The run stopped there.";

/// A tensor's name: what it is, and its layer's name.
fn split(name: &str) -> Option<(&str, &str)> {
    let (layer, key) = name.rsplit_once('.')?;
    Some((TENSORS.iter().find(|t| t.0 == key)?.1, layer))
}

/// Names that say where a node stands rather than what it does.
const PLACES: &[(&str, &str)] = &[("layer", "layer"), ("rnn", "layer"), ("block", "block"), ("step", "time step")];

/// A node's name in words: `norm2` is `BatchNorm of layer 2`, `block2.attention.qkv` is `the product
/// for queries, keys and values of block 2`, `step3.tanh1` is `tanh of layer 1, time step 3`.
/// `norm2.running_var` is `the running variance of BatchNorm of layer 2`.
pub fn words(name: &str, norm: Norm) -> String {
    if let Some((tensor, layer)) = split(name) {
        return format!("{tensor} of {}", words(layer, norm));
    }
    let parts: Vec<(&str, &str)> = name.split('.').map(numbered).collect();
    let place = |stem: &str| PLACES.iter().find(|p| p.0 == stem).map(|p| p.1);
    let mut places: Vec<String> =
        parts.iter().rev().filter_map(|(stem, n)| place(stem).map(|p| format!("{p} {n}"))).collect();
    // Of parts within parts, the innermost says it all.
    let Some((stem, n)) = parts.iter().rfind(|(stem, _)| place(stem).is_none()) else {
        return places.join(", ");
    };
    let mut words = deed(stem, norm);
    if !n.is_empty() {
        // A block counts its own parts; elsewhere the number is that of the layer.
        if parts.iter().any(|(stem, _)| *stem == "block") {
            words = format!("{words} {n}");
        } else {
            places.insert(0, format!("layer {n}"));
        }
    }
    if places.is_empty() { words } else { format!("{words} of {}", places.join(", ")) }
}

/// The stem of a name and the number at its end.
fn numbered(part: &str) -> (&str, &str) {
    part.split_at(part.trim_end_matches(|c: char| c.is_ascii_digit()).len())
}

fn deed(stem: &str, norm: Norm) -> String {
    if stem == "norm" {
        return if norm == Norm::None { "the normalization".into() } else { names::norm(norm).into() };
    }
    if let Some(activation) = Activation::named(stem) {
        return activation.choice().label.into();
    }
    DEEDS.iter().find(|d| d.0 == stem).map_or_else(|| stem.replace('_', " "), |d| d.1.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn names_are_worded() {
        for (name, said) in [
            ("head", "the output layer"),
            ("loss", "the loss"),
            ("norm2", "LayerNorm of layer 2"),
            ("relu3", "ReLU of layer 3"),
            ("conv12", "the convolution of layer 12"),
            ("block2.attention.qkv", "the product for queries, keys and values of block 2"),
            ("block2.norm1", "LayerNorm 1 of block 2"),
            ("block2.gelu", "GELU of block 2"),
            ("step3.tanh1", "tanh of layer 1, time step 3"),
            ("step3.rnn2.hidden", "the product with the last state of layer 2, time step 3"),
            ("layer4", "layer 4"),
            ("linear2.weight", "the weights of the matrix product of layer 2"),
            ("norm1.step3.running_var", "the running variance of LayerNorm of layer 1, time step 3"),
            ("block1.attention.out_proj.bias", "the bias of the product behind the attention of block 1"),
            ("some_thing5", "some thing of layer 5"),
            ("", ""),
        ] {
            assert_eq!(words(name, Norm::Layer), said);
        }
        assert_eq!(words("norm1", Norm::None), "the normalization of layer 1");
    }

    #[test]
    fn no_node_keeps_its_internal_name() {
        let network = Config::default().architecture().build::<f32>();
        for node in network.nodes() {
            let said = words(&node.name, Norm::Batch);
            assert!(said.starts_with("the ") || said.contains(" of layer "), "{}: {said}", node.name);
        }
    }
}
