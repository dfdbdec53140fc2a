//! What holds of convolutional networks.

use crate::cases::{config, distance, moments, same_bits};
use crate::common::{normal, random_state};
use normlab::choice::Choices;
use normlab::kernels::conv::{Border, Lowering};
use normlab::nn::adain::adain;
use normlab::nn::layer::{Pass, Statistics};
use normlab::nn::model::{Architecture, Family, Input, Padding, Shrink};
use normlab::nn::network::{Network, Workspace};
use normlab::nn::norm::Norm;
use normlab::rng::Stream;
use proptest::prelude::*;
use proptest::test_runner::Config;

fn plan(norm: Norm, side: usize, batch: usize) -> Architecture {
    let mut plan = Architecture::new(Input::Image { side, channels: 1 }, 4, batch);
    (plan.family, plan.norm, plan.depth, plan.width) = (Family::Cnn, norm, 2, 4);
    plan
}

fn logits(net: &Network<f64>, x: &[f64], batch: usize) -> Vec<f64> {
    let state = random_state(net.layout(), &mut Stream::new(1, "state"));
    let pass = Pass::evaluation(&state.params, &state.buffers, batch, Statistics::Batch);
    net.forward(&pass, x, &mut Workspace::to_evaluate(net, batch)).to_vec()
}

proptest! {
    #![proptest_config(Config { cases: 60, ..config() })]

    /// Contrast and brightness of each image are gone after an InstanceNorm, but for its ε; zeros beyond the
    /// border are a brightness that does not change with the image's, and so tell of it.
    #[test]
    fn instance_norm_removes_contrast_and_brightness_unless_the_border_tells(
        side in 10..14usize,
        width in 2..7usize,
        batch in 1..5usize,
        seed in any::<u32>(),
    ) {
        for (&padding, &shrink) in Padding::ALL.iter().flat_map(|p| Shrink::ALL.iter().map(move |s| (p, s))) {
            let mut plan = Architecture { padding, shrink, width, ..plan(Norm::Instance, side, batch) };
            let mut stream = Stream::new(seed, "style");
            let x: Vec<f64> = normal(batch * side * side, &mut stream);
            let mut styled = x.clone();
            for image in styled.chunks_mut(side * side) {
                let (a, b) = (stream.between(0.3, 3.0), stream.between(0.5, 2.0));
                image.iter_mut().for_each(|v| *v = a * *v + b);
            }
            let mut apart = |eps: Option<f64>| {
                plan.site.eps = eps;
                assert_eq!(plan.check(), Ok(()));
                let net = plan.build();
                distance(&logits(&net, &styled, batch), &logits(&net, &x, batch))
            };
            let (usual, none) = (apart(None), apart(Some(0.0)));
            if padding == Padding::Zero {
                assert!(none > 1e-3, "{shrink:?}: {none}");
            } else {
                assert!(none < 1e-10, "{padding:?} {shrink:?}: {none}");
                assert!(usual > none && usual < 3e-2, "{padding:?} {shrink:?}: {usual}");
            }
        }
    }

    /// AdaIN gives the content the style's mean and deviation per channel, and leaves its pattern: the
    /// content's InstanceNorm is the result's.
    #[test]
    fn adain_moves_mean_and_deviation_and_nothing_else(
        channels in 1..9usize,
        content in 2..40usize,
        style in 2..40usize,
        seed in any::<u32>(),
    ) {
        let mut stream = Stream::new(seed, "textures");
        let mut texture = |positions: usize| -> Vec<f64> {
            let spread: Vec<f64> = (0..channels).map(|_| stream.between(0.5, 2.0)).collect();
            (0..positions * channels).map(|i| (i % channels) as f64 + spread[i % channels] * stream.normal()).collect()
        };
        let (content, style) = (texture(content), texture(style));
        let mut y = vec![f64::NAN; content.len()];
        adain(&content, &style, channels, 0.0, &mut y);
        for c in 0..channels {
            let set = |x: &[f64]| (c..x.len()).step_by(channels).collect::<Vec<_>>();
            let of = |x: &[f64]| moments(Norm::Instance, x, &set(x));
            let ((mean, variance), (want_mean, want_variance)) = (of(&y), of(&style));
            assert!((mean - want_mean).abs() < 1e-10 && (variance / want_variance - 1.0).abs() < 1e-9);
            let (old_mean, old_variance) = of(&content);
            for i in set(&y) {
                let pattern = (content[i] - old_mean) / old_variance.sqrt();
                assert!(((y[i] - mean) / variance.sqrt() - pattern).abs() < 1e-9);
            }
        }
    }
}

