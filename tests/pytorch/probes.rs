//! The probes against PyTorch's automatic differentiation; `probes.py` made what is compared with.

use crate::fixture::{Case, Fixture};
use crate::{Worst, cnn, network, sequences};
use normlab::data::Split;
use normlab::kernels::Real;
use normlab::measure::instruments::along::{Along, AlongProbe};
use normlab::measure::instruments::drift::DriftProbe;
use normlab::measure::instruments::shift::ShiftProbe;
use normlab::measure::instruments::units::UnitProbe;
use normlab::nn::init::{Init, State};
use normlab::nn::layer::{Draw, Pass, Statistics};
use normlab::nn::layout::Table;
use normlab::nn::model::Input;
use normlab::nn::network::Network;
use normlab::optim::Updater;
use normlab::probe::Batch;
use normlab::probe::curvature::hessian::Hessian;
use normlab::probe::curvature::{Curvature, Plan};
use normlab::probe::landscape::{Plane, Survey};

const COORDINATES: [f64; 5] = [-0.5, 0.0, 0.25, 1.0, 1.5];
const CORNERS: [(f64, f64); 3] = [(0.0, 0.0), (0.5, -0.25), (-1.0, 1.0)];

/// Files of fully connected networks, of convolutional ones, and of recurrent ones and transformers.
const FILES: [&str; 3] = ["probes", "probes_images", "probes_sequences"];

/// A case of any file, ready to be measured.
struct Subject<'a> {
    fixture: &'a Fixture,
    case: &'a Case,
    network: Network<f64>,
    state: State<f64>,
    split: Split<f64>,
    all: Split<f64>,
}

/// The network of a case: each file's have settings that no other's have.
fn build<F: Real>(fixture: &Fixture, case: &Case) -> Network<F> {
    match (case.has("side"), case.has("model")) {
        (true, _) => cnn::network(fixture, case),
        (_, true) => sequences::network(case, Input::Sequence { length: 5, channels: 3 }),
        _ => network(fixture, case),
    }
}

fn each(check: impl Fn(&Subject)) {
    for name in FILES {
        let fixture = Fixture::read(name);
        for case in &fixture.cases {
            let network = build(&fixture, case);
            let (x, y) = fixture.batch(&case.batches()[0]);
            let everything: Vec<u32> = (0..fixture.labels.len() as u32).collect();
            let (all_x, all_y) = fixture.batch(&everything);
            check(&Subject {
                fixture: &fixture,
                case,
                state: case.state("start", network.layout()),
                network,
                split: Split { x, y },
                all: Split { x: all_x, y: all_y },
            });
        }
    }
}

impl Subject<'_> {
    fn batch(&self) -> Batch<'_, f64> {
        let pass = Pass::training(&self.state.params, &self.state.buffers, self.split.len(), Draw::default());
        Batch { pass, x: &self.split.x, labels: &self.split.y }
    }

    fn next(&self) -> Vec<f64> {
        let mut next = self.state.params.clone();
        Updater::new(self.case.rule(), next.len()).step(&mut next, self.case.values("gradient"));
        next
    }

    fn compare(&self, worst: &mut Worst, name: &str, ours: &[f64]) {
        worst.compare(&format!("{}: {name}", self.case), ours, self.case.values(name));
    }

    /// A fresh network of the same architecture, in a survey of the case's batch.
    fn survey(&self) -> Survey<f64> {
        Survey::new(self.twin(), &self.split)
    }

    fn twin<F: Real>(&self) -> Network<F> {
        build(self.fixture, self.case)
    }
}

fn all(values: impl Iterator<Item = Option<f64>>) -> Vec<f64> {
    values.map(Option::unwrap).collect()
}

