//! Lines over a common axis.

use crate::picture::{Picture, mark};
use normlab::chart::axis::Axis;
use normlab::chart::curves::{Curves, Event, Line, Weight};
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
    }
}

/// 2, 1, ½ … over the whole axis.
pub fn falling(n: usize) -> Vec<(f64, f64)> {
    (0..n).map(|i| (100.0 * i as f64 / (n - 1) as f64, 2.0 * 0.5f64.powi(i as i32))).collect()
}

#[test]
fn lines_bands_and_events_are_drawn_with_their_names() {
    let mut chart = curves(vec![line(Weight::Thick, falling(5)), line(Weight::Thin, falling(8))]);
    chart.lines[1].band = falling(8).iter().map(|(_, y)| (y * 0.5, y * 2.0)).collect();
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
fn values_that_are_not_finite_stay_in_the_picture() {
    let points = vec![(0.0, 1.0), (20.0, f64::NAN), (40.0, f64::INFINITY), (60.0, f64::NEG_INFINITY), (80.0, 0.0)];
    let mut thin = line(Weight::Thin, points.clone());
    thin.band = points.iter().map(|p| (p.1, p.1 * 2.0)).collect();
    let chart = Chart::Curves(curves(vec![thin, line(Weight::Thick, points)]));
    let picture = Picture::of(&chart, SIZE);
    let shapes = [picture.marked("polyline"), picture.marked("polygon")].concat();
    assert_eq!(shapes.len(), 3);
    for (x, y) in shapes.iter().flat_map(|s| s.points()) {
        assert!((0.0..=640.0).contains(&x) && (0.0..=240.0).contains(&y), "({x}, {y})");
    }
    let path = picture.marked("polyline")[0].points();
    assert!(path[1].1 == path[2].1 && path[2].1 < path[0].1, "no number is drawn where infinity is: {path:?}");
    let values: Vec<String> = chart.table().rows.into_iter().map(|mut row| row.remove(2)).collect();
    assert_eq!(values, ["1.00", "not a number", "∞", "−∞", "0"]);
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
        assert!((dot.0 - at.0).abs() <= 0.5 && (dot.1 - at.1).abs() <= 0.5 && (guide - at.0).abs() <= 0.5);
    }
    assert_eq!(chart.read((640.0, 240.0), (10.0, 100.0)), None, "left of the plot");
    assert_eq!(chart.read((640.0, 240.0), (639.0, 100.0)), None, "right of it");
}

#[test]
fn a_line_that_has_ended_is_not_read_further_on() {
    let mut chart = curves(vec![line(Weight::Thick, falling(21)), line(Weight::Thick, falling(21)[..5].to_vec())]);
    chart.lines[1].name = "ended".into();
    let chart = Chart::Curves(chart);
    let path = Picture::of(&chart, SIZE).marked("polyline")[0].points();
    let rows = |i: usize| chart.read((640.0, 240.0), path[i]).unwrap().rows.len();
    assert_eq!((rows(2), rows(12)), (2, 1));
    let column: Vec<String> = chart.table().rows.into_iter().map(|mut row| row.remove(2)).collect();
    assert_eq!(column.len(), 21);
    assert!(column[..5].iter().all(|v| v != "–") && column[5..].iter().all(|v| v == "–"), "{column:?}");
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
