//! Lines over a common axis.

use crate::picture::{Picture, mark};
use normlab::chart::axis::Axis;
use normlab::chart::curves::{Curves, Event, Here, Line, Weight};
use normlab::chart::{Chart, TABLE_ROWS};

const SIZE: (u32, u32) = (640, 240);

pub fn line(weight: Weight, points: Vec<(f64, f64)>) -> Line {
    let end = if weight == Weight::Thick { "BatchNorm".into() } else { String::new() };
    Line { name: format!("{weight:?}"), end, mark: mark(), weight, points, band: Vec::new() }
}

pub fn curves(lines: Vec<Line>) -> Curves {
    Curves {
        x_name: "step".into(),
        y_name: "loss (nats)".into(),
        x: Axis::linear(0.0, 100.0),
        y: Axis::log(0.01, 10.0),
        percent: false,
        lines,
        events: Vec::new(),
        here: None,
    }
}

/// 2, 1, ½ … over the whole axis.
pub fn falling(n: usize) -> Vec<(f64, f64)> {
    (0..n).map(|i| (100.0 * i as f64 / (n - 1) as f64, 2.0 * 0.5f64.powi(i as i32))).collect()
}

#[test]
fn lines_bands_and_events_are_drawn_with_their_names() {
    let mut chart = curves(vec![line(Weight::Thick, falling(5)), line(Weight::Thin, falling(8))]);
    chart.lines[1].band = falling(8).iter().map(|(_, y)| (y * 0.7, y * 2.0)).collect();
    chart.events = vec![Event { x: 80.0, text: "linear1 not finite at step 80".into(), mark: mark() }];
    let picture = Picture::of(&Chart::Curves(chart), SIZE);
    for text in ["step", "loss (nats)", "BatchNorm", "linear1 not finite at step 80", "0.01", "10", "0", "80"] {
        assert!(picture.says(text), "{text}: {:?}", picture.texts);
    }
    let lengths: Vec<usize> = picture.marked("polyline").iter().map(|s| s.points().len()).collect();
    assert_eq!(lengths.iter().filter(|n| [5, 8].contains(*n)).count(), 2, "{lengths:?}");
    assert_eq!(picture.marked("polygon").iter().map(|s| s.points().len()).collect::<Vec<_>>(), [16]);
    picture.assert_texts_inside();
}

#[test]
fn nothing_and_a_single_point_have_pictures_too() {
    let empty = Chart::Curves(curves(vec![line(Weight::Thick, vec![])]));
    let picture = Picture::of(&empty, SIZE);
    assert!(picture.marked("polyline").is_empty() && picture.marked("circle").is_empty());
    assert!(picture.says("step") && !picture.says("BatchNorm"), "a name stands at the end of a line");
    assert_eq!(empty.read((640.0, 240.0), (200.0, 100.0)), None);
    assert!(empty.table().rows.is_empty());

    let one = Chart::Curves(curves(vec![line(Weight::Thick, vec![(50.0, 1.0)])]));
    let picture = Picture::of(&one, SIZE);
    assert!(picture.marked("polyline").is_empty());
    assert_eq!(picture.marked("circle").len(), 2, "the point and the marker beside its name");
    assert_eq!(one.table().rows, [["50", "1.00"]]);
    picture.assert_texts_inside();
}

#[test]
fn what_is_off_the_scale_is_marked_and_not_drawn_as_a_value() {
    let points =
        vec![(0.0, 1.0), (20.0, 1.0), (40.0, f64::INFINITY), (60.0, 1e300), (80.0, 1.0), (90.0, 0.0), (100.0, 1.0)];
    let chart = Chart::Curves(curves(vec![line(Weight::Thick, points)]));
    let picture = Picture::of(&chart, SIZE);
    let (top, bottom) = (22.0, 240.0 - 22.0);
    let pieces: Vec<Vec<(f64, f64)>> = picture.marked("polyline").iter().map(|s| s.points()).collect();
    assert_eq!(pieces.len(), 3, "{pieces:?}");
    for piece in &pieces {
        assert!(piece.iter().all(|p| (top - 0.5..=bottom + 0.5).contains(&p.1)), "{piece:?}");
        let along = |edge: f64| piece.windows(2).any(|w| w.iter().all(|p| (p.1 - edge).abs() < 1.0));
        assert!(!along(top) && !along(bottom), "no plateau at an edge: {piece:?}");
    }
    // Out and in again, at the top and at the bottom.
    let marks: Vec<Vec<(f64, f64)>> = picture.marked("polygon").iter().map(|s| s.points()).collect();
    assert_eq!(marks.iter().filter(|m| m[0].1 < m[1].1).count(), 2, "upwards: {marks:?}");
    assert_eq!(marks.iter().filter(|m| m[0].1 > m[1].1).count(), 2, "downwards: {marks:?}");
    assert!(picture.says("off scale"));
    picture.assert_texts_inside();

    let inside = Picture::of(&Chart::Curves(curves(vec![line(Weight::Thick, falling(5))])), SIZE);
    assert!(!inside.says("off scale") && inside.marked("polygon").is_empty());
}

