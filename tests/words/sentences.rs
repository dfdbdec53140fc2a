//! No sentence, caption, badge or headline claims what the numbers beside it do not show.

use crate::draw;
use normlab::chart::number::{percent, short};
use normlab::choice::Choices;
use normlab::config::Config;
use normlab::config::fields::FIELDS;
use normlab::nn::model::Family;
use normlab::nn::norm::Norm;
use normlab::rng::Stream;
use normlab::run::Run;
use normlab::run::chance::{is_guessing, least_difference};
use normlab::run::samples::Samples;
use normlab::scene::finding::{self, Finding};
use normlab::scene::title::Shared;
use normlab::scene::{Scene, badge};
use normlab::session::Session;
use normlab::session::frame::{Camera, Frame};
use normlab::state::pair::{Pair, Side};
use normlab::state::view::{Curve, Layers, View};
use std::collections::BTreeMap;

/// Words that say that two runs are one.
const CLAIMS: &[&str] = &["same", "equal", "identical", "no difference", "a = b", "must agree"];

fn claims(text: &str) -> Option<&'static str> {
    CLAIMS.iter().copied().find(|claim| text.to_lowercase().contains(claim))
}

fn frame(config: Config, steps: u64) -> Frame {
    let mut session = Session::new(config).unwrap();
    (0..steps).for_each(|_| session.step());
    session.settle();
    Camera::new(&session).take(&session, 6.0, true)
}

fn scene(pair: Pair, steps: [u64; 2]) -> Scene {
    let mut scene = Scene::default();
    scene.restart(pair);
    scene.take(Side::A, frame(pair.a, steps[0]));
    scene.take(Side::B, frame(pair.b, steps[1]));
    scene
}

fn sentence(found: &Finding) -> String {
    found.text.iter().map(|p| p.text.as_str()).collect()
}

/// Every number of a run that the page shows, as bits.
fn numbers(frame: &Frame) -> Vec<u64> {
    let validations = frame.validations.iter().flat_map(|v| [v.loss, v.accuracy, v.loss_batch, v.accuracy_batch]);
    let series = [&frame.loss, &frame.accuracy].into_iter().flat_map(|s| s.mean.iter().map(|v| f64::from(*v)));
    let bits = |v: f64| if v.is_nan() { u64::MAX } else { v.to_bits() };
    let print = u64::from_str_radix(&frame.fingerprint.1, 16).unwrap();
    validations.chain(series).map(bits).chain([print]).collect()
}

/// All that is said of two runs, but for the title.
fn texts(scene: &Scene, view: &View) -> Vec<String> {
    let found = finding::of(scene, view);
    let mut all = vec![found.headline.clone(), sentence(&found), scene.curves_caption(view)];
    all.extend(found.text.into_iter().filter_map(|p| p.how));
    for side in [Side::A, Side::B] {
        all.push(scene.layers_caption(side, view));
        all.push(scene.landscape_caption(side, view));
        all.extend(badge::of(scene, side).into_iter().flat_map(|b| [b.text, b.how.to_owned()]));
    }
    all.iter().map(|text| without_shared(text)).collect()
}

/// What two runs are said to share they do share, in every step that they take.
fn sharing_is_true(pair: &Pair, steps: u64, why: &str) {
    let shared = Shared::of(pair);
    let (a, b) = (Samples::<f32>::of(&pair.a).set, Samples::<f32>::of(&pair.b).set);
    assert!(!shared.data || (a.train == b.train && a.validation == b.validation), "same data: {why}");
    let [mut a, mut b] = [pair.a, pair.b].map(|config| Run::<f32>::new(config).unwrap());
    if shared.weights {
        let weights = |run: &Run<f32>| -> BTreeMap<String, Vec<u32>> {
            let tensors = run.network().layout().params.tensors();
            let bits = |t: &normlab::nn::layout::Tensor| {
                run.state().params[t.range.clone()].iter().map(|v| v.to_bits()).collect()
            };
            tensors.iter().map(|t| (t.name.clone(), bits(t))).collect()
        };
        let (a, b) = (weights(&a), weights(&b));
        assert!(a.iter().all(|(name, values)| b.get(name).is_none_or(|other| other == values)), "same weights: {why}");
    }
    let sorted = |run: &Run<f32>| {
        let mut indices = run.indices().to_vec();
        indices.sort_unstable();
        indices
    };
    for _ in 0..if shared.batches { steps } else { 0 } {
        if a.divergence().is_some() || b.divergence().is_some() {
            break;
        }
        assert!(sorted(&a) == sorted(&b) && a.tuned() == b.tuned(), "same batches at step {}: {why}", a.steps());
        a.step();
        b.step();
    }
}

/// A text without what is said of what two runs share: that is put to the test on its own.
fn without_shared(text: &str) -> String {
    let shared = ["same data", "same weights", "same batches", "same mini-batches", "all else is the same"];
    shared.iter().fold(text.to_lowercase(), |text, words| text.replace(words, ""))
}