#[test]
fn along_the_gradient() {
    let worst = std::cell::RefCell::new(Worst::default());
    each(|subject| {
        let (case, lr) = (subject.case, subject.case.real("lr"));
        let points = case.values("along.losses").len();
        let ours = AlongProbe::new(&subject.network, subject.split.len()).measure(
            &subject.network,
            &subject.batch(),
            lr,
            points,
        );
        let (losses, moved) = (case.values("along.losses"), case.values("along.moved"));
        let (cosines, size) = (case.values("along.cosines"), case.values("along.size")[0]);
        let least = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = |values: &[f64]| values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let alpha = |i: usize| lr * 0.5 * 8f64.powf(i as f64 / (points - 1) as f64);
        let rates: Vec<f64> = moved.iter().enumerate().map(|(i, m)| m / (alpha(i) * size)).collect();
        let theirs = Along {
            loss: Some([least(losses), most(losses)]),
            predictiveness: Some([least(moved), most(moved)]),
            smoothness: Some(most(&rates)),
            cosine: Some(least(cosines)),
            change: Some(most(moved) / size),
        };
        let flat = |a: Along| {
            let (l, p) = (a.loss.unwrap(), a.predictiveness.unwrap());
            [[l[0]], [l[1]], [p[0]], [p[1]], [a.smoothness.unwrap()], [a.cosine.unwrap()], [a.change.unwrap()]]
        };
        for (i, (a, b)) in flat(ours).iter().zip(flat(theirs)).enumerate() {
            worst.borrow_mut().compare(&format!("{case}: quantity {i}"), a, &b);
        }
    });
    worst.borrow().assert_below("loss range, predictiveness, smoothness and companions", 1e-9);
}

#[test]
fn covariate_shift_of_gradients_and_of_inputs() {
    let (shift, drift) = (std::cell::RefCell::new(Worst::default()), std::cell::RefCell::new(Worst::default()));
    each(|subject| {
        let (network, batch, next) = (&subject.network, subject.batch(), subject.next());
        let theirs: Vec<f64> = subject.case.params("next", network.layout());
        drift.borrow_mut().compare(&format!("{}: next", subject.case), &next, &theirs);
        let shifts = ShiftProbe::new(network, subject.split.len()).measure(network, &batch, &next);
        let distances = all(shifts.iter().map(|s| s.distance));
        subject.compare(&mut shift.borrow_mut(), "shift.distance", &distances);
        subject.compare(&mut shift.borrow_mut(), "shift.cosine", &all(shifts.iter().map(|s| s.cosine)));
        let drifts = DriftProbe::new(network, subject.split.len()).measure(network, &batch, &next);
        subject.compare(&mut drift.borrow_mut(), "drift.mean", &all(drifts.iter().map(|d| d.mean)));
        subject.compare(&mut drift.borrow_mut(), "drift.variance", &all(drifts.iter().map(|d| d.variance)));
    });
    // Adam divides by √g² + 1e-8: a gradient of rounding noise becomes a step.
    shift.borrow().assert_below("covariate shift of gradients", 1e-7);
    drift.borrow().assert_below("drift of inputs", 1e-7);
}

#[test]
fn units() {
    let worst = std::cell::RefCell::new(Worst::default());
    each(|subject| {
        let network = &subject.network;
        let units = UnitProbe::new(network, subject.split.len()).measure(network, &subject.batch());
        let mut worst = worst.borrow_mut();
        subject.compare(&mut worst, "units.dead", &all(units.iter().map(|u| u.dead)));
        subject.compare(&mut worst, "units.saturated", &all(units.iter().map(|u| u.saturated)));
        subject.compare(&mut worst, "units.rank", &all(units.iter().map(|u| u.rank)));
        subject.compare(&mut worst, "units.gradient", &all(units.iter().map(|u| u.gradient)));
    });
    worst.borrow().assert_below("dead and saturated shares, ranks, gradients", 1e-9);
}