#[test]
fn values_that_are_no_numbers_break_the_line_and_are_told() {
    let points = vec![(0.0, 1.0), (20.0, 2.0), (40.0, f64::NAN), (60.0, 1.0), (80.0, 2.0), (100.0, f64::NEG_INFINITY)];
    let mut thin = line(Weight::Thin, points.clone());
    thin.band = points.iter().map(|p| (p.1, p.1 * 2.0)).collect();
    let chart = Chart::Curves(curves(vec![thin, line(Weight::Thick, points)]));
    let picture = Picture::of(&chart, SIZE);
    for line in ["polyline", "polygon"].map(|tag| picture.marked(tag)).concat() {
        assert!(line.points().iter().all(|(x, y)| (0.0..=640.0).contains(x) && (0.0..=240.0).contains(y)));
    }
    assert_eq!(picture.marked("polyline").len(), 4, "two lines in two pieces each");
    assert_eq!(picture.marked("polygon").len(), 3, "the band in two pieces, and one mark for both lines at the bottom");
    let values: Vec<String> = chart.table().rows.into_iter().map(|mut row| row.remove(2)).collect();
    assert_eq!(values, ["1.00", "2.00", "missing", "1.00", "2.00", "−∞"]);
    let at = Picture::of(&chart, SIZE).marked("polyline")[0].points()[1];
    assert_eq!(chart.read((640.0, 240.0), at).unwrap().dots.len(), 1);
    let last = chart.read((640.0, 240.0), (640.0 - 120.0, 100.0)).unwrap();
    assert!(last.dots.is_empty() && last.rows[0].1.starts_with("−∞"), "nothing to point at: {last:?}");
}

/// The right end of the plot, which the grid's lines reach.
fn right_edge(picture: &Picture) -> f64 {
    let lines = picture.shapes.iter().filter(|s| s.tag == "polyline").map(|s| s.points());
    lines.filter(|p| p.len() == 2 && p[0].1 == p[1].1).map(|p| p[1].0).fold(0.0, f64::max)
}

#[test]
fn a_longer_run_that_was_there_before_ends_at_the_edge() {
    let mut ghost = line(Weight::Ghost, (0..=10).map(|i| (f64::from(40 * i), 1.0)).collect());
    ghost.mark = normlab::nn::norm::Norm::Group.card().mark;
    let chart = Curves { lines: vec![ghost, line(Weight::Thick, falling(5))], ..curves(vec![]) };
    let picture = Picture::of(&Chart::Curves(chart), SIZE);
    let most = right_edge(&picture);
    for shape in picture.shapes.iter().filter(|s| s.tag == "polyline") {
        assert!(shape.points().iter().all(|p| p.0 <= most + 1.0), "{:?} beyond {most}", shape.points());
    }
}

#[test]
fn names_at_the_ends_are_whole_and_apart_at_every_height() {
    for (y, longest) in [(2.0, "A: batch 2"), (0.01, "A: weight decay 0.0001"), (10.0, "BatchNorm")] {
        let mut lines = vec![line(Weight::Thick, vec![(0.0, 1.0), (100.0, y)]); 2];
        for (line, name) in lines.iter_mut().zip([longest, "B: batch 32"]) {
            line.end = name.into();
        }
        let picture = Picture::of(&Chart::Curves(curves(lines)), SIZE);
        let ends: Vec<_> = picture.texts.iter().filter(|t| t.text == longest || t.text == "B: batch 32").collect();
        assert!((ends[0].at.1 - ends[1].at.1).abs() >= 14.0, "{ends:?}");
        assert!(ends.iter().all(|t| t.at.0 + 0.6 * 12.0 * t.text.chars().count() as f64 <= 640.0), "{ends:?}");
        picture.assert_texts_inside();
    }
}

#[test]
fn where_names_have_no_room_beside_the_plot_they_stand_below() {
    let mut lines = vec![line(Weight::Thick, falling(5)), line(Weight::Thick, falling(9))];
    for (line, name) in lines.iter_mut().zip(["A: batch 2", "B: batch 32"]) {
        line.end = name.into();
    }
    let (narrow, wide) = (Chart::Curves(curves(lines.clone())), Chart::Curves(curves(lines)));
    for (picture, below) in [(Picture::of(&narrow, (320, 220)), true), (Picture::of(&wide, SIZE), false)] {
        for name in ["A: batch 2", "B: batch 32"] {
            let text = picture.texts.iter().find(|t| t.text == name).unwrap();
            let values = picture.texts.iter().find(|t| t.text == "0").unwrap();
            assert_eq!(text.at.1 > values.at.1, below, "{text:?}");
        }
        picture.assert_texts_inside();
    }
}

