//! Where one normalization is another.

use crate::cases::{case, config, distance, same_bits};
use crate::common::{Alone, normal, norms, random_state, site, variants};
use normlab::kernels::Real;
use normlab::nn::layer::{Draw, Statistics};
use normlab::nn::norm::{Norm, Power, Site};
use normlab::rng::Stream;
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
    for affine in [true, false] {
        let at = |positions, groups, batch| Site { affine, ..site(positions, channels, groups, batch) };

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
}

/// Everything that a step of training makes of a batch: output, dx, the parameters' gradient, buffers.
fn step<F: Real>(norm: Norm, site: &Site, x: &[F], dy: &[F], seed: u32) -> [Vec<F>; 4] {
    let mut alone = Alone::<F>::norm(norm, site);
    alone.state = random_state(&alone.layout, &mut Stream::new(seed, "state"));
    alone.draw = Some(Draw { seed, step: 5 });
    let mut gradient = vec![F::ZERO; alone.state.params.len()];
    let dx = alone.backward(x, dy, &mut gradient);
    let y = alone.forward(x).0;
    alone.see(x, false);
    [y, dx, gradient, alone.state.buffers]
}

fn assert_same<F: Real>(a: &[Vec<F>; 4], b: &[Vec<F>; 4], place: &str) {
    for (what, (a, b)) in ["output", "dx", "gradient", "buffers"].iter().zip(a.iter().zip(b)) {
        assert!(same_bits(a, b), "{place}: {what}");
    }
}

/// What is BatchNorm on the whole batch, to the bit.
fn names_of_batch_norm<F: Real>(case: crate::cases::Case) {
    let mut stream = case.stream();
    let x: Vec<F> = case.input(&mut stream);
    let dy: Vec<F> = normal(x.len(), &mut stream);
    for affine in [true, false] {
        let site = Site { affine, ..case.site(Norm::Batch, None).expect("two samples or more") };
        let want = step(Norm::Batch, &site, &x, &dy, case.seed);
        let whole = Site { ghost: case.batch, ..site };
        let mut same = vec![
            (Norm::Ghost, whole),
            (Norm::Lp, Site { power: Power::Two, ..site }),
            // Limits that leave nothing to correct; and the last step before the limits rise.
            (Norm::Renorm, Site { r_max: 1.0, d_max: 0.0, ..site }),
            (Norm::Renorm, Site { warmup: 5, ..site }),
            (Norm::Noisy, Site { noise: 0.0, ..site }),
        ];
        same.extend((1..=case.batch).map(|devices| (Norm::Sync, Site { devices, ..site })));
        for (norm, site) in same.into_iter().filter(|(norm, site)| norm.check(site).is_ok()) {
            assert_same(&step(norm, &site, &x, &dy, case.seed), &want, &format!("{norm:?} {site:?}"));
        }
    }
}