#[test]
fn eigenvalues() {
    let (products, values) = (std::cell::RefCell::new(Worst::default()), std::cell::RefCell::new(Worst::default()));
    each(|subject| {
        let (case, samples) = (subject.case, subject.split.len());
        let new = || Hessian::new(subject.twin(), &subject.state, &subject.split, samples, Statistics::Batch);
        let mut hessian = new();
        let n = hessian.len();
        let v: Vec<f64> = (0..n).map(|i| (1.7 * i as f64).sin()).collect();
        let mut product = vec![0.0; n];
        hessian.times(&v, &mut product);
        subject.compare(&mut products.borrow_mut(), "product", &product);
        let mut trace = 0.0;
        for i in 0..n {
            let mut e = vec![0.0; n];
            e[i] = 1.0;
            hessian.times(&e, &mut product);
            trace += product[i];
        }
        subject.compare(&mut products.borrow_mut(), "trace", &[trace]);

        let mut curvature = Curvature::new(new(), Plan { steps: n, vectors: 1, seed: 1 });
        while curvature.step() {}
        let spectrum = curvature.spectrum();
        let exact = case.values("eigenvalues");
        let (largest, lowest) = (&exact[n - 3..], exact[0]);
        let found: Vec<f64> = spectrum.eigenvalues.iter().map(|e| e.value).collect();
        let top: Vec<f64> = largest.iter().rev().copied().collect();
        values.borrow_mut().compare(&format!("{case}: largest"), &found[..3], &top);
        values.borrow_mut().compare(&format!("{case}: lowest"), &found[found.len() - 1..], &[lowest]);
        let share = case.values("gradient_share");
        values.borrow_mut().compare(&format!("{case}: share"), &spectrum.gradient_share[..3], share);
    });
    products.borrow().assert_below("Hessian products", 1e-12);
    values.borrow().assert_below("extreme eigenvalues and the gradient's share", 1e-9);
}

#[test]
fn slices() {
    let worst = std::cell::RefCell::new(Worst::default());
    each(|subject| {
        let (case, layout, start) = (subject.case, subject.network.layout(), &subject.state);
        let mut survey = subject.survey();
        let mut along = |plane: &mut Plane<f64>| COORDINATES.map(|a| survey.loss(plane, a, 0.0));
        let (gradient, lr) = (case.values("gradient"), case.real("lr"));
        let mut down = Plane::gradient(layout, start.clone(), Statistics::Batch, gradient, lr, 1).unwrap();
        subject.compare(&mut worst.borrow_mut(), "gradient_slice.losses", &along(&mut down));
        let other = case.state("other", layout);
        let line = |statistics| Plane::line(layout, start.clone(), &other, statistics, 1).unwrap();
        let (mut batch, mut running) = (line(Statistics::Batch), line(Statistics::Running));
        subject.compare(&mut worst.borrow_mut(), "line.batch", &along(&mut batch));
        subject.compare(&mut worst.borrow_mut(), "line.running", &along(&mut running));
        let fresh = State::initial(layout, Init::He, 0.0, 1).buffers;
        let mut survey = subject.survey().recomputing(&subject.all, case.whole("batch"), fresh);
        let precise = COORDINATES.map(|a| survey.loss(&mut running, a, 0.0));
        subject.compare(&mut worst.borrow_mut(), "line.precise", &precise);
    });
    worst.borrow().assert_below("slices along gradients and lines", 1e-9);
}

#[test]
fn principal_planes() {
    let worst = std::cell::RefCell::new(Worst::default());
    each(|subject| {
        let case = subject.case;
        let path: Vec<Vec<f64>> =
            case.values("plane.path").chunks(subject.state.params.len()).map(<[f64]>::to_vec).collect();
        let (mut plane, walked) = Plane::principal(subject.state.clone(), Statistics::Batch, &path).unwrap();
        subject.compare(&mut worst.borrow_mut(), "plane.coordinates", walked.points.as_flattened());
        subject.compare(&mut worst.borrow_mut(), "plane.explained", &walked.explained);
        let mut survey = subject.survey();
        let losses = CORNERS.map(|(a, b)| survey.loss(&mut plane, a, b));
        subject.compare(&mut worst.borrow_mut(), "plane.losses", &losses);
    });
    worst.borrow().assert_below("principal planes", 1e-9);
}

/// The path's points are laid out as the engine's parameters: tensor by tensor, in the same order.
#[test]
fn parameters_lie_in_the_same_order() {
    each(|subject| {
        let table: &Table = &subject.network.layout().params;
        let path = subject.case.values("plane.path");
        let last = &path[path.len() - table.len()..];
        assert_eq!(last, subject.state.params, "{}", subject.case);
    });
}