#[test]
fn the_last_step_is_written_whatever_the_width() {
    for width in [300, 640, 1000] {
        let chart = Curves { x: Axis::linear(0.0, 1000.0), ..curves(vec![line(Weight::Thick, falling(5))]) };
        let picture = Picture::of(&Chart::Curves(chart), (width, 240));
        assert!(picture.says("1000") && picture.says("step"), "{width}: {:?}", picture.texts);
        picture.assert_texts_inside();
    }
}

#[test]
fn shares_stand_in_percent_along_the_axis() {
    let mut chart = curves(vec![line(Weight::Thick, vec![(0.0, 0.1), (100.0, 0.9)])]);
    (chart.percent, chart.y) = (true, Axis::linear(0.0, 1.0));
    let picture = Picture::of(&Chart::Curves(chart), SIZE);
    assert!(picture.says("0 %") && picture.says("100 %") && !picture.says("1"), "{:?}", picture.texts);
    picture.assert_texts_inside();
}

#[test]
fn events_at_one_place_are_all_to_be_read() {
    for size in [SIZE, (300, 220)] {
        for x in [2.0, 50.0, 98.0] {
            let event = |text: &str, x| Event { x, text: text.into(), mark: mark() };
            let mut chart = curves(vec![line(Weight::Thick, falling(5))]);
            chart.events =
                vec![event("linear12 not finite at step 40", x), event("head not finite at step 41", x + 1.0)];
            let picture = Picture::of(&Chart::Curves(chart), size);
            let words: Vec<_> = picture.texts.iter().filter(|t| t.text.contains("finite")).collect();
            assert_eq!(words.len(), 2);
            assert!((words[0].at.1 - words[1].at.1).abs() >= 14.0, "{words:?}");
            picture.assert_texts_inside();
        }
    }
}

#[test]
fn a_chart_about_one_place_has_its_dot_there() {
    let points = vec![(-1.0, 2.0), (-0.5, 1.0), (0.0, 0.1), (0.5, 1.0), (1.0, 2.0)];
    let mut chart = curves(vec![line(Weight::Thick, points)]);
    (chart.x, chart.x_name) = (Axis::linear(-1.0, 1.0), "direction 1".into());
    assert_eq!(Chart::Curves(chart.clone()).read((240.0, 240.0), (120.0, 100.0)).unwrap().place, None);
    chart.here = Some(Here { x: 0.0, name: "present weights".into() });
    let mut broken = chart.clone();
    broken.lines[0].points.iter_mut().for_each(|p| p.1 = f64::INFINITY);
    assert_eq!(Chart::Curves(broken).read((240.0, 240.0), (120.0, 100.0)).unwrap().place, None, "nothing to go to");
    let chart = Chart::Curves(chart);
    let picture = Picture::of(&chart, (240, 240));
    for text in ["−1", "0", "1", "direction 1", "present weights"] {
        assert!(picture.says(text), "{text}: {:?}", picture.texts);
    }
    let dots: Vec<(f64, f64)> = picture.marked("circle").iter().map(|s| s.middle()).collect();
    let lowest = picture.marked("polyline")[0].points()[2];
    assert!(dots.iter().any(|d| (d.0 - lowest.0).abs() <= 1.0 && (d.1 - lowest.1).abs() <= 1.0), "{dots:?}");
    assert_eq!(dots.len(), 2, "the dot, and the one in the key");
    let reading = chart.read((240.0, 240.0), lowest).unwrap();
    assert_eq!(reading.title, "0 along direction 1: present weights");
    assert_eq!(reading.place, Some((0.0, 0.0)));
    picture.assert_texts_inside();
}

#[test]
fn under_the_pointer_stands_the_value_that_is_drawn_there() {
    let points = falling(5);
    let chart = Chart::Curves(curves(vec![line(Weight::Thick, points.clone())]));
    let path = Picture::of(&chart, SIZE).marked("polyline")[0].points();
    for ((x, y), at) in points.iter().zip(path) {
        let reading = chart.read((640.0, 240.0), (at.0 + 3.0, 10.0)).unwrap();
        assert_eq!(reading.title, format!("step {x}"));
        assert_eq!(reading.rows, [("Thick".to_owned(), normlab::chart::number::short(*y), Some(mark()))]);
        let (dot, guide) = (reading.dots[0], reading.guide.unwrap());
        assert!((dot.0 - at.0).abs() <= 0.5 && (dot.1 - at.1).abs() <= 0.5 && (guide.x - at.0).abs() <= 0.5);
    }
    assert_eq!(chart.read((640.0, 240.0), (10.0, 100.0)), None, "left of the plot");
    assert_eq!(chart.read((640.0, 240.0), (639.0, 100.0)), None, "right of it");
}