/// What the title says beside what two runs share.
fn rest_of_title(scene: &Scene, pair: &Pair) -> String {
    let title = scene.title(pair);
    let text = without_shared(&format!("{} {}", title.title, title.lede));
    // Of two seeds the settings are the same indeed.
    let others = FIELDS.iter().filter(|f| f.name != "seed").all(|f| f.get(&pair.a) == f.get(&pair.b));
    if others { text.replace("same settings", "") } else { text }
}

/// What a finding says is what its numbers show.
fn bears_out(found: &Finding, scene: &Scene, pair: &Pair) -> Result<(), String> {
    let why = sentence(found);
    let shown = |yes: bool| if yes { Ok(()) } else { Err(format!("{}: {why}", found.headline)) };
    let frames = [Side::A, Side::B].map(|side| scene.frame(side).unwrap());
    let step =
        frames[0].validations.iter().rev().map(|v| v.step).find(|s| frames[1].validations.iter().any(|v| v.step == *s));
    let at = frames.map(|f| *f.validations.iter().find(|v| Some(v.step) == step).unwrap());
    let last = frames.map(|f| *f.validations.last().unwrap());
    let gap = at[0].accuracy - at[1].accuracy;
    let least = least_difference(at[0].accuracy, at[1].accuracy, at[0].samples.min(at[1].samples));
    let index = |side: Side| usize::from(side == Side::B);
    if let Some(points) = found.headline.strip_prefix('+').and_then(|h| h.strip_suffix(" points")) {
        let better = index(found.about);
        shown(at[better].accuracy > at[1 - better].accuracy && gap.abs() > least)?;
        shown({
            let (x, y) = (points, format!("{:.0}", gap.abs() * 100.0));
            x == y
        })?;
    }
    if why.contains("too close to tell apart") {
        shown(gap.abs() <= least)?;
    }
    let config = |i: usize| if i == 0 { pair.a } else { pair.b };
    let guesses = |i: usize| {
        let (classes, guessing) = (config(i).data.classes(), config(i).guessing());
        (at[i].accuracy.is_nan() || is_guessing(at[i].accuracy, classes, at[i].samples))
            && at[i].loss >= 0.98 * guessing
    };
    let named = |verb: &str| [0, 1].into_iter().find(|&i| why.contains(&format!("{}{verb}", percent(at[i].accuracy))));
    if let Some(i) = named(", which is still guessing") {
        shown(guesses(i) || guesses(1 - i))?;
    }
    if why.starts_with("Neither has learned anything yet") {
        shown(guesses(0) && guesses(1))?;
    }
    if why.contains("loss no lower than that of guessing: ") {
        shown((0..2).any(|i| at[i].loss >= config(i).guessing()))?;
    }
    if why.contains("do not match") {
        let i = index(found.about);
        shown(last[i].accuracy_batch - last[i].accuracy >= 0.1)?;
    }
    if found.headline == "±1" {
        let layers = &frames[index(found.about)].layers;
        shown(layers[0].gradient <= 0.01 * layers.last().unwrap().gradient)?;
        shown(config(index(found.about)).eps.is_none_or(|eps| eps <= 1e-5))?;
    }
    if found.headline == "no score" {
        shown(!last[index(found.about)].loss.is_finite())?;
    }
    if found.headline == "diverged" {
        shown(frames[index(found.about)].divergence.is_some())?;
    }
    if let Some(times) = found.headline.strip_suffix('×') {
        let better = index(found.about);
        shown({
            let (x, y) = (times, short(at[1 - better].loss / at[better].loss));
            x == y
        })?;
    }
    if ["diverged", "±1", "no score", "…", "start"].contains(&found.headline.as_str()) {
        return Ok(());
    }
    // Whatever stands there as a number is one.
    let mut known: Vec<String> = at
        .iter()
        .chain(&last)
        .flat_map(|v| [percent(v.accuracy), percent(v.accuracy_batch), short(v.loss), short(v.loss_batch)])
        .collect();
    known.push("too close to tell apart".into());
    known.push(frames[0].fingerprint.1[..4].into());
    for (x, y) in [(0, 1), (1, 0)] {
        known.push(format!("{} times", short(at[x].loss / at[y].loss)));
    }
    for piece in found.text.iter().filter(|p| p.how.is_some()) {
        shown(known.contains(&piece.text)).map_err(|said| format!("{}: {said}", piece.text))?;
    }
    Ok(())
}

