//! The convolutional network: `depth` times 3 × 3 convolution, norm, nonlinearity, with images made
//! smaller on the way; then a fully connected hidden layer, if wanted, and a linear head.
//!
//! In PyTorch, an `nn.Sequential` of an ordered dict with these names: `conv1`, `norm1`, `relu1`, `pool1`,
//! `conv2`, … `flatten`, `linear1`, `norm{depth + 1}`, `relu{depth + 1}`, `head`; with skip connections,
//! each hidden layer is added to its input where both are of the same size. The first convolution has
//! `width` channels. An image is halved behind a hidden layer as long as 2 × 2 pixels or more are left, and
//! behind each halving the next convolution has twice the channels (as in VGG, Simonyan & Zisserman 2015).
//!
//! BatchNorm is `BatchNorm2d`: per channel, over samples and pixels. GroupNorm and InstanceNorm are
//! PyTorch's. LayerNorm and RMSNorm take all channels and pixels of an image together, with γ and β per
//! channel (Wu & He 2018): GroupNorm with one group. In the fully connected layer each channel has a
//! single value and InstanceNorm cannot stand: there, the layer goes without.

use super::builder::Builder;
use super::{Architecture, Input, Padding, Shrink};
use crate::choice::Choices;
use crate::kernels::Real;
use crate::kernels::conv::{Border, Lowering};
use crate::nn::conv::Conv2d;
use crate::nn::flatten::Flatten;
use crate::nn::layer::Shape;
use crate::nn::network::{Network, Part};
use crate::nn::norm::{Learns, Norm, Over, OverTime, Refusal};
use crate::nn::pool::AvgPool2d;

/// More convolutions add little to images of 8 or 12 pixels on a side but time.
const DEEPEST: usize = 6;

/// More channels would take longer than anybody waits.
const WIDEST: usize = 512;

/// Images are halved down to this many pixels on a side.
const SMALLEST: usize = 2;

/// A hidden convolution and what becomes of its image.
struct Stage {
    lowering: Lowering,
    outputs: usize,
    pooled: bool,
}

impl Stage {
    /// Of the convolution's output.
    fn shape(&self) -> Shape {
        let side = self.lowering.output_side();
        Shape { positions: side * side, channels: self.outputs }
    }

    /// Pixels on a side that the next layer reads.
    fn side(&self) -> usize {
        if self.pooled { self.lowering.output_side() / 2 } else { self.lowering.output_side() }
    }
}

/// The hidden convolutions, as many as are asked for or as the image can feed.
fn stages(plan: &Architecture, mut side: usize, mut channels: usize) -> Vec<Stage> {
    let (border, least) = match plan.padding {
        Padding::Zero => (Border::Zero, 1),
        Padding::Reflect => (Border::Reflect, 2),
        Padding::Valid => (Border::Valid, 3),
    };
    let mut outputs = plan.width;
    let mut stages: Vec<Stage> = Vec::new();
    while stages.len() < plan.depth.min(DEEPEST) && side >= least {
        let whole = Lowering { side, channels, stride: 1, border };
        let half = Lowering { stride: 2, ..whole };
        let strided = plan.shrink == Shrink::Stride && half.output_side() >= SMALLEST;
        let pooled = plan.shrink == Shrink::Pool && whole.output_side() / 2 >= SMALLEST;
        let stage = Stage { lowering: if strided { half } else { whole }, outputs, pooled };
        (side, channels) = (stage.side(), outputs);
        outputs *= if strided || pooled { 2 } else { 1 };
        stages.push(stage);
    }
    stages
}

pub(super) fn check(plan: &Architecture) -> Result<(), Refusal> {
    let (side, channels) = match plan.input {
        Input::Image { side, channels } => (side, channels),
        Input::Tokens { .. } => return Err(no_images("tokens")),
        Input::Vector(_) | Input::Sequence { .. } => return Err(no_images("numbers without neighbours")),
    };
    let stages = stages(plan, side, channels);
    if stages.len() < plan.depth {
        return Err(too_deep(plan, side, stages.len()));
    }
    let widest = stages.last().map_or(0, |s| s.outputs);
    if widest > WIDEST {
        let reason = || {
            format!(
                "channels double whenever the image is halved, and the last convolution would have {widest}, where \
             {WIDEST} are possible"
            )
        };
        return Err(Refusal::new("width", &["depth", "shrink"], reason));
    }
    check_norms(plan, &stages)
}

