//! Convolutions, pooling, flattening, and the convolutional networks.

use super::{Net, check_alone, check_directions};
use crate::common::Alone;
use normlab::choice::Choices;
use normlab::kernels::conv::{Border, Lowering};
use normlab::nn::activation::Activation;
use normlab::nn::conv::Conv2d;
use normlab::nn::flatten::Flatten;
use normlab::nn::layer::{Shape, Statistics};
use normlab::nn::layout::Layout;
use normlab::nn::model::{Architecture, Family, Input, Padding, Shrink, Skip};
use normlab::nn::norm::Norm;
use normlab::nn::pool::AvgPool2d;
use normlab::rng::Stream;

#[test]
fn convolutions_with_every_border_and_stride() {
    let mut stream = Stream::new(1, "conv");
    for border in [Border::Zero, Border::Reflect, Border::Valid] {
        for stride in [1, 2] {
            for (bias, side, channels, outputs, batch) in [(true, 5, 2, 3, 2), (false, 4, 1, 2, 3), (true, 3, 3, 1, 1)]
            {
                let lowering = Lowering { side, channels, stride, border };
                let mut layout = Layout::default();
                let conv = Conv2d::new(&mut layout, "conv1", lowering, outputs, bias);
                let alone = Alone::new(Box::new(conv), layout, batch, &mut stream);
                let out = lowering.output_side() * lowering.output_side() * outputs;
                check_alone(alone, batch * lowering.image(), batch * out, &format!("{lowering:?}"), &mut stream);
            }
        }
    }
}

#[test]
fn pooling_and_flattening() {
    let mut stream = Stream::new(1, "pool");
    for (side, channels, batch) in [(2, 1, 2), (4, 3, 2), (5, 2, 3)] {
        let pool = AvgPool2d::new(side, channels);
        let (inputs, outputs) = (side * side * channels, pool.output_side() * pool.output_side() * channels);
        let alone = Alone::new(Box::new(pool), Layout::default(), batch, &mut stream);
        check_alone(alone, batch * inputs, batch * outputs, "pool", &mut stream);

        let flatten = Flatten::new(Shape { positions: side * side, channels });
        let alone = Alone::new(Box::new(flatten), Layout::default(), batch, &mut stream);
        check_alone(alone, batch * inputs, batch * inputs, "flatten", &mut stream);
    }
}

/// Every normalization × padding × shrink, in training and in evaluation; skip connections in turn.
#[test]
fn whole_networks() {
    let mut checked = 0;
    for &norm in Norm::ALL {
        for &padding in Padding::ALL {
            for &shrink in Shrink::ALL {
                for statistics in [Statistics::Batch, Statistics::Running] {
                    // 10 → 8 → 4 → 2 without padding; an odd side with it.
                    let side = if padding == Padding::Valid { 10 } else { 5 };
                    let mut plan = Architecture::new(Input::Image { side, channels: 1 }, 3, 4);
                    (plan.family, plan.norm, plan.padding, plan.shrink) = (Family::Cnn, norm, padding, shrink);
                    (plan.depth, plan.width, plan.site.groups, plan.activation) = (2, 4, 2, Activation::Tanh);
                    (plan.head, plan.head_norm) = (4, true);
                    // Of four pixels whose values happen to lie close together, a small ε makes large derivatives of
                    // high order, which differences do not see through.
                    plan.site.eps = Some(0.1);
                    plan.skip = Skip::ALL[checked % Skip::ALL.len()];
                    assert_eq!(plan.check(), Ok(()));
                    let name = format!("{norm:?} {padding:?} {shrink:?} {:?} {statistics:?}", plan.skip);
                    let mut stream = Stream::new(1, &name);
                    let net = Net::of(&plan, statistics, &mut stream);
                    check_directions(&net, &name, &mut stream);
                    checked += 1;
                }
            }
        }
    }
    assert!(checked >= 7 * 18, "{checked}");
}