/// A batch in parts is BatchNorm on each part by itself. The running averages follow the first device's
/// part, or the mean of the ghost batches.
fn parts_by_themselves<F: Real>(case: crate::cases::Case) {
    let mut stream = case.stream();
    let x: Vec<F> = case.input(&mut stream);
    let dy: Vec<F> = normal(x.len(), &mut stream);
    let site = case.site(Norm::Batch, None).expect("two samples or more");
    for parts in (1..=case.batch).filter(|k| case.batch.is_multiple_of(*k)) {
        let len = case.batch / parts;
        let devices = Site { devices: parts, ..site };
        let ghosts = Site { ghost: len, ..site };
        if Norm::Batch.check(&devices).is_err() {
            assert_eq!((len, case.positions), (1, 1));
            continue;
        }
        let each: Vec<[Vec<F>; 4]> = x
            .chunks(x.len() / parts)
            .zip(dy.chunks(x.len() / parts))
            .map(|(x, dy)| step(Norm::Batch, &Site { batch: len, ..site }, x, dy, case.seed))
            .collect();
        let joined = |i: usize| each.iter().flat_map(|part| part[i].iter().copied()).collect::<Vec<F>>();
        let mut gradient = vec![F::ZERO; each[0][2].len()];
        for part in &each {
            gradient.iter_mut().zip(&part[2]).for_each(|(sum, &g)| *sum += g);
        }
        for (norm, site) in [(Norm::Batch, devices), (Norm::Ghost, ghosts)] {
            let got = step(norm, &site, &x, &dy, case.seed);
            assert!(same_bits(&got[0], &joined(0)) && same_bits(&got[1], &joined(1)), "{norm:?} in {parts}");
            assert!(same_bits(&got[2], &gradient), "{norm:?} in {parts}");
            if norm == Norm::Batch {
                assert!(same_bits(&got[3], &each[0][3]), "the first device's");
            }
            for (i, got) in got[3].iter().enumerate().filter(|_| norm == Norm::Ghost) {
                let mean = each.iter().map(|part| part[3][i].to_f64()).sum::<f64>() / parts as f64;
                assert!((got.to_f64() - mean).abs() < 1e-5 * mean.abs().max(1.0), "the mean of all");
            }
        }
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

    #[test]
    fn names_of_batch_norm_in_double_precision(case in case()) {
        names_of_batch_norm::<f64>(case);
    }

    #[test]
    fn names_of_batch_norm_in_single_precision(case in case()) {
        names_of_batch_norm::<f32>(case);
    }

    #[test]
    fn parts_by_themselves_in_double_precision(case in case()) {
        parts_by_themselves::<f64>(case);
    }

    #[test]
    fn parts_by_themselves_in_single_precision(case in case()) {
        parts_by_themselves::<f32>(case);
    }

    /// Without γ and β each is what it is at γ = 1 and β = 0, without their tensors.
    #[test]
    fn without_gain_and_shift_each_is_as_with_ones_and_zeros(case in case()) {
        let mut stream = case.stream();
        let x = case.input::<f64>(&mut stream);
        let dy: Vec<f64> = normal(x.len(), &mut stream);
        for norm in norms() {
            let Some(site) = case.site(norm, None) else { continue };
            for (site, draw) in variants(norm, site).into_iter().filter(|(site, _)| site.affine) {
                let [with, without] = [true, false].map(|affine| {
                    let mut alone = Alone::<f64>::norm(norm, &Site { affine, ..site });
                    alone.draw = draw;
                    let dx = alone.backward(&x, &dy, &mut vec![0.0; alone.state.params.len()]);
                    let names = alone.layout.params.tensors().iter().map(|t| t.name.clone()).collect::<Vec<_>>();
                    (alone.forward(&x).0, dx, names)
                });
                assert!(same_bits(&with.0, &without.0) && same_bits(&with.1, &without.1), "{norm:?} {site:?}");
                assert_eq!(without.2, if norm == Norm::Dyt { vec!["norm.alpha"] } else { vec![] }, "{norm:?}");
                assert!(with.2.len() > without.2.len() || norm == Norm::Noise, "{norm:?}");
            }
        }
    }

    /// As far as nothing is clipped, a renormalized batch is what inference makes of it, value by value.
    #[test]
    fn renorm_without_limits_trains_on_what_inference_sees(case in case()) {
        let mut stream = case.stream();
        let x = case.input::<f64>(&mut stream);
        let site = Site { r_max: 1e9, d_max: 1e9, ..case.site(Norm::Renorm, None).expect("two samples or more") };
        let mut alone = Alone::<f64>::norm(Norm::Renorm, &site);
        alone.state = random_state(&alone.layout, &mut stream);
        alone.draw = Some(Draw { seed: 1, step: 1 });
        let training = alone.forward(&x).0;
        (alone.draw, alone.statistics) = (None, Statistics::Running);
        assert!(distance(&training, &alone.forward(&x).0) < 1e-10);
        // And with the limits of BatchNorm it is not.
        let mut plain = Alone::<f64>::norm(Norm::Batch, &site);
        plain.state = alone.state.clone();
        assert!(distance(&training, &plain.forward(&x).0) > 1e-6);
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