/// For every field, family and normalization: two values of it, and all that is said of the two runs.
#[test]
fn what_differs_is_never_said_to_be_the_same() {
    let mut stream = Stream::new(1, "words");
    let mut wrong = Vec::new();
    let mut tried: BTreeMap<&str, usize> = BTreeMap::new();
    let mut headlines: BTreeMap<String, usize> = BTreeMap::new();
    let views = [View::default(), View { curve: Curve::Accuracy, layers: Layers::Gradients, ..View::default() }];
    for field in FIELDS {
        for &family in Family::ALL {
            for &norm in Norm::ALL {
                // Half of them, and of what has nothing to do with the normalization a quarter.
                let own = ["Normalization", "Shift"].contains(&field.group);
                let skip = stream.below(if own { 2 } else { 4 }) > 0;
                // What only the last family has must not be left to chance.
                let due = family == Family::Transformer && !tried.contains_key(field.name);
                let mut extra = Stream::new(4, field.name);
                let stream = match skip {
                    true if due => &mut extra,
                    true => continue,
                    false => &mut stream,
                };
                let Some([a, b]) = draw::pair(stream, family, norm, field) else { continue };
                let pair = Pair { a, b };
                let steps = *draw::pick(stream, &[1, 10, 24, 24, 60]);
                let scene = scene(pair, [steps, steps]);
                let why = format!("{} = {} or {} after {steps} of {a:?}", field.name, field.get(&a), field.get(&b));
                *tried.entry(field.name).or_default() += 1;
                let [x, y] = [Side::A, Side::B].map(|side| numbers(scene.frame(side).unwrap()));
                for view in &views {
                    let found = finding::of(&scene, view);
                    let mut all = texts(&scene, view);
                    all.push(rest_of_title(&scene, &pair));
                    if x != y {
                        let claim = all.iter().find_map(|text| claims(text).map(|claim| (claim, text)));
                        wrong.extend(claim.map(|claim| format!("{claim:?}, but the numbers differ: {why}")));
                    } else if !["A = B", "diverged"].contains(&found.headline.as_str()) {
                        wrong.push(format!("{}, but all numbers agree: {why}", found.headline));
                    }
                    if let Err(said) = bears_out(&found, &scene, &pair) {
                        wrong.push(format!("{said}: {why}"));
                    }
                    *headlines.entry(found.headline).or_default() += 1;
                }
                sharing_is_true(&pair, steps.min(24), &why);
            }
        }
    }
    println!("{tried:?}\n{headlines:?}");
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
    for field in FIELDS {
        assert!(tried.contains_key(field.name), "no pair differs in {}", field.name);
    }
    for seen in ["A = B", "A ≠ B", "≈", "start", "diverged", "guessing"] {
        assert!(headlines.contains_key(seen), "{seen}");
    }
}

/// Settings that the table calls idle make no difference, so that a pair may be said to have none.
#[test]
fn runs_without_a_difference_in_what_matters_agree_in_every_number() {
    let mut stream = Stream::new(2, "words");
    let mut matter = Vec::new();
    for field in FIELDS {
        for _ in 0..6 {
            let (family, norm) = (*draw::pick(&mut stream, Family::ALL), *draw::pick(&mut stream, Norm::ALL));
            let Some([a, b]) = draw::pair(&mut stream, family, norm, field) else { continue };
            if (field.relevant)(&a) && (field.relevant)(&b) {
                continue;
            }
            let scene = scene(Pair { a, b }, [24, 24]);
            if scene.title(&Pair { a, b }).title.contains("No difference") {
                let [x, y] = [Side::A, Side::B].map(|side| numbers(scene.frame(side).unwrap()));
                if x != y {
                    matter.push(format!("{} = {} or {} of {a:?}", field.name, field.get(&a), field.get(&b)));
                }
            }
        }
    }
    assert!(matter.is_empty(), "{}", matter.join("\n"));
}

/// The preset, and what else acts at evaluation alone.
#[test]
fn what_differs_at_evaluation_alone_is_said_to() {
    let base = Config { shift_scale: 0.3, shift_offset: 0.5, ..Config::default() };
    for (a, b) in [
        (Config { adapt: 32, prior: 0, ..base }, base),
        (Config { adapt: 32, prior: 0, ..base }, Config { adapt: 32, prior: 64, ..base }),
        (base, Config { shift_scale: 0.7, ..base }),
        (base, Config { shift_noise: 1.0, ..base }),
    ] {
        let scene = scene(Pair { a, b }, [100, 100]);
        let found = finding::of(&scene, &View::default());
        let said = sentence(&found);
        let [x, y] = [Side::A, Side::B].map(|side| *scene.frame(side).unwrap().validations.last().unwrap());
        assert!(
            said.starts_with("A and B train alike, bit for bit: after 100 steps both have the fingerprint "),
            "{said}"
        );
        assert!(said.contains("They part at evaluation"), "{said}");
        for v in [x, y] {
            assert!(said.contains(&percent(v.accuracy)) && said.contains(&short(v.loss)), "{said}");
        }
        assert_ne!(found.headline, "A = B");
    }
}

/// One run moved by hand, of two with one configuration.
#[test]
fn a_run_that_was_moved_is_not_its_twin() {
    let config = Config { width: 8, depth: 1, ..Config::default() };
    let mut scene = scene(Pair { a: config, b: config }, [24, 24]);
    let mut session = Session::new(config).unwrap();
    let start = session.run().state().clone();
    (0..12).for_each(|_| session.step());
    session.move_to(start);
    (0..12).for_each(|_| session.step());
    session.settle();
    scene.take(Side::A, Camera::new(&session).take(&session, 6.0, true));
    let found = finding::of(&scene, &View::default());
    assert_eq!(claims(&format!("{} {}", found.headline, sentence(&found))), None);
}