#[test]
fn a_line_that_has_ended_is_not_read_further_on() {
    let mut chart = curves(vec![line(Weight::Thick, falling(21)), line(Weight::Thick, falling(21)[..5].to_vec())]);
    chart.lines[1].name = "ended".into();
    chart.y = Axis::log(1e-6, 10.0);
    let chart = Chart::Curves(chart);
    let path = Picture::of(&chart, SIZE).marked("polyline")[0].points();
    let rows = |i: usize| chart.read((640.0, 240.0), path[i]).unwrap().rows.len();
    assert_eq!((rows(2), rows(12)), (2, 1));
    let column: Vec<String> = chart.table().rows.into_iter().map(|mut row| row.remove(2)).collect();
    assert_eq!(column.len(), 21);
    assert!(column[..5].iter().all(|v| v != "–") && column[5..].iter().all(|v| v == "–"), "{column:?}");
}

#[test]
fn between_points_far_apart_the_nearest_is_read_with_its_place() {
    let sparse = vec![(0.0, 4.0), (40.0, 2.0), (80.0, 1.0)];
    let mut chart = curves(vec![line(Weight::Thin, (0..=100).map(|i| (f64::from(i), 3.0)).collect())]);
    chart.lines.push(Line { name: "validation".into(), ..line(Weight::Thick, sparse) });
    let chart = Chart::Curves(chart);
    let path = Picture::of(&chart, SIZE).marked("polyline")[0].points();
    let value = |step: usize| {
        let rows = chart.read((640.0, 240.0), path[step]).unwrap().rows;
        rows.into_iter().find(|r| r.0 == "validation").map(|r| r.1)
    };
    assert_eq!(value(41).as_deref(), Some("2.00"));
    assert_eq!(value(55).as_deref(), Some("2.00 at step 40"));
    assert_eq!(value(99).as_deref(), Some("1.00 at step 80"), "the next one may still come");
}

/// The last bucket of a thinned series lies half its width before the last step, and stands for it.
#[test]
fn a_table_is_thinned_and_ends_with_the_last_point() {
    let thick: Vec<(f64, f64)> = (0..=500).map(|i| (f64::from(2 * i), 1.0)).collect();
    let buckets = (0..500).map(|i| (f64::from(2 * i) + 1.5, 0.5)).take(499).chain([(999.5, 0.25)]).collect();
    let table = curves(vec![line(Weight::Thick, thick), line(Weight::Thin, buckets)]).table();
    assert_eq!(table.head, ["step", "Thick", "Thin"]);
    assert!(table.rows.len() <= TABLE_ROWS + 1, "{}", table.rows.len());
    assert_eq!(*table.rows.last().unwrap(), ["1000", "1.00", "0.250"]);
}

#[test]
fn a_missing_value_breaks_the_line_and_is_said_to_be_missing() {
    let points = vec![(0.0, 1.0), (20.0, 1.0), (40.0, f64::NAN), (60.0, 2.0), (80.0, f64::NAN), (100.0, 1.0)];
    let chart = Chart::Curves(curves(vec![line(Weight::Thick, points)]));
    let picture = Picture::of(&chart, SIZE);
    assert_eq!(picture.marked("polyline").iter().map(|s| s.points().len()).collect::<Vec<_>>(), [2]);
    // The value between two missing ones, the last one, and the marker beside the name.
    assert_eq!(picture.marked("circle").len(), 3);
    let told: Vec<String> = chart.table().rows.into_iter().map(|mut row| row.remove(1)).collect();
    assert_eq!(told, ["1.00", "1.00", "missing", "2.00", "missing", "1.00"]);
}

#[test]
fn a_reference_is_named_above_its_line_and_read_with_the_others() {
    let reference = |y: f64, name: &str| Line {
        name: format!("{name}, read"),
        end: name.into(),
        mark: normlab::chart::Mark::NEUTRAL,
        ..line(Weight::Reference, vec![(0.0, y), (100.0, y)])
    };
    let lines = vec![reference(5.0, "2/η"), reference(9.0, "too near the edge"), line(Weight::Thick, falling(5))];
    let chart = Chart::Curves(curves(lines));
    let picture = Picture::of(&chart, SIZE);
    let at = |text: &str| picture.texts.iter().find(|t| t.text == text).map(|t| t.at.1);
    assert!(at("2/η").is_some() && at("too near the edge").is_none_or(|y| (y - at("2/η").unwrap()).abs() >= 12.0));
    picture.assert_texts_inside();
    let reading = chart.read((640.0, 240.0), (200.0, 100.0)).unwrap();
    let row = reading.rows.iter().find(|r| r.0 == "2/η, read").unwrap();
    assert_eq!(row.1, "5.00");
    assert_eq!(reading.dots.len(), 1, "a reference is not pointed at");
}
