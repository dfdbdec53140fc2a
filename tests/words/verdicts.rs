//! Page, runner and sweeps give one verdict on a run, and its numbers bear it out.

use crate::draw;
use normlab::choice::Choices;
use normlab::config::Config;
use normlab::data::Data;
use normlab::nn::init::Init;
use normlab::nn::norm::Norm;
use normlab::nn::objective::Loss;
use normlab::optim::Optimizer;
use normlab::rng::Stream;
use normlab::run::Run;
use normlab::run::chance::is_guessing;
use normlab::run::progress::Progress;
use normlab::run::summary::Summary;
use normlab::run::verdict::Verdict;
use normlab::scene::{Scene, badge};
use normlab::session::Session;
use normlab::session::frame::Camera;
use normlab::state::pair::{Pair, Side};
use normlab::sweep::trial::Trial;
use serde_json::Value;
use std::collections::BTreeSet;

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The verdict of all three; and that the numbers of the run do not contradict it.
fn verdict(config: Config, steps: u64) -> Verdict {
    let why = format!("after {steps} of {config:?}");
    let mut session = Session::new(config).unwrap();
    (0..steps).for_each(|_| session.step());
    session.settle();
    let frame = Camera::new(&session).take(&session, 6.0, true);
    let verdict = frame.verdict;

    let (mut run, mut progress, mut losses) = (Run::<f32>::new(config).unwrap(), Progress::default(), Vec::new());
    let mut correct = Vec::new();
    while run.steps() < steps && run.divergence().is_none() {
        let score = run.step();
        progress.push(&score);
        losses.push(score.loss);
        correct.extend(score.accuracy());
    }
    let summary = Summary::of(&run, &progress).json().clone();
    assert_eq!(summary["verdict"], verdict.choice().name, "page and runner {why}");
    let outcome = Trial::new(config, steps, 0.5).unwrap().finish();
    assert_eq!(outcome.verdict, verdict, "page and sweep {why}");
    assert_eq!(
        (outcome.diverged, &summary["diverged"]),
        (verdict == Verdict::Diverged, &Value::Bool(outcome.diverged))
    );

    let mut scene = Scene::default();
    scene.restart(Pair { a: config, b: config });
    let last = frame.validations.last().copied().unwrap();
    scene.take(Side::A, frame.clone());
    let said = badge::of(&scene, Side::A).map(|b| b.text);

    let guessing = config.guessing();
    let (gone, classes) = (run.divergence().is_some(), config.data.classes());
    assert_eq!(verdict == Verdict::Diverged, gone, "{why}");
    assert_eq!(verdict == Verdict::NotStarted, steps == 0, "{why}");
    assert_eq!(verdict == Verdict::Early, !gone && steps > 0 && losses.len() < 50, "{why}");
    for (key, value) in summary.as_object().unwrap() {
        if gone && (key.contains("loss") || key.contains("accuracy")) {
            assert_eq!(*value, Value::Null, "{key} {why}");
        }
    }
    if gone {
        let step = run.divergence().unwrap().step;
        assert!(said.unwrap().ends_with(&format!(", step {step}")), "{why}");
        return verdict;
    }
    if losses.len() < 50 {
        assert_eq!(said, None, "{why}");
        return verdict;
    }
    let recent = mean(&losses[losses.len() - 50..]);
    let answers = (correct.len() >= 50).then(|| mean(&correct[correct.len() - 50..]));
    let samples = (50 * config.batch).min(run.data().train.len()) as u64;
    let chance = answers.is_none_or(|share| is_guessing(share, classes, samples));
    match verdict {
        Verdict::Learning => {
            assert!(recent < guessing || last.loss < guessing, "{why}");
            assert!(last.loss.is_finite() && last.loss <= 3.0 * guessing, "{} {why}", last.loss);
            assert!(last.accuracy.is_nan() || last.accuracy_batch - last.accuracy <= 0.2, "{why}");
        }
        Verdict::WorseAtInference => {
            let right = |loss: f64, accuracy: f64| if accuracy.is_nan() { 1.0 - loss / guessing } else { accuracy };
            let there = right(last.loss, last.accuracy);
            let here = right(recent, answers.unwrap_or(f64::NAN)).max(right(last.loss_batch, last.accuracy_batch));
            assert!(recent < guessing, "{why}");
            assert!(!last.loss.is_finite() || last.loss > 3.0 * guessing || here - there > 0.2, "{why}");
        }
        Verdict::Guessing => {
            assert!(recent >= 0.98 * guessing && recent <= 1.5 * guessing && chance, "{why}");
            assert!(last.is_chance(classes), "{why}");
        }
        Verdict::Barely => {
            assert!(recent >= 0.98 * guessing && (!chance || !last.is_chance(classes)), "{why}");
        }
        Verdict::Worse | Verdict::WorseButFalling => assert!(recent > 1.5 * guessing, "{why}"),
        Verdict::NotStarted | Verdict::Early | Verdict::Diverged => unreachable!(),
    }
    if verdict == Verdict::WorseButFalling {
        let half = if losses.len() < 100 { 0 } else { losses.len() / 2 };
        let around = mean(&losses[half.saturating_sub(half / 8)..half + 10 + half / 8]);
        assert!(around > recent, "{around} {recent} {why}");
    }
    verdict
}

