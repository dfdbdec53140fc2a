//! Normalizations by themselves: output, both gradients and buffers, with γ and β and without, in
//! training and in evaluation. What PyTorch has no layer for is plain tensor code there, with gradients
//! from autograd and noise from numpy.

use crate::Worst;
use crate::common::Alone;
use crate::fixture::{Case, Fixture};
use normlab::choice::Choices;
use normlab::nn::layer::{Draw, Shape, Statistics};
use normlab::nn::norm::{Norm, Power, Site};
use std::collections::BTreeSet;

fn alone(case: &Case) -> Alone<f64> {
    let shape = Shape { positions: case.whole("positions"), channels: case.whole("channels") };
    let site = Site {
        groups: case.whole("groups"),
        momentum: case.maybe("stat_momentum"),
        affine: case.flag("affine"),
        power: case.choice("power"),
        noise: case.real("noise"),
        r_max: case.real("r_max"),
        d_max: case.real("d_max"),
        warmup: case.whole("warmup"),
        place: case.whole("place") as u64,
        ..Site::new(shape, case.whole("batch"))
    };
    let norm: Norm = case.choice("norm");
    assert_eq!(norm.check(&site), Ok(()), "{case}");
    let mut alone = Alone::norm(norm, &site);
    alone.state = case.state("start", &alone.layout);
    if case.flag("training") {
        alone.draw = Some(Draw { seed: case.whole("seed") as u32, step: case.whole("step") as u64 });
    } else {
        alone.statistics = Statistics::Running;
    }
    alone
}

#[test]
fn each_normalization_by_itself() {
    let fixture = Fixture::read("layers");
    let [mut output, mut gradients, mut buffers] = [(); 3].map(|()| Worst::default());
    let mut covered = BTreeSet::new();
    for case in &fixture.cases {
        let mut alone = alone(case);
        let (x, dy) = (case.values("x"), case.values("dy"));
        output.compare(&case.to_string(), &alone.forward(x).0, case.values("y"));
        let mut gradient = vec![0.0; alone.state.params.len()];
        let dx = alone.backward(x, dy, &mut gradient);
        gradients.compare(&format!("{case}: dx"), &dx, case.values("dx"));
        let theirs = case.params("gradient", &alone.layout);
        gradients.compare_each(&case.to_string(), &alone.layout.params, &gradient, &theirs);
        if case.flag("training") {
            alone.see(x, false);
        }
        let theirs = case.buffers("end", &alone.layout);
        buffers.compare_each(&case.to_string(), &alone.layout.buffers, &alone.state.buffers, &theirs);
        let power: Power = case.choice("power");
        covered.insert((case.text("norm").to_owned(), power.choice().name, case.flag("affine"), case.flag("training")));
    }
    for norm in Norm::ALL.iter().filter(|norm| !matches!(norm, Norm::None | Norm::Sync | Norm::Ghost)) {
        for power in Power::ALL.iter().filter(|power| **power == Power::Two || *norm == Norm::Lp) {
            for (affine, training) in [(true, true), (true, false), (false, true), (false, false)] {
                let key = (norm.choice().name.to_owned(), power.choice().name, affine, training);
                assert!(covered.contains(&key), "{key:?} has no fixture");
            }
        }
    }
    output.assert_below("f64 outputs of single layers", 1e-12);
    gradients.assert_below("f64 gradients of single layers", 1e-11);
    buffers.assert_below("f64 buffers of single layers", 1e-12);
}
