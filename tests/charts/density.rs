//! How many numbers lie where.

use crate::picture::{Picture, mark};
use normlab::chart::Chart;
use normlab::chart::density::Density;
use normlab::chart::number::short;

const SIZE: (u32, u32) = (300, 220);
const PAGE: (f64, f64) = (300.0, 220.0);

pub fn density(nodes: &[(f64, f64)], edge: f64) -> Density {
    let x = Density::places(nodes.iter().map(|n| n.0));
    Density {
        name: "eigenvalue".into(),
        y: Density::heights(&x, nodes),
        x,
        mark: mark(),
        nodes: nodes.to_vec(),
        edge: Some((edge, "2/η")),
    }
}

/// The curve alone: the fill has two corners more.
fn curve(picture: &Picture) -> Vec<(f64, f64)> {
    picture.shapes.iter().filter(|s| s.tag == "polyline").map(|s| s.points()).max_by_key(Vec::len).unwrap()
}

/// Many at 0, a hundredth at 40, hardly any at 60: the area under each bell is its share.
#[test]
fn each_node_is_a_bell_whose_area_is_its_share() {
    let chart = density(&[(60.0, 1e-5), (40.0, 0.01), (0.0, 0.98999)], 20.0);
    let picture = Picture::of(&Chart::Density(chart.clone()), SIZE);
    let plot = curve(&picture);
    let (left, right) = (plot[0].0, plot[plot.len() - 1].0);
    let bottom = plot.iter().map(|p| p.1).fold(0.0, f64::max);
    // Above the plot there is room for two names.
    let top = 28.0;
    let x = |px: f64| chart.x.value((px - left) / (right - left));
    let y = |py: f64| chart.y.value((bottom - py) / (bottom - top));
    let area = |from: f64, to: f64| -> f64 {
        let inside = plot.windows(2).filter(|w| x(w[0].0) >= from && x(w[1].0) <= to);
        inside.map(|w| (x(w[1].0) - x(w[0].0)) * (y(w[0].1) + y(w[1].1)) / 2.0).sum()
    };
    assert!((area(20.0, 50.0) / 0.01 - 1.0).abs() < 0.1, "{}", area(20.0, 50.0));
    assert!(picture.says("eigenvalue") && picture.says("2/η"), "{:?}", picture.texts);
    picture.assert_texts_inside();
}

#[test]
fn a_line_far_off_is_not_drawn() {
    let picture = Picture::of(&Chart::Density(density(&[(1.0, 0.5), (0.0, 0.5)], 20.0)), SIZE);
    assert!(!picture.says("2/η"));
}

#[test]
fn under_the_pointer_stands_the_nearest_node() {
    let nodes = [(40.0, 0.01), (3.0, 0.09), (0.0, 0.9)];
    let chart = Chart::Density(density(&nodes, 20.0));
    let plot = curve(&Picture::of(&chart, SIZE));
    let reading = chart.read(PAGE, (plot[plot.len() - 1].0 - 1.0, 100.0)).unwrap();
    assert_eq!(reading.title, "eigenvalue near 40.0");
    assert_eq!(reading.rows[0].1, "1.00 %");
    assert_eq!(chart.read(PAGE, (1.0, 1.0)), None);
    let table = chart.table();
    assert_eq!(table.rows.iter().map(|r| r[0].clone()).collect::<Vec<_>>(), nodes.map(|n| short(n.0)));
}
