//! What a measurement on show says of the two runs.

use super::furthest::{self, gap};
use super::sentence::{Sentence, told};
use super::{Finding, Run};
use crate::edition::Edition;
use crate::measure::Measure;
use crate::scene::{Scene, measured, title};
use crate::state::pair::Side;
use crate::state::view::View;

/// Of the measure in the large chart, else of the one in the layer panels; and of what else was measured, if
/// that separates the runs clearly more.
pub(super) fn shown(scene: &Scene, view: &View, runs: [&Run; 2]) -> Option<Finding> {
    if !Edition::Full.is_here() || title::other_task(&scene.pair) {
        return None;
    }
    view.measures().into_iter().flatten().find_map(|measure| of(scene, measure, runs))
}

fn of(scene: &Scene, measure: &'static Measure, runs: [&Run; 2]) -> Option<Finding> {
    let record = |side| measured::record(scene, side, measure.name).filter(|r| !r.points.is_empty());
    let applies = [Side::A, Side::B].map(|side| measured::applies(scene, side, measure));
    if applies != [true; 2] {
        let side = if applies[0] { Side::A } else { Side::B };
        let (record, other) = (record(side)?, if applies[0] { Side::B } else { Side::A });
        let point = record.points.last()?;
        let sentence = Sentence { scene, measure, step: point.step };
        let found = sentence.alone(&told(scene, measure, side, record, point), other);
        return Some(found.and(furthest::than(scene, runs, measure, point.step, None)));
    }
    let (a, b) = (record(Side::A)?, record(Side::B)?);
    // The newest step at which both were measured: nothing else compares.
    let (p, q) = a.points.iter().rev().find_map(|p| Some((p, b.at(p.step)?)))?;
    let sentence = Sentence { scene, measure, step: p.step };
    let (a, b) = (told(scene, measure, Side::A, a, p), told(scene, measure, Side::B, b, q));
    let apart = a.value.zip(b.value).and_then(|(x, y)| gap(measure.contrast, x, y));
    Some(sentence.compare(&a, &b).and(furthest::than(scene, runs, measure, p.step, apart)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::number::short;
    use crate::measure::named;
    use crate::measure::records::Record;
    use crate::scene::finding::Piece;
    use crate::session::Session;
    use crate::session::frame::{Camera, Frame};
    use crate::state::pair::Pair;
    use crate::state::view::{Curve, Layers};

    /// Both runs after so many steps, with what the view shows measured.
    fn scene(pair: Pair, view: &View, steps: usize) -> Scene {
        let mut scene = Scene::default();
        scene.restart(pair);
        for (side, config) in [(Side::A, pair.a), (Side::B, pair.b)] {
            let mut session = Session::new(config).unwrap();
            let measures: Vec<&'static Measure> = view.measures().into_iter().flatten().collect();
            session.watch(&measures, 10);
            for _ in 0..steps {
                while session.measure() {}
                session.step();
            }
            while session.measure() {}
            session.settle();
            scene.take(side, Camera::new(&session).take(&session, 6.0, true));
        }
        scene
    }

    fn curve(name: &str) -> View {
        View { curve: Curve::Measure(named(name).unwrap()), ..View::default() }
    }

    /// The pieces that speak of the measure on show, without those of what separates the runs more.
    fn first(finding: &Finding) -> impl Iterator<Item = &Piece> {
        finding.text.iter().take_while(|p| !p.text.starts_with(" Furthest apart"))
    }

    fn sentence(finding: &Finding) -> String {
        first(finding).map(|p| p.text.as_str()).collect()
    }

    fn found(pair: Pair, view: &View, steps: usize) -> Finding {
        super::super::of(&scene(pair, view, steps), view)
    }

    #[test]
    fn a_measure_on_show_is_what_the_sentence_speaks_of() {
        let found = found(Pair::default(), &curve("loss_range"), 44);
        let said = sentence(&found);
        assert!(
            said.starts_with("At step 40 the variation of the loss along the gradient is ")
                && said.contains(" smaller for "),
            "{said}"
        );
        let how = found.text.iter().filter_map(|p| p.how.as_deref()).nth(1).unwrap();
        assert!(how.contains("next mini-batch") && how.contains("After 40 steps."), "{how}");
        assert!(found.headline.ends_with('×'));
    }

    /// The numbers of the sentence are those of the records.
    #[test]
    fn the_numbers_are_the_measured_ones_at_a_step_of_both() {
        let (pair, view) = (Pair::default(), curve("smoothness"));
        let mut scene = scene(pair, &view, 40);
        let frame = scene.frame(Side::A).unwrap().clone();
        let records = frame.records.iter().map(|r| Record { points: r.points[..3].to_vec(), ..r.clone() }).collect();
        scene.take(Side::A, Frame { records, ..frame });
        let value = |side| {
            let record = measured::record(&scene, side, "smoothness").unwrap();
            record.at(20).unwrap().value.unwrap()
        };
        let (a, b) = (value(Side::A), value(Side::B));
        let found = super::super::of(&scene, &view);
        let numbers: Vec<&str> = first(&found).filter(|p| p.how.is_some()).map(|p| p.text.as_str()).collect();
        assert!(sentence(&found).starts_with("At step 20 "), "{}", sentence(&found));
        let ratio = a.max(b) / a.min(b);
        let want = [short(a.min(b)), short(a.max(b))];
        assert_eq!(numbers[numbers.len() - 2..], want, "ratio {ratio}");
    }

    #[test]
    fn layers_are_told_by_their_median_and_shares_as_percentages() {
        let view = View { layers: Layers::Measure(named("saturated").unwrap()), ..View::default() };
        let found = found(Pair::default(), &view, 20);
        let said = sentence(&found);
        assert!(said.starts_with("At step 20 the share of saturated values, in the median layer, is "), "{said}");
        assert!(said.contains(" % for no norm, ") && said.ends_with(" % for BatchNorm."), "{said}");
    }

    #[test]
    fn what_one_run_alone_has_is_not_compared() {
        let found = found(Pair::default(), &curve("mean_gap"), 20);
        let said = sentence(&found);
        assert!(said.ends_with(" for BatchNorm; no norm has nothing of it to measure."), "{said}");
        assert_eq!(found.about, Side::B);
    }

    #[test]
    fn what_is_missing_is_said_to_be_missing() {
        let mut scene = scene(Pair::default(), &curve("smoothness"), 10);
        let frame = scene.frame(Side::A).unwrap().clone();
        let mut records = frame.records.clone();
        records.iter_mut().flat_map(|r| &mut r.points).for_each(|p| (p.value, p.ends) = (None, None));
        scene.take(Side::A, Frame { records, ..frame });
        let found = super::super::of(&scene, &curve("smoothness"));
        assert_eq!(found.headline, "missing");
        assert!(sentence(&found).contains(" is missing for no norm, "), "{}", sentence(&found));
    }

    #[test]
    fn nothing_measured_yet_leaves_the_sentence_to_others() {
        let scene = scene(Pair::default(), &View::default(), 100);
        assert!(sentence(&super::super::of(&scene, &curve("smoothness"))).contains("classifies"));
    }
}
