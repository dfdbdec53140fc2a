//! Where one normalization is another.

use crate::cases::{case, config, distance, same_bits};
use crate::common::{Alone, normal, site};
use normlab::kernels::Real;
use normlab::nn::norm::{Norm, Site};
use proptest::prelude::*;

/// Both layers' outputs and input gradients are the same bits.
fn assert_twins<F: Real>(a: (Norm, Site), b: (Norm, Site), x: &[F], dy: &[F]) {
    let [a, b] = [a, b].map(|(norm, site)| {
        let alone = Alone::<F>::norm(norm, &site);
        let dx = alone.backward(x, dy, &mut vec![F::ZERO; alone.state.params.len()]);
        (alone.forward(x).0, dx)
    });
    assert!(same_bits(&a.0, &b.0), "outputs differ");
    assert!(same_bits(&a.1, &b.1), "gradients differ");
}

fn twins<F: Real>(case: crate::cases::Case) {
    let mut stream = case.stream();
    let x: Vec<F> = case.input(&mut stream);
    let dy: Vec<F> = normal(x.len(), &mut stream);
    let (channels, positions) = (case.channels(), case.positions);
    let at = |positions, groups, batch| site(positions, channels, groups, batch);

    // One group is LayerNorm, as many groups as channels is InstanceNorm.
    let rows = positions * case.batch;
    assert_twins((Norm::Group, at(1, 1, rows)), (Norm::Layer, at(1, 1, rows)), &x, &dy);
    let images = at(positions, channels, case.batch);
    if Norm::Instance.check(&images).is_ok() {
        assert_twins((Norm::Group, images), (Norm::Instance, images), &x, &dy);
    }
    // A batch of one image: BatchNorm has nothing but that image's positions.
    let one = at(rows, channels, 1);
    assert_twins((Norm::Batch, one), (Norm::Instance, one), &x, &dy);
    // Within a sequence LayerNorm and RMSNorm take each token by itself.
    for norm in [Norm::Layer, Norm::Rms] {
        assert_twins((norm, at(positions, 1, case.batch)), (norm, at(1, 1, rows)), &x, &dy);
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn twins_in_double_precision(case in case()) {
        twins::<f64>(case);
    }

    #[test]
    fn twins_in_single_precision(case in case()) {
        twins::<f32>(case);
    }

    /// Over several positions one group is LayerNorm over all of a sample's values, up to the affine.
    #[test]
    fn one_group_is_layer_norm_over_channels_and_positions(case in case()) {
        let x = case.input::<f64>(&mut case.stream());
        let group = Alone::<f64>::norm(Norm::Group, &site(case.positions, case.channels(), 1, case.batch));
        let layer = Alone::<f64>::norm(Norm::Layer, &site(1, case.positions * case.channels(), 1, case.batch));
        assert!(distance(&group.forward(&x).0, &layer.forward(&x).0) < 1e-12);
    }

    #[test]
    fn rms_norm_is_layer_norm_where_the_mean_is_zero(case in case()) {
        prop_assume!(case.channels() > 1);
        let mut x = case.input::<f64>(&mut case.stream());
        for row in x.chunks_exact_mut(case.channels()) {
            let mean = row.iter().sum::<f64>() / row.len() as f64;
            row.iter_mut().for_each(|v| *v -= mean);
        }
        let [rms, layer] = [Norm::Rms, Norm::Layer].map(|n| case.norm::<f64>(n, Some(1e-5)).expect("anywhere").forward(&x).0);
        assert!(distance(&rms, &layer) < 1e-12);
        // And nowhere else.
        let moved: Vec<f64> = x.iter().map(|v| v + 1.0).collect();
        let [rms, layer] = [Norm::Rms, Norm::Layer].map(|n| case.norm::<f64>(n, Some(1e-5)).expect("anywhere").forward(&moved).0);
        assert!(distance(&rms, &layer) > 1e-3);
    }
}
