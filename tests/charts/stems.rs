//! A number per layer.

use crate::picture::{Picture, mark};
use normlab::chart::Chart;
use normlab::chart::axis::Axis;
use normlab::chart::number::short;
use normlab::chart::stems::{Stem, Stems};

const SIZE: (u32, u32) = (300, 220);
const PAGE: (f64, f64) = (300.0, 220.0);

pub fn stems(values: &[f64]) -> Stems {
    let stem = |(i, &value)| Stem { name: format!("layer {}", i + 1), value: Some(value), expected: None };
    Stems {
        name: "gradient norm".into(),
        axis: Axis::log(1e-4, 1.0),
        percent: false,
        expectation: String::new(),
        mark: mark(),
        layers: values.iter().enumerate().map(stem).collect(),
    }
}

#[test]
fn each_layer_has_a_stem_and_a_name() {
    let picture = Picture::of(&Chart::Stems(stems(&[0.1, 0.01])), SIZE);
    for text in ["gradient norm", "layer 1", "layer 2", "0.1", "1"] {
        assert!(picture.says(text), "{text}: {:?}", picture.texts);
    }
    let heads: Vec<(f64, f64)> = picture.marked("circle").iter().map(|s| s.middle()).collect();
    assert_eq!((heads.len(), picture.marked("polyline").len()), (2, 2));
    assert!(heads[0].0 > heads[1].0 && heads[0].1 < heads[1].1, "the larger reaches further, the first is on top");
    picture.assert_texts_inside();
}

#[test]
fn nothing_zero_and_values_that_are_not_finite_have_pictures_too() {
    let empty = Chart::Stems(stems(&[]));
    let picture = Picture::of(&empty, SIZE);
    assert!(picture.marked("circle").is_empty() && picture.says("gradient norm"));
    assert_eq!(empty.read(PAGE, (150.0, 100.0)), None);
    assert!(empty.table().rows.is_empty());

    let chart = Chart::Stems(stems(&[0.0, f64::NAN, f64::INFINITY, 1e-300, 1e300]));
    let picture = Picture::of(&chart, SIZE);
    assert_eq!(picture.texts.iter().filter(|t| t.text == "not finite").count(), 2);
    assert!(picture.says("0"));
    let heads: Vec<f64> = picture.marked("circle").iter().map(|s| s.middle().0).collect();
    assert_eq!(heads.len(), 3);
    assert!(heads.iter().all(|x| (0.0..=300.0).contains(x)), "{heads:?}");
    let told: Vec<String> = chart.table().rows.into_iter().map(|mut row| row.remove(1)).collect();
    assert_eq!(told, ["0", "not a number", "∞", "10⁻³⁰⁰", "10³⁰⁰"]);
    picture.assert_texts_inside();
}

#[test]
fn under_the_pointer_stands_the_layer_that_is_drawn_there() {
    let values = [0.5, 0.02, 0.003];
    let chart = Chart::Stems(stems(&values));
    for (i, head) in Picture::of(&chart, SIZE).marked("circle").iter().enumerate() {
        let reading = chart.read(PAGE, head.middle()).unwrap();
        assert_eq!(reading.title, format!("layer {}", i + 1));
        assert_eq!(reading.rows[0], ("gradient norm".to_owned(), short(values[i]), Some(mark())));
    }
    assert_eq!(chart.read(PAGE, (150.0, 2.0)), None, "above the plot");
}

#[test]
fn many_layers_keep_their_names_and_words_apart() {
    for layers in [40, 128] {
        let mut values = vec![0.1; layers];
        values[20..30].fill(f64::NAN);
        values[30..40].fill(0.0);
        let picture = Picture::of(&Chart::Stems(stems(&values)), SIZE);
        assert_eq!(picture.marked("circle").len(), layers - 10);
        for start in ["layer", "not finite"] {
            let said = picture.texts.iter().filter(|t| t.text.starts_with(start));
            let heights: Vec<f64> = said.map(|t| t.at.1).collect();
            assert!(!heights.is_empty() && heights.windows(2).all(|w| w[1] - w[0] >= 10.0), "{heights:?}");
        }
        picture.assert_texts_inside();
    }
}

#[test]
fn shares_start_at_zero_beside_what_is_expected_and_what_is_missing() {
    let stem = |name: &str, value, expected| Stem { name: name.into(), value, expected };
    let chart = Chart::Stems(Stems {
        name: "dead units".into(),
        axis: Axis::linear(-0.5, 1.0),
        percent: true,
        expectation: "expected".into(),
        mark: mark(),
        layers: vec![
            stem("layer 1", Some(0.5), Some(0.25)),
            stem("layer 2", Some(-0.25), None),
            stem("layer 3", None, Some(0.25)),
        ],
    });
    let picture = Picture::of(&chart, SIZE);
    assert!(picture.says("missing") && picture.says("50 %"), "{:?}", picture.texts);
    let stems: Vec<Vec<(f64, f64)>> = picture.marked("polyline").iter().map(|s| s.points()).collect();
    assert_eq!(stems.len(), 2);
    assert!((stems[0][0].0 - stems[1][0].0).abs() < 1.0, "both begin at 0");
    assert!(stems[0][1].0 > stems[0][0].0 && stems[1][1].0 < stems[1][0].0);
    let table = chart.table();
    assert_eq!(table.head, ["layer", "dead units", "expected"]);
    assert_eq!(table.rows[0], ["layer 1", "50.0 %", "25.0 %"]);
    assert_eq!(table.rows[2], ["layer 3", "missing", "25.0 %"]);
    let reading = chart.read(PAGE, (150.0, 40.0)).unwrap();
    assert_eq!(reading.rows.len(), 2);
    picture.assert_texts_inside();
}

#[test]
fn long_names_leave_the_plot_most_of_its_width() {
    let mut chart = stems(&[0.1; 32]);
    for (i, layer) in chart.layers.iter_mut().enumerate() {
        layer.name = format!("step {} · relu {}", i / 2 + 1, i % 2 + 1);
    }
    let chart = Chart::Stems(chart);
    let picture = Picture::of(&chart, (200, 400));
    assert!(picture.says("step 1") && picture.says("step 16"), "{:?}", picture.texts);
    assert!(!picture.texts.iter().any(|t| t.text.contains('·')), "{:?}", picture.texts);
    let rows: Vec<f64> = picture.texts.iter().filter(|t| t.text.starts_with("step ")).map(|t| t.at.1).collect();
    assert!(rows.windows(2).all(|pair| pair[1] - pair[0] >= 13.0), "{rows:?}");
    let foot = picture.marked("polyline")[0].points()[0];
    assert!(foot.0 <= 0.3 * 200.0, "the plot begins at {}", foot.0);
    // Under the pointer and in the table each has its whole name.
    assert_eq!(chart.read((200.0, 400.0), (100.0, 20.0)).unwrap().title, "step 1 · relu 1");
    assert_eq!(chart.table().rows[1][0], "step 1 · relu 2");
    // Where there is room, beside the plot too.
    assert!(Picture::of(&chart, (700, 700)).says("step 2 · relu 1"));
}