fn no_images(what: &str) -> Refusal {
    let reason = || format!("a convolutional network reads images, and this data set is of {what}");
    Refusal::new("model", &["data"], reason)
}

/// `possible`: as many convolutions as the image can feed, up to [`DEEPEST`].
fn too_deep(plan: &Architecture, side: usize, possible: usize) -> Refusal {
    if possible == 0 {
        let reason = || format!("an image of {side} × {side} pixels is smaller than the kernel");
        return Refusal::new("padding", &[], reason);
    }
    let reason = || match plan.padding {
        Padding::Valid if possible < DEEPEST => format!(
            "without padding each convolution takes 2 pixels off the image's sides, and behind convolution \
             {possible} too few are left for another"
        ),
        _ => format!("a convolutional network here has at most {DEEPEST} convolutions"),
    };
    Refusal::new("depth", &["padding", "shrink", "model"], reason)
}

/// Whether the fully connected hidden layer is normalized.
fn head_normed(plan: &Architecture) -> bool {
    plan.head > 0 && plan.head_norm && plan.norm.card().over != Over::Channel
}

/// Pixels are no steps in time: all share their channel's statistics.
fn over_space(mut plan: Architecture) -> Architecture {
    plan.site.over_time = OverTime::Pooled;
    plan
}

fn check_norms(plan: &Architecture, stages: &[Stage]) -> Result<(), Refusal> {
    let plan = over_space(*plan);
    if plan.norm.card().over == Over::Channel
        && let Some(i) = stages.iter().position(|s| s.shape().positions == 1)
    {
        let reason = || {
            format!(
                "convolution {} leaves a single pixel, and {} standardizes each channel over its pixels: \
             every output would be β",
                i + 1,
                plan.norm.choice().label
            )
        };
        return Err(Refusal::new("padding", &["shrink", "depth", "norm"], reason));
    }
    let head = head_normed(&plan).then(|| Shape::vector(plan.head));
    if plan.head == 1 && head.is_some() && matches!(plan.norm.card().over, Over::Token | Over::Group) {
        let left =
            if plan.norm.card().learns == Learns::Gain { "leave nothing but its sign" } else { "make every output β" };
        let reason = || format!("{} of a single unit would {left}", plan.norm.choice().label);
        return Err(Refusal::new("head", &["head_norm", "norm"], reason));
    }
    let mut shapes = stages.iter().map(Stage::shape).chain(head);
    shapes.try_for_each(|shape| plan.check_norm(shape))
}

