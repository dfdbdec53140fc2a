//! A histogram per layer.

use crate::picture::{Picture, mark};
use normlab::chart::Chart;
use normlab::chart::number::percent;
use normlab::chart::ridges::{Ridge, Ridges};

const SIZE: (u32, u32) = (300, 220);
const PAGE: (f64, f64) = (300.0, 220.0);

pub fn ridges(layers: usize, counts: &[u32]) -> Ridges {
    let ridge = |i| Ridge {
        name: format!("layer {}", i + 1),
        counts: counts.to_vec(),
        beyond: [0, 0],
        not_finite: 0,
        mean: i as f64,
        deviation: 1.0,
    };
    Ridges { x_name: "value".into(), range: 4.0, mark: mark(), layers: (0..layers).map(ridge).collect() }
}

#[test]
fn each_layer_is_filled_outlined_and_named() {
    let picture = Picture::of(&Chart::Ridges(ridges(3, &[1, 4, 9, 2])), SIZE);
    for text in ["value", "layer 1", "layer 2", "layer 3", "0", "−4", "4"] {
        assert!(picture.says(text), "{text}: {:?}", picture.texts);
    }
    assert_eq!((picture.marked("polygon").len(), picture.marked("polyline").len()), (3, 3));
    let outline = picture.marked("polyline")[0].points();
    let highest = outline.iter().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    assert_eq!((outline.len(), *highest), (6, outline[3]), "the third bin is the peak");
    picture.assert_texts_inside();
}

#[test]
fn nothing_a_single_bin_and_nothing_counted_have_pictures_too() {
    let empty = Chart::Ridges(ridges(0, &[]));
    assert!(Picture::of(&empty, SIZE).marked("polyline").is_empty());
    assert_eq!(empty.read(PAGE, (150.0, 100.0)), None);
    assert!(empty.table().rows.is_empty());
    for counts in [&[][..], &[7], &[0, 0, 0]] {
        let chart = Chart::Ridges(ridges(2, counts));
        let picture = Picture::of(&chart, SIZE);
        assert_eq!(picture.marked("polyline").len(), 2);
        assert_eq!(chart.read(PAGE, (150.0, 30.0)).unwrap().title, "layer 1");
        picture.assert_texts_inside();
    }
}

#[test]
fn what_is_not_finite_or_beyond_is_said() {
    let mut chart = ridges(2, &[1, 1]);
    chart.layers[0] = Ridge { not_finite: 2, mean: f64::NAN, deviation: f64::INFINITY, ..chart.layers[0].clone() };
    chart.layers[1].beyond = [1, 1];
    let chart = Chart::Ridges(chart);
    let picture = Picture::of(&chart, SIZE);
    assert!(picture.says("not finite") && picture.says("50.0 % beyond"), "{:?}", picture.texts);
    let table = chart.table();
    assert_eq!(table.rows[0], ["layer 1", "not a number", "∞", "0.0 %", "50.0 %"]);
    assert_eq!(table.rows[1], ["layer 2", "1.00", "1.00", "50.0 %", "0.0 %"]);
    let below = chart.read(PAGE, (150.0, 150.0)).unwrap();
    assert!(below.rows.iter().any(|r| r.1 == "25.0 %, 25.0 %"), "{below:?}");
    picture.assert_texts_inside();
}

#[test]
fn under_the_pointer_stands_the_bin_that_is_drawn_there() {
    let counts = [1, 4, 9, 2, 0, 8];
    let chart = Chart::Ridges(ridges(2, &counts));
    for (layer, shape) in Picture::of(&chart, SIZE).marked("polyline").iter().enumerate() {
        let outline = shape.points();
        for (i, count) in counts.iter().enumerate() {
            // The outline's first and last points close it.
            let reading = chart.read(PAGE, (outline[i + 1].0, outline[0].1 - 5.0)).unwrap();
            assert_eq!(reading.title, format!("layer {}", layer + 1));
            assert_eq!(reading.rows[0].1, percent(f64::from(*count) / 24.0), "bin {i}");
        }
    }
    assert_eq!(chart.read(PAGE, (150.0, 215.0)), None, "below the plot");
}

#[test]
fn forty_layers_keep_their_names_apart() {
    let picture = Picture::of(&Chart::Ridges(ridges(40, &[1, 3, 1])), SIZE);
    assert_eq!(picture.marked("polyline").len(), 40);
    let heights: Vec<f64> = picture.texts.iter().filter(|t| t.text.starts_with("layer")).map(|t| t.at.1).collect();
    assert!(heights.len() > 8 && heights.windows(2).all(|w| w[1] - w[0] >= 12.0), "{heights:?}");
    picture.assert_texts_inside();
}