#[test]
fn page_runner_and_sweep_agree_on_settings_drawn_at_random() {
    let mut stream = Stream::new(1, "verdicts");
    let mut seen = BTreeSet::new();
    for _ in 0..80 {
        let steps = *draw::pick(&mut stream, &[0, 20, 50, 80, 80, 130]);
        seen.insert(verdict(draw::any(&mut stream), steps).choice().name);
    }
    for name in ["not_started", "early", "learning", "guessing", "diverged"] {
        assert!(seen.contains(name), "{name} is not among {seen:?}");
    }
}

/// Each verdict has a run of its own.
#[test]
fn every_verdict_is_given() {
    let digits = Config { depth: 2, width: 16, ..Config::default() };
    let large = Config {
        subset: 1000,
        depth: 7,
        width: 50,
        init: Init::Normal,
        init_std: 1.0,
        optimizer: Optimizer::Adam,
        lr: 0.001,
        batch: 50,
        norm: Norm::None,
        ..Config::default()
    };
    let mut others = Vec::new();
    let numbers = Config { data: Data::Linear, loss: Loss::Mse, norm: Norm::None, width: 8, depth: 1, ..digits };
    for (config, steps, want) in [
        (digits, 0, Verdict::NotStarted),
        (digits, 49, Verdict::Early),
        (digits, 50, Verdict::Learning),
        // Its loss falls from 662,734 to 20,234, and almost half of the answers are right.
        (large, 300, Verdict::WorseButFalling),
        (Config { lr: 1e-5, ..large }, 60, Verdict::Worse),
        (Config { norm: Norm::None, depth: 20, ..digits }, 100, Verdict::Guessing),
        (Config { norm: Norm::None, lr: 100.0, ..Config::default() }, 100, Verdict::Diverged),
        (Config { shift_scale: 0.3, shift_offset: 0.5, ..Config::default() }, 300, Verdict::WorseAtInference),
        (
            Config { adapt: 32, prior: 0, shift_scale: 0.3, shift_offset: 0.5, ..Config::default() },
            300,
            Verdict::Learning,
        ),
        (Config { shift_scale: 0.0, norm: Norm::None, ..digits }, 300, Verdict::WorseAtInference),
        (Config { lr: 0.01, ..numbers }, 100, Verdict::Learning),
        (Config { lr: 100.0, ..numbers }, 60, Verdict::Diverged),
    ] {
        let given = verdict(config, steps);
        if given != want {
            others.push(format!("{given:?} instead of {want:?} after {steps} of {config:?}"));
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
}
