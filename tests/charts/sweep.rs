//! The charts of a sweep: tiles, and lines over named places.

use crate::picture::{Picture, mark};
use normlab::chart::axis::Axis;
use normlab::chart::columns::Columns;
use normlab::chart::grid::{Grid, Tile};
use normlab::chart::profiles::Profiles;

const SIZE: (u32, u32) = (700, 260);
const PAGE: (f64, f64) = (700.0, 260.0);

fn columns(labels: &[&str]) -> Columns {
    Columns { name: "learning rate".into(), labels: labels.iter().map(|l| (*l).to_owned()).collect() }
}

fn grid(tiles: Vec<Tile>) -> Grid {
    let rows = Columns { name: "normalization".into(), labels: vec!["no norm".into(), "BatchNorm".into()] };
    Grid { columns: columns(&["0.1", "0.2", "0.4"]), rows, tiles, scale: Axis::log(0.1, 10.0), percent: false }
}

fn tiles() -> Vec<Tile> {
    vec![
        Tile::Value(0.5, "0.500".into(), false),
        Tile::Value(9.0, "9.00".into(), true),
        Tile::Diverged,
        Tile::Impossible,
        Tile::Absent,
        Tile::Pending,
    ]
}

#[test]
fn every_kind_of_tile_looks_different() {
    let picture = Picture::of_drawing(SIZE, |sheet, theme| grid(tiles()).draw(sheet, theme).unwrap());
    for text in ["0.500", "9.00", "–", "no norm", "BatchNorm", "0.1", "0.4", "learning rate", "normalization", "10"] {
        assert!(picture.says(text), "{text}: {:?}", picture.texts);
    }
    let without = |kind: Tile| {
        let others = tiles().into_iter().map(|t| if t == kind { Tile::Pending } else { t }).collect();
        Picture::of_drawing(SIZE, |sheet, theme| grid(others).draw(sheet, theme).unwrap()).shapes.len()
    };
    let all = picture.shapes.len();
    assert!(without(Tile::Diverged) < all, "a cross");
    assert!(without(Tile::Impossible) + 10 < all, "a hatching");
    assert!(without(Tile::Value(9.0, "9.00".into(), true)) < all, "a small cross");
    picture.assert_texts_inside();
}

#[test]
fn the_pointer_finds_the_tile_that_is_drawn_there() {
    let grid = grid(tiles());
    for (row, column) in [(0, 0), (0, 2), (1, 1), (1, 2)] {
        let found: Vec<(usize, usize)> = (0..70)
            .flat_map(|x| (0..26).map(move |y| (f64::from(x) * 10.0, f64::from(y) * 10.0)))
            .filter_map(|at| grid.at(PAGE, at).map(|(c, r, middle)| (c, r, middle, at)))
            .filter(|(c, r, ..)| (*c, *r) == (column, row))
            .map(|(c, r, middle, at)| {
                assert!((middle.0 - at.0).abs() < 120.0 && (middle.1 - at.1).abs() < 70.0);
                assert_eq!(grid.at(PAGE, middle).map(|(c, r, _)| (c, r)), Some((c, r)));
                (c, r)
            })
            .collect();
        assert!(found.len() > 50, "{row} {column}: {}", found.len());
    }
    assert_eq!(grid.at(PAGE, (2.0, 100.0)), None, "left of the plot");
    assert_eq!(grid.at(PAGE, (300.0, 255.0)), None, "below it");
}

#[test]
fn thousands_of_tiles_and_none_have_pictures_too() {
    let labels: Vec<String> = (0..100).map(|i| format!("0.00{i}")).collect();
    let many = Columns { name: "x".into(), labels: labels.clone() };
    let tiles = (0..10_000).map(|i| Tile::Value(f64::from(i), i.to_string(), false)).collect();
    let grid = Grid { columns: many.clone(), rows: many, tiles, scale: Axis::log(1.0, 1e4), percent: false };
    let picture = Picture::of_drawing((360, 200), |sheet, theme| grid.draw(sheet, theme).unwrap());
    assert!(picture.texts.len() < 60, "labels are thinned: {}", picture.texts.len());
    picture.assert_texts_inside();
    let none = Grid { tiles: vec![], columns: columns(&[]), rows: columns(&[]), ..grid };
    Picture::of_drawing(SIZE, |sheet, theme| none.draw(sheet, theme).unwrap());
    assert_eq!(none.at(PAGE, (300.0, 100.0)), None);
}

fn profiles() -> Profiles {
    let values = [Some(0.5), None, Some(0.2)];
    let ranges = [Some((0.4, 0.8)), None, Some((0.2, 0.2))];
    Profiles {
        columns: columns(&["0.1", "0.2", "0.4"]),
        y_name: "training loss".into(),
        y: Axis::log(0.1, 1.0),
        percent: false,
        lines: vec![Profiles::line("BatchNorm".into(), mark(), &values, &ranges)],
        diverged: vec![vec![1]],
    }
}

#[test]
fn a_line_breaks_where_there_is_no_value_and_diverged_places_are_crossed() {
    let picture = Picture::of_drawing(SIZE, |sheet, theme| profiles().draw(sheet, theme).unwrap());
    for text in ["training loss", "learning rate", "BatchNorm", "diverged", "0.1", "0.2", "0.4"] {
        assert!(picture.says(text), "{text}: {:?}", picture.texts);
    }
    // Two points, none between them; the legend's own marker at the line's end.
    let dots: Vec<(f64, f64)> = picture.marked("circle").iter().map(|s| s.middle()).collect();
    assert_eq!(dots.len(), 3, "{dots:?}");
    // No line across the gap; a cross of two strokes.
    assert_eq!(picture.marked("polyline").len(), 2);
    picture.assert_texts_inside();
}

#[test]
fn lines_are_read_by_their_place() {
    let chart = profiles();
    let (place, marks) = chart.at(PAGE, (80.0, 100.0)).unwrap();
    assert_eq!((place, marks.dots.len()), (0, 1));
    assert!((marks.guide.unwrap().x - marks.dots[0].0).abs() < 1e-9);
    let middle = chart.at(PAGE, (330.0, 100.0)).unwrap();
    assert_eq!((middle.0, middle.1.dots.len()), (1, 0), "nothing is drawn where nothing is known");
    assert_eq!(chart.at(PAGE, (5.0, 100.0)), None);
}
