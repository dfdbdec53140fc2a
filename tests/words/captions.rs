//! Captions name the statistics and the data that were really used: numbers made from the words are those on show.

use crate::draw;
use normlab::choice::Choices;
use normlab::config::Config;
use normlab::config::fields;
use normlab::nn::layer::Statistics;
use normlab::nn::model::Family;
use normlab::nn::norm::Norm;
use normlab::rng::Stream;
use normlab::run::Run;
use normlab::run::evaluate::{Evaluator, Policy};
use normlab::run::samples::Samples;
use normlab::scene::{Scene, finding};
use normlab::session::Session;
use normlab::session::frame::Camera;
use normlab::session::scan::Scan;
use normlab::state::pair::{Pair, Side};
use normlab::state::view::View;

/// The number behind these words.
fn behind(text: &str, words: &str) -> Option<f64> {
    let rest = &text[text.find(words)? + words.len()..];
    let end = rest.find(|c: char| !"0123456789.e-".contains(c)).unwrap_or(rest.len());
    rest[..end].trim_end_matches('.').parse().ok()
}

/// The statistics that a text speaks of.
fn policy(text: &str) -> Policy {
    let prior = behind(text, "which count as ");
    match (behind(text, "blended with those of "), behind(text, "with statistics of ")) {
        (Some(samples), _) => Policy::Adapted { samples: samples as usize, prior: prior.unwrap() as usize },
        (_, Some(samples)) => Policy::Adapted { samples: samples as usize, prior: 0 },
        _ => Policy::Running,
    }
}

/// The configuration, but with the shift that a text speaks of.
fn shifted(text: &str, config: Config) -> Config {
    let said = text.split_once("(shifted: ").map_or("", |(_, rest)| rest.split_once(')').unwrap().0);
    Config {
        shift_scale: behind(said, "contrast ").unwrap_or(1.0),
        shift_offset: behind(said, "brightness ").unwrap_or(0.0),
        shift_noise: behind(said, "noise ").unwrap_or(0.0),
        ..config
    }
}

fn validation_from(text: &str, run: &Run<f32>) -> f64 {
    let split = Samples::of(&shifted(text, *run.config())).set.validation;
    Evaluator::new(run.network(), split.len(), policy(text)).score(run.network(), run.state(), &split).loss
}

#[test]
fn what_a_caption_says_gives_the_numbers_on_show() {
    let mut stream = Stream::new(3, "words");
    let mut seen = [0; 4];
    for &family in Family::ALL {
        for &norm in Norm::ALL {
            for _ in 0..2 {
                let mut config = draw::small(&mut stream, family, norm);
                for name in ["adapt", "prior", "shift_scale", "shift_offset", "shift_noise"] {
                    let field = fields::named(name).unwrap();
                    if stream.below(2) == 0 {
                        field.set(&mut config, &draw::value(&mut stream, field)).unwrap();
                    }
                }
                if !config.check().is_empty() {
                    continue;
                }
                let mut session = Session::new(config).unwrap();
                (0..22).for_each(|_| session.step());
                session.settle();
                let frame = Camera::new(&session).take(&session, 6.0, true);
                if frame.divergence.is_some() {
                    continue;
                }
                let on_show = frame.validations.last().unwrap().loss;
                let mut scene = Scene::default();
                scene.restart(Pair { a: config, b: config });
                let view = View::default();
                let caption = scene.curves_caption(&view);
                let same = |text: &str, what: &str| {
                    let loss = validation_from(text, session.run());
                    assert!(loss == on_show || loss.is_nan() && on_show.is_nan(), "{what}: {text} of {config:?}");
                };
                same(&caption, "the caption");
                assert_eq!(caption.contains("statistics"), norm.has_running_statistics(), "{caption}");
                seen[usize::from(matches!(policy(&caption), Policy::Adapted { .. }))] += 1;
                seen[2 + usize::from(caption.contains("(shifted"))] += 1;

                // What the finding says of each number of a run, here of two that differ in their seeds.
                let other = Config { seed: config.seed + 1, ..config };
                scene.restart(Pair { a: config, b: other });
                scene.take(Side::A, frame.clone());
                let mut twin = Session::new(other).unwrap();
                (0..22).for_each(|_| twin.step());
                twin.settle();
                scene.take(Side::B, Camera::new(&twin).take(&twin, 6.0, true));
                for how in finding::of(&scene, &view).text.into_iter().filter_map(|p| p.how) {
                    if how.contains("over the validation samples") || how.contains("Share of the validation samples") {
                        same(&how, "the finding");
                    }
                }

                // Of the passes that training takes.
                let caption = scene.layers_caption(Side::A, &view);
                let from = behind(&caption, "frozen running statistics from step ");
                let running =
                    session.run().next_pass().statistics == Statistics::Running && norm.has_running_statistics();
                assert_eq!(from.is_some_and(|from| 23.0 >= from), running, "{caption}");
                let moved = behind(&caption, "shifted from step ").is_some_and(|from| 23.0 >= from);
                let plain = shifted("", config) == config || config.data.is_tokens();
                assert_eq!(moved, session.run().tuned() && !plain, "{caption}");

                let samples = Scan::<f32>::new(config).unwrap().samples();
                let caption = scene.landscape_caption(Side::A, &view);
                assert!(caption.starts_with(&format!("Loss on {samples} training samples")), "{caption}");
            }
        }
    }
    assert!(seen.iter().all(|n| *n >= 10), "{seen:?}");
}

/// Of two runs that are evaluated in different ways, each is told as it is.
#[test]
fn two_ways_of_evaluating_are_both_named() {
    let base = Config { shift_scale: 0.3, shift_offset: 0.5, ..Config::default() };
    let mut scene = Scene::default();
    scene.restart(Pair { a: Config { adapt: 32, prior: 0, ..base }, b: base });
    let caption = scene.curves_caption(&View::default());
    let end = "the validation set (shifted: contrast 0.3, brightness 0.5), A with statistics of 32 samples at a time, B \
               with running statistics";
    assert!(caption.ends_with(end), "{caption}");
    scene.restart(Pair::default());
    let caption = scene.curves_caption(&View::default());
    assert!(caption.ends_with("the validation set, BatchNorm with running statistics"), "{caption}");
}
