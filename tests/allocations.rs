//! A training step allocates nothing but matrixmultiply's packing buffers: one for each matrix product.

#![allow(unsafe_code)] // an allocator is unsafe by its very interface; this one only counts
#![allow(clippy::expect_used)] // what is not there fails the test

use normlab::choice::{Choices, Switch};
use normlab::config::{Config, Sampling, Shards};
use normlab::data::Data;
use normlab::kernels::Real;
use normlab::nn::model::{Family, Padding, Placement, Shrink};
use normlab::nn::network::{Network, Part, Source};
use normlab::nn::norm::{Norm, OverTime};
use normlab::optim::Optimizer;
use normlab::run::Run;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    // By thread, because tests run side by side.
    static COUNT: Cell<Count> = const { Cell::new(Count { allocations: 0, allocated: 0, freed: 0 }) };
}

/// What a thread has allocated since it began.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Count {
    allocations: usize,
    /// Bytes.
    allocated: usize,
    /// Bytes.
    freed: usize,
}

fn count(f: impl FnOnce(&mut Count)) {
    // A thread that is ending has no count any more.
    let _ = COUNT.try_with(|cell| {
        let mut count = cell.get();
        f(&mut count);
        cell.set(count);
    });
}

// SAFETY: every call is passed on unchanged; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(|c| {
            c.allocations += 1;
            c.allocated += layout.size();
        });
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(|c| c.freed += layout.size());
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What `f` allocates and frees.
fn counted(f: impl FnOnce()) -> Count {
    let before = COUNT.get();
    f();
    let after = COUNT.get();
    Count {
        allocations: after.allocations - before.allocations,
        allocated: after.allocated - before.allocated,
        freed: after.freed - before.freed,
    }
}

/// A linear layer takes three products: forward, weights' gradient, input's gradient; so does a
/// convolution whose images are all lowered at once. One that reads the
/// data itself has no use for the last one.
fn products<F: Real>(network: &Network<F>) -> usize {
    let linear = network.nodes().iter().filter(|n| matches!(n.part, Part::Linear | Part::Head));
    // A table of tokens' vectors takes none.
    let products = linear.filter(|n| !n.name.ends_with("embedding"));
    products.map(|n| if n.from == Source::Input { 2 } else { 3 }).sum()
}

fn check<F: Real>(config: Config) {
    let mut run = Run::<F>::new(config).expect("a configuration that can be trained");
    let first = counted(|| {
        run.step();
    });
    assert_eq!(first.allocations, products(run.network()), "{config:?}");
    // 400 samples in batches of 11: the samples are shuffled again after step 36.
    for step in 2..=80 {
        let next = counted(|| {
            run.step();
        });
        assert_eq!(next, first, "step {step} of {config:?}");
        assert_eq!(next.freed, next.allocated, "step {step} of {config:?}");
    }
}

fn configurations() -> impl Iterator<Item = Config> {
    let norms = Norm::ALL.iter().filter(|n| **n != Norm::Instance);
    norms.flat_map(|&norm| {
        Optimizer::ALL.iter().map(move |&optimizer| Config {
            data: Data::Gaussians,
            batch: 11,
            depth: 3,
            width: 10,
            groups: 5,
            ghost: 11,
            norm,
            optimizer,
            lr: 0.01,
            weight_decay: 0.01,
            ..Config::default()
        })
    })
}

/// Orders of samples, phases of training, and parameters treated apart; each switches in the middle of
/// the run or of an epoch.
fn phases() -> impl Iterator<Item = Config> {
    configurations().filter(|c| matches!(c.norm, Norm::Batch | Norm::Layer)).flat_map(|usual| {
        [
            Config { sampling: Sampling::Sorted, ..usual },
            Config { shards: Shards::Sorted, devices: 2, batch: 10, ..usual },
            Config { freeze: 20, ..usual },
            Config { tune_at: 20, tune_samples: 50, shift_scale: 0.5, sampling: Sampling::Sorted, ..usual },
            Config { subset: 100, decay_norm: Switch::Off, ..usual },
        ]
    })
}

/// Sequence models: every layer that others do not have.
fn sequences() -> impl Iterator<Item = Config> {
    let families =
        [(Family::Rnn, Placement::Pre), (Family::Transformer, Placement::Pre), (Family::Transformer, Placement::Post)];
    families.into_iter().flat_map(|(model, placement)| {
        [Norm::None, Norm::Batch, Norm::Layer].into_iter().flat_map(move |norm| {
            [(Data::Recall, OverTime::Pooled), (Data::Digits, OverTime::Step)].map(|(data, over_time)| Config {
                data,
                model,
                placement,
                norm,
                over_time,
                batch: 11,
                depth: 2,
                width: 12,
                length: 4,
                dropout: 0.1,
                lr: 0.01,
                ..Config::default()
            })
        })
    })
}

#[test]
fn a_step_in_single_precision_allocates_once_for_each_product() {
    configurations().chain(phases()).chain(sequences()).for_each(check::<f32>);
}

#[test]
fn a_step_in_double_precision_allocates_once_for_each_product() {
    configurations().chain(sequences()).for_each(check::<f64>);
}

#[test]
fn a_step_on_images_allocates_once_for_each_product() {
    for &padding in Padding::ALL {
        for &shrink in Shrink::ALL {
            for head in [0, 6] {
                let images = Config {
                    data: Data::Digits,
                    model: Family::Cnn,
                    batch: 11,
                    depth: 2,
                    width: 4,
                    ..Config::default()
                };
                check::<f32>(Config { padding, shrink, head, subset: 400, ..images });
            }
        }
    }
}

/// The counter itself: without it, the tests above would pass on anything.
#[test]
fn the_counter_counts() {
    let seen = counted(|| drop(std::hint::black_box(vec![0u8; 1000])));
    assert_eq!(seen, Count { allocations: 1, allocated: 1000, freed: 1000 });
    let mut kept = Vec::new();
    let seen = counted(|| kept = vec![0u8; 10]);
    assert_eq!(seen, Count { allocations: 1, allocated: 10, freed: 0 });
}