pub(super) fn build<F: Real>(mut b: Builder<F>) -> Network<F> {
    b.plan = over_space(b.plan);
    let stages = match b.plan.input {
        Input::Image { side, channels } => stages(&b.plan, side, channels),
        _ => Vec::new(),
    };
    for (i, stage) in (1..).zip(&stages) {
        let start = b.here();
        let bias = b.plan.hidden_bias();
        let name = format!("conv{i}");
        let conv = Conv2d::new(&mut b.layout, &name, stage.lowering, stage.outputs, bias);
        b.push(name, Part::Linear, stage.shape(), Box::new(conv));
        b.hidden(&i.to_string(), true);
        b.skip(&i.to_string(), start);
        if stage.pooled {
            let pool = AvgPool2d::new(stage.lowering.output_side(), stage.outputs);
            let shape = Shape { positions: stage.side() * stage.side(), channels: stage.outputs };
            b.push(format!("pool{i}"), Part::Shuffle, shape, Box::new(pool));
        }
    }
    let (_, image) = b.here();
    b.push("flatten".into(), Part::Shuffle, Shape::vector(image.len()), Box::new(Flatten::new(image)));
    if b.plan.head > 0 {
        if !head_normed(&b.plan) {
            // Not merely left out: random layers behind it keep their places, and so their draws.
            b.plan.norm = Norm::None;
        }
        let start = b.here();
        let bias = b.plan.hidden_bias();
        b.linear("linear1", b.plan.head, bias);
        let i = (stages.len() + 1).to_string();
        b.hidden(&i, true);
        b.skip(&i, start);
    }
    b.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::init::{Init, State};
    use crate::nn::layer::{Pass, Statistics};
    use crate::nn::model::{Family, Skip};
    use crate::nn::network::Workspace;

    fn plan(side: usize, depth: usize, width: usize) -> Architecture {
        let input = Input::Image { side, channels: 1 };
        Architecture { family: Family::Cnn, depth, width, ..Architecture::new(input, 10, 4) }
    }

    fn names(plan: &Architecture) -> Vec<String> {
        plan.build::<f64>().nodes().iter().map(|n| n.name.clone()).collect()
    }

    fn tensors(plan: &Architecture) -> Vec<(String, Vec<usize>)> {
        let net = plan.build::<f64>();
        net.layout().params.tensors().iter().map(|t| (t.name.clone(), t.shape.clone())).collect()
    }

    /// conv 1 → 8 → 16, pooled to 2 × 2, a fully connected layer of 32 with norm.
    #[test]
    fn the_small_batch_experiments_net() {
        let plan = Architecture { head: 32, head_norm: true, norm: Norm::Batch, ..plan(8, 2, 8) };
        assert_eq!(plan.check(), Ok(()));
        assert_eq!(
            names(&plan),
            "conv1 norm1 relu1 pool1 conv2 norm2 relu2 pool2 flatten linear1 norm3 relu3 head"
                .split(' ')
                .collect::<Vec<_>>()
        );
        let want: [(&str, &[usize]); 11] = [
            ("conv1.weight", &[8, 1, 3, 3]),
            ("norm1.weight", &[8]),
            ("norm1.bias", &[8]),
            ("conv2.weight", &[16, 8, 3, 3]),
            ("norm2.weight", &[16]),
            ("norm2.bias", &[16]),
            ("linear1.weight", &[32, 64]),
            ("norm3.weight", &[32]),
            ("norm3.bias", &[32]),
            ("head.weight", &[10, 32]),
            ("head.bias", &[10]),
        ];
        assert_eq!(tensors(&plan), want.map(|(name, shape)| (name.to_owned(), shape.to_vec())));
    }

    /// Sides behind each stage and channels of each, by hand.
    #[test]
    fn images_shrink_as_announced() {
        use {Padding::*, Shrink::*};
        let cases: [(_, _, usize, &[(usize, usize)]); 9] = [
            (Zero, Pool, 8, &[(4, 5), (2, 10), (2, 20), (2, 20)]),
            (Zero, Stride, 8, &[(4, 5), (2, 10), (2, 20)]),
            (Reflect, Pool, 12, &[(6, 5), (3, 10), (3, 20)]),
            (Reflect, Stride, 12, &[(6, 5), (3, 10), (2, 20), (2, 40)]),
            (Zero, Keep, 8, &[(8, 5), (8, 5)]),
            (Valid, Pool, 8, &[(3, 5), (1, 10)]),
            (Valid, Stride, 8, &[(3, 5), (1, 10)]),
            (Valid, Keep, 8, &[(6, 5), (4, 5), (2, 5)]),
            (Valid, Pool, 12, &[(5, 5), (3, 10), (1, 10)]),
        ];
        for (padding, shrink, side, want) in cases {
            let plan = Architecture { padding, shrink, ..plan(side, want.len(), 5) };
            let got: Vec<_> = stages(&plan, side, 1).iter().map(|s| (s.side(), s.outputs)).collect();
            assert_eq!(got, want, "{padding:?} {shrink:?} {side}");
        }
    }

    #[test]
    fn what_is_impossible_is_refused_with_what_can_be_changed() {
        let image = plan(8, 2, 8);
        let valid = |depth| Architecture { padding: Padding::Valid, depth, ..image };
        let mut groups = Architecture { norm: Norm::Group, head: 30, head_norm: true, ..image };
        groups.site.groups = 8;
        let tokens = Input::Tokens { length: 4, vocabulary: 3, padded: false };
        let cases = [
            (Architecture { depth: 7, ..image }, "depth"),
            (valid(3), "depth"),
            (Architecture { input: Input::Image { side: 2, channels: 1 }, ..valid(1) }, "padding"),
            (Architecture { shrink: Shrink::Keep, ..valid(9) }, "depth"),
            (Architecture { width: 200, depth: 3, ..image }, "width"),
            (Architecture { norm: Norm::Instance, ..valid(2) }, "padding"),
            // 8 channels, 16 and 30 units.
            (groups, "groups"),
            (Architecture { head: 1, ..groups }, "head"),
            (Architecture { head: 1, norm: Norm::Layer, ..groups }, "head"),
            (Architecture { input: Input::Vector(2), ..image }, "model"),
            (Architecture { input: tokens, ..image }, "model"),
        ];
        for (plan, field) in cases {
            let refusal = plan.check().unwrap_err();
            assert_eq!(refusal.field, field, "{refusal:?}");
        }
    }

    #[test]
    fn the_head_goes_without_instance_norm_and_keeps_its_bias() {
        let plan = Architecture { norm: Norm::Instance, head: 6, head_norm: true, ..plan(8, 1, 4) };
        assert_eq!(plan.check(), Ok(()));
        assert_eq!(names(&plan).join(" "), "conv1 norm1 relu1 pool1 flatten linear1 relu2 head");
        assert!(tensors(&plan).iter().any(|(name, _)| name == "linear1.bias"));
        assert!(!tensors(&plan).iter().any(|(name, _)| name == "conv1.bias"));
    }

    /// Whatever passes the check is built and gives finite logits.
    #[test]
    fn whatever_passes_can_be_built() {
        let mut built = 0;
        for &norm in Norm::ALL {
            for &padding in Padding::ALL {
                for &shrink in Shrink::ALL {
                    for &skip in Skip::ALL {
                        for (side, depth, head) in [(8, 1, 0), (8, 2, 6), (12, 3, 5), (7, 4, 0), (8, 6, 4)] {
                            let mut plan = Architecture { norm, padding, shrink, skip, head, ..plan(side, depth, 4) };
                            (plan.head_norm, plan.dropout) = (true, 0.1);
                            if plan.check().is_err() {
                                continue;
                            }
                            built += 1;
                            let net = plan.build::<f64>();
                            let state = State::<f64>::initial(net.layout(), Init::He, 0.0, 1);
                            let pass = Pass::evaluation(&state.params, &state.buffers, 4, Statistics::Batch);
                            let x: Vec<f64> = (0..4 * side * side).map(|i| (i as f64 * 0.37).sin()).collect();
                            let mut work = Workspace::to_evaluate(&net, 4);
                            let logits = net.forward(&pass, &x, &mut work);
                            assert!(logits.len() == 40 && logits.iter().all(|v| v.is_finite()), "{plan:?}");
                        }
                    }
                }
            }
        }
        assert!(built > 500, "{built}");
    }

    /// Around convolutions that change neither size nor channels, and around no other.
    #[test]
    fn skip_connections_where_sizes_agree() {
        let connected = |plan: Architecture| -> Vec<String> {
            let net = plan.build::<f64>();
            let nodes = net.nodes().iter();
            nodes.filter_map(|n| n.plus.map(|j| format!("{} + {}", n.name, net.nodes()[j].name))).collect()
        };
        let plain = Architecture { skip: Skip::Plain, ..plan(8, 4, 4) };
        assert_eq!(connected(plain), ["skip4 + relu3"], "only the last two have the same channels");
        let keep = Architecture { shrink: Shrink::Keep, skip: Skip::Init, ..plan(8, 3, 4) };
        assert_eq!(connected(keep), ["skip2 + relu1", "skip3 + skip2"]);
    }
}
