//! Precise statistics: what running averages only follow, computed for the weights as they are.

use crate::kernels::Real;
use crate::nn::init::State;
use crate::probe::population::Population;
use crate::run::Run;

/// The run's state with population statistics in place of running ones: PreciseBN (Wu & Johnson 2021,
/// arXiv:2105.07576, §3). None where the normalization keeps no running statistics.
///
/// The weights stay; the training set, unshifted and in its own shuffled order whatever the sampling,
/// passes in batches of the run's size, each standardized with its own statistics. What is kept are plain
/// means over these batches of the mean and of the unbiased variance: Ioffe & Szegedy 2015, §3.1, and
/// what PyTorch gives with `momentum=None` (fvcore's `update_bn_stats` adds the variance of the batches'
/// means). An incomplete last batch is left out. Nothing is random: no dropout, no noise, and a batch is
/// whole, since devices and ghost batches cut it in training alone. The run itself is not touched.
pub fn precise<F: Real>(run: &Run<F>) -> Option<State<F>> {
    let config = run.config();
    if !config.norm.has_running_statistics() {
        return None;
    }
    // The same tensors, but nothing cuts a batch.
    let mut plan = config.architecture();
    (plan.site.devices, plan.site.ghost) = (1, config.batch);
    let network = plan.build::<F>();
    let fresh = State::<F>::initial(network.layout(), config.init, config.init_std, config.seed);
    let mut state = State { params: run.state().params.clone(), buffers: fresh.buffers.clone() };
    let mut population = Population::new(&network, &run.data().train.x, config.batch, fresh.buffers);
    population.measure(&network, &state.params, &mut state.buffers);
    Some(state)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::nn::norm::Norm;

    fn trained(config: Config) -> Run<f64> {
        let mut run = Run::new(Config { depth: 2, width: 8, ..config }).unwrap();
        for _ in 0..30 {
            run.step();
        }
        run
    }

    fn buffer(run: &Run<f64>, state: &State<f64>, name: &str) -> Vec<f64> {
        let tensor = run.network().layout().buffers.tensors().iter().find(|t| t.name == name).unwrap();
        state.buffers[tensor.range.clone()].to_vec()
    }

    /// The first normalization reads x·Wᵀ, whose statistics follow from x alone.
    #[test]
    fn they_are_the_means_over_all_batches_at_the_present_weights() {
        let run =
            trained(Config { batch: 100, subset: 450, sampling: crate::config::Sampling::Sorted, ..Config::default() });
        let state = precise(&run).unwrap();
        assert_eq!(buffer(&run, &state, "norm1.num_batches_tracked"), [4.0, 0.0], "450 samples make 4 batches of 100");
        assert_eq!(state.params, run.state().params);
        let (x, w) = (&run.data().train.x, &run.state().params[..8 * 64]);
        let value = |i: usize, c: usize| -> f64 { (0..64).map(|k| x[i * 64 + k] * w[c * 64 + k]).sum() };
        for c in 0..8 {
            let (mut mean, mut variance) = (0.0, 0.0);
            for batch in 0..4 {
                let values: Vec<f64> = (100 * batch..100 * (batch + 1)).map(|i| value(i, c)).collect();
                let m = values.iter().sum::<f64>() / 100.0;
                mean += m / 4.0;
                variance += values.iter().map(|v| (v - m) * (v - m)).sum::<f64>() / 99.0 / 4.0;
            }
            assert!((buffer(&run, &state, "norm1.running_mean")[c] - mean).abs() < 1e-12);
            assert!((buffer(&run, &state, "norm1.running_var")[c] / variance - 1.0).abs() < 1e-12);
        }
    }

    /// However a batch was cut in training, and whatever the running averages had become.
    #[test]
    fn they_depend_on_weights_and_data_alone() {
        let usual = trained(Config::default());
        let want = precise(&usual).unwrap().buffers;
        for config in [
            Config { norm: Norm::Sync, devices: 4, ..Config::default() },
            Config { norm: Norm::Batch, devices: 4, ..Config::default() },
            Config { norm: Norm::Ghost, ghost: 8, ..Config::default() },
            Config { dropout: 0.5, stat_momentum: None, shift_offset: 3.0, ..Config::default() },
        ] {
            let mut other = Run::<f64>::new(Config { depth: 2, width: 8, ..config }).unwrap();
            let mut state = usual.state().clone();
            state.buffers.fill(f64::NAN);
            other.start_from(state);
            assert_eq!(precise(&other).unwrap().buffers, want, "{config:?}");
        }
    }

    #[test]
    fn without_running_statistics_there_are_none() {
        for norm in [Norm::None, Norm::Layer, Norm::Rms] {
            assert_eq!(precise(&trained(Config { norm, ..Config::default() })), None);
        }
    }
}
