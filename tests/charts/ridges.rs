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
    let layers = (0..layers).map(ridge).collect();
    Ridges { x_name: "value".into(), range: 4.0, mark: mark(), aside: false, layers }
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
    chart.aside = true;
    chart.layers[0] = Ridge { not_finite: 2, mean: f64::NAN, deviation: f64::INFINITY, ..chart.layers[0].clone() };
    chart.layers[1].beyond = [1, 1];
    let chart = Chart::Ridges(chart);
    let picture = Picture::of(&chart, SIZE);
    assert!(picture.says("not finite") && picture.says("←50 %→") && picture.says("off axis"), "{:?}", picture.texts);
    let most = picture.marked("polyline").iter().flat_map(|s| s.points()).map(|p| p.0).fold(0.0, f64::max);
    let notes = picture.texts.iter().filter(|t| t.text == "not finite" || t.text.contains('%'));
    assert!(notes.clone().count() == 2 && notes.clone().all(|t| t.at.0 > most), "beside the ridges: {most}");
    let table = chart.table();
    assert_eq!(table.rows[0], ["layer 1", "–", "∞", "0.0 %", "50.0 %"]);
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
fn the_arrow_points_to_where_the_rest_lies() {
    for (beyond, note) in [([9, 0], "←9 %"), ([0, 9], "9 %→"), ([5, 4], "←9 %→"), ([1, 0], ""), ([0, 0], "")] {
        let mut chart = ridges(1, &[0]);
        chart.aside = true;
        chart.layers[0] = Ridge { counts: vec![100 - beyond[0] - beyond[1]], beyond, ..chart.layers[0].clone() };
        let picture = Picture::of(&Chart::Ridges(chart), SIZE);
        let said: Vec<&str> = picture.texts.iter().map(|t| t.text.as_str()).filter(|t| t.contains('%')).collect();
        assert_eq!(said, if note.is_empty() { vec![] } else { vec![note] });
    }
}

/// Means go from 0 in steps of 1 along an axis that ends at 4; ±1 around each.
#[test]
fn of_many_layers_mean_and_deviation_are_drawn() {
    for layers in [17, 40, 128] {
        let mut chart = ridges(layers, &[1, 3, 1]);
        chart.layers[2].deviation = f64::NAN;
        let picture = Picture::of(&Chart::Ridges(chart), SIZE);
        assert!(picture.says("value: mean ± std. deviation"), "{:?}", picture.texts);
        let means: Vec<f64> = picture.marked("polyline").iter().map(|s| s.points()[0].0).collect();
        assert_eq!(means.len(), 4, "0, 1, 3 and 4: {means:?}");
        assert!((means[3] - means[2] - (means[1] - means[0])).abs() <= 2.0 && means[1] > means[0]);
        let bars: Vec<(f64, f64)> = picture.marked("rect").iter().map(|s| (s.number("x"), s.number("width"))).collect();
        assert_eq!(bars.len(), layers - 1, "all but the one that has no deviation");
        let unit = means[1] - means[0];
        assert!((bars[0].0 - (means[0] - unit)).abs() <= 1.5 && (bars[0].1 - 2.0 * unit).abs() <= 1.5, "{bars:?}");
        assert!(bars.iter().all(|(x, width)| x + width <= 300.0 - 8.0 + 1.0), "{bars:?}");
        picture.assert_texts_inside();
    }
    assert_eq!(Picture::of(&Chart::Ridges(ridges(16, &[1, 3, 1])), SIZE).marked("polygon").len(), 16);
}

#[test]
fn long_names_are_shortened_and_leave_room_for_the_plot() {
    let mut chart = ridges(3, &[1, 3, 1]);
    for (i, layer) in chart.layers.iter_mut().enumerate() {
        layer.name = format!("encoder.block{i}.attention.gelu");
    }
    let picture = Picture::of(&Chart::Ridges(chart), SIZE);
    assert_eq!(picture.texts.iter().filter(|t| t.text == "encoder.…on.gelu").count(), 3, "{:?}", picture.texts);
    let outline = picture.marked("polyline")[0].points();
    assert!(outline.last().unwrap().0 - outline[0].0 > 120.0, "{outline:?}");
    picture.assert_texts_inside();
}

#[test]
fn many_layers_keep_their_names_apart() {
    for layers in [40, 128] {
        let picture = Picture::of(&Chart::Ridges(ridges(layers, &[1, 3, 1])), SIZE);
        let heights: Vec<f64> = picture.texts.iter().filter(|t| t.text.starts_with("layer")).map(|t| t.at.1).collect();
        assert!(heights.len() > 8 && heights.windows(2).all(|w| w[1] - w[0] >= 12.0), "{heights:?}");
        picture.assert_texts_inside();
    }
}
