//! The causal transformer (Vaswani et al. 2017, arXiv:1706.03762; decoder blocks without the encoder, as
//! in GPT-2), which reads a class off the last position; where sequences end early, off the last before the
//! padding, which no position before it ever looks at.
//!
//! Tokens become vectors (`embedding`), or each step's values go through a product (`input`); learned
//! `positions` are added. Then `depth` blocks, with N the normalization (Xiong et al. 2020,
//! arXiv:2002.04745):
//!
//! ```text
//! pre-norm:   x ← x + attention(N1(x));  x ← x + feedforward(N2(x));  one more N before the head
//! post-norm:  x ← N1(x + attention(x));  x ← N2(x + feedforward(x))
//! attention:    out_proj(core(qkv(·)))        feedforward: down(φ(up(·))), 4 times as wide inside
//! ```
//!
//! Attention's tensors are those of `nn.MultiheadAttention` (`block1.attention.in_proj_weight`, …), but
//! start as every other product's. Normalizations act on `[N·T × C]`. LayerNorm and RMSNorm see one token;
//! GroupNorm and InstanceNorm pool a sample's positions and BatchNorm the batch's too, so that through
//! them a position sees later ones, whatever the mask. Biases stay in front of a normalization, as usual
//! in transformers; [`Bias::Off`] removes them.

use super::builder::Builder;
use super::{Architecture, Bias, Input, Placement};
use crate::choice::Choices;
use crate::kernels::Real;
use crate::nn::attention::Attention;
use crate::nn::embedding::Embedding;
use crate::nn::layer::Shape;
use crate::nn::linear::Linear;
use crate::nn::network::{Network, Part};
use crate::nn::norm::Refusal;
use crate::nn::position::Positions;
use crate::nn::step::Step;

/// Most blocks.
const DEEPEST: usize = 6;

/// How much wider the feed-forward layer is than the rest.
const EXPANSION: usize = 4;

pub(super) fn check(plan: &Architecture) -> Result<(), Refusal> {
    super::check_sequence(plan, DEEPEST, "blocks")?;
    if !plan.width.is_multiple_of(plan.heads) {
        let reason = || format!("{} heads cannot share {} channels evenly", plan.heads, plan.width);
        return Err(Refusal::new("heads", &["width"], reason));
    }
    plan.check_norm(Shape { channels: plan.width, ..plan.input.shape() })
}

pub(super) fn build<F: Real>(mut b: Builder<F>) -> Network<F> {
    let pre = b.plan.placement == Placement::Pre;
    enter(&mut b);
    for i in 1..=b.plan.depth {
        branch(&mut b, &format!("block{i}.norm1"), pre, |b| attend(b, i));
        branch(&mut b, &format!("block{i}.norm2"), pre, |b| feed_forward(b, i));
    }
    if pre {
        b.norm("norm_out");
    }
    let (_, sequence) = b.here();
    let last = Box::new(Step::last(sequence));
    b.push("last".into(), Part::Shuffle, Shape::vector(sequence.channels), last);
    b.finish()
}

/// Vectors of the width that all blocks have.
fn enter<F: Real>(b: &mut Builder<F>) {
    let shape = Shape { channels: b.plan.width, ..b.here().1 };
    match b.plan.input {
        Input::Tokens { vocabulary, .. } => {
            let embedding = Embedding::new(&mut b.layout, "embedding", vocabulary, shape.channels);
            b.push("embedding".into(), Part::Linear, shape, Box::new(embedding));
        }
        _ => b.linear("input", shape.channels, biased(b)),
    }
    let positions = Positions::new(&mut b.layout, "positions", shape);
    b.push("positions".into(), Part::Shuffle, shape, Box::new(positions));
}

fn biased<F: Real>(b: &Builder<F>) -> bool {
    b.plan.bias != Bias::Off
}

/// Half a block: what `inside` computes is added to what it started from.
fn branch<F: Real>(b: &mut Builder<F>, norm: &str, pre: bool, inside: impl FnOnce(&mut Builder<F>)) {
    let (start, _) = b.here();
    if pre {
        b.norm(norm);
    }
    inside(b);
    b.plus(start);
    if !pre {
        b.norm(norm);
    }
}

fn attend<F: Real>(b: &mut Builder<F>, i: usize) {
    let (_, shape) = b.here();
    let (width, bias) = (shape.channels, biased(b));
    let name = format!("block{i}.attention");
    let in_bias = bias.then(|| format!("{name}.in_proj_bias"));
    let qkv = Linear::named(&mut b.layout, format!("{name}.in_proj_weight"), in_bias, width, 3 * width);
    b.push(format!("{name}.qkv"), Part::Linear, Shape { channels: 3 * width, ..shape }, Box::new(qkv));
    let core = Attention::new(shape.positions, width, b.plan.heads);
    b.push(name.clone(), Part::Shuffle, shape, Box::new(core));
    b.linear(&format!("{name}.out_proj"), width, bias);
    b.dropout(&format!("block{i}.dropout1"));
}

fn feed_forward<F: Real>(b: &mut Builder<F>, i: usize) {
    let (width, bias) = (b.plan.width, biased(b));
    b.linear(&format!("block{i}.up"), EXPANSION * width, bias);
    b.activation(&format!("block{i}.{}", b.plan.activation.choice().name));
    b.linear(&format!("block{i}.down"), width, bias);
    b.dropout(&format!("block{i}.dropout2"));
}