/// The same of a network without normalization, so that the test above is not about something else.
#[test]
fn other_networks_see_contrast_and_brightness() {
    let x: Vec<f64> = normal(200, &mut Stream::new(1, "images"));
    let styled: Vec<f64> = x.iter().map(|v| 0.5 * v + 1.0).collect();
    for norm in [Norm::None, Norm::Layer, Norm::Rms] {
        let net = Architecture { padding: Padding::Reflect, ..plan(norm, 10, 2) }.build();
        assert!(distance(&logits(&net, &styled, 2), &logits(&net, &x, 2)) > 1e-2, "{norm:?}");
    }
}

/// In whole networks, bit for bit; behind a halving the channels are twice as many, the groups are not.
#[test]
fn as_many_groups_as_channels_is_instance_norm() {
    let x: Vec<f64> = normal(3 * 64, &mut Stream::new(1, "images"));
    for shrink in [Shrink::Keep, Shrink::Pool] {
        let [group, instance] = [Norm::Group, Norm::Instance].map(|norm| {
            let mut plan = Architecture { shrink, ..plan(norm, 8, 3) };
            plan.site.groups = 4;
            logits(&plan.build(), &x, 3)
        });
        assert_eq!(same_bits(&group, &instance), shrink == Shrink::Keep);
    }
}

/// BatchNorm2d: a channel's statistics are those of all samples and pixels, not of each sample.
#[test]
fn batch_norm_pools_samples_and_pixels() {
    let batch = 6;
    let net: Network<f64> = plan(Norm::Batch, 8, batch).build();
    let mut state = random_state(net.layout(), &mut Stream::new(1, "state"));
    let x: Vec<f64> = (0..batch * 64).map(|i| (i as f64 * 0.37).sin() + (i / 64) as f64).collect();
    for tensor in net.layout().params.tensors().iter().filter(|t| t.name.starts_with("norm")) {
        state.params[tensor.range.clone()].fill(if tensor.name.ends_with("weight") { 1.0 } else { 0.0 });
    }
    let pass = Pass::evaluation(&state.params, &state.buffers, batch, Statistics::Batch);
    let mut work = Workspace::to_train(&net, batch);
    net.gradient(&pass, &x, &[0; 6], &mut work, &mut vec![0.0; state.params.len()], |_, _| {});
    for name in ["norm1", "norm2"] {
        let i = net.nodes().iter().position(|n| n.name == name).expect(name);
        let (shape, y) = (net.nodes()[i].shape, work.value(i));
        assert!(shape.positions > 1);
        for channel in 0..shape.channels {
            let mean_of = |y: &[f64]| {
                let values = y.iter().skip(channel).step_by(shape.channels);
                values.sum::<f64>() / (y.len() / shape.channels) as f64
            };
            let squares: Vec<f64> = y.iter().map(|v| v * v).collect();
            assert!(mean_of(y).abs() < 1e-12 && (mean_of(&squares) - 1.0).abs() < 1e-2, "{name}");
            let largest = y.chunks(shape.len()).map(|sample| mean_of(sample).abs()).fold(0.0, f64::max);
            assert!(largest > 1e-2, "{name}: a sample by itself is not standardized");
        }
        let running = net.layout().buffers.tensors().iter().find(|t| t.name == format!("{name}.running_mean"));
        assert_eq!(running.expect(name).shape, [shape.channels]);
    }
}

/// More images than are lowered at once: their gradient is the mean of each one's own.
#[test]
fn a_large_batch_is_the_mean_of_its_images() {
    let (batch, side) = (31, 12);
    let lowering = Lowering { side, channels: 8, stride: 1, border: Border::Zero };
    assert!(lowering.at_once(batch) < batch / 2, "the second convolution's columns are cut into three or more");
    for shrink in [Shrink::Keep, Shrink::Stride] {
        let plan = Architecture { shrink, head: 5, width: 8, ..plan(Norm::Instance, side, batch) };
        let net: Network<f64> = plan.build();
        let state = random_state(net.layout(), &mut Stream::new(1, "state"));
        let x: Vec<f64> = normal(batch * side * side, &mut Stream::new(1, "images"));
        let labels: Vec<u32> = (0..batch as u32).map(|i| i % 4).collect();
        let gradient = |x: &[f64], labels: &[u32]| {
            let n = labels.len();
            let mut gradient = vec![0.0; state.params.len()];
            let pass = Pass::evaluation(&state.params, &state.buffers, n, Statistics::Batch);
            net.gradient(&pass, x, labels, &mut Workspace::to_train(&net, n), &mut gradient, |_, _| {});
            gradient
        };
        let mut mean = vec![0.0; state.params.len()];
        for (x, label) in x.chunks(side * side).zip(labels.chunks(1)) {
            for (sum, g) in mean.iter_mut().zip(gradient(x, label)) {
                *sum += g / batch as f64;
            }
        }
        assert!(distance(&gradient(&x, &labels), &mean) < 1e-12, "{shrink:?}");
    }
}
