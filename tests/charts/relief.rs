//! A landscape as a surface in space.

use crate::field::loss;
use crate::picture::Picture;
use normlab::chart::Chart;
use normlab::chart::field::Field;
use normlab::chart::marks::{Marks, Spot};
use normlab::chart::number::short;
use normlab::chart::relief::{Relief, Turn};

const SIZE: (u32, u32) = (300, 220);
const PAGE: (f64, f64) = (300.0, 220.0);

fn seen(field: Field, yaw: f64, pitch: f64) -> Chart {
    Chart::Relief(Relief { field, turn: Turn { yaw, pitch } })
}

/// A bowl, as high at the corners as the scale.
fn bowl(n: usize) -> Vec<f64> {
    let place = |i: usize| 2.0 * i as f64 / (n - 1) as f64 - 1.0;
    (0..n * n).map(|k| 10f64.powf(place(k % n).powi(2) + place(k / n).powi(2) - 1.0)).collect()
}

/// The cells in drawing order: the middle of each and its area.
fn cells(picture: &Picture) -> Vec<((f64, f64), f64)> {
    let polygons = picture.shapes.iter().filter(|s| s.tag == "polygon").map(|s| s.points());
    let cell = |p: Vec<(f64, f64)>| {
        let middle = (p.iter().map(|p| p.0).sum::<f64>() / 4.0, p.iter().map(|p| p.1).sum::<f64>() / 4.0);
        let area = (0..4).map(|e| p[e].0 * p[(e + 1) % 4].1 - p[(e + 1) % 4].0 * p[e].1).sum::<f64>() / 2.0;
        (middle, area.abs())
    };
    polygons.map(cell).collect()
}

#[test]
fn it_has_a_cell_for_each_four_points_and_axes_with_values_from_every_side() {
    for yaw in [0.0, 30.0, 90.0, 135.0, 225.0, 315.0] {
        for pitch in [5.0, 40.0, 90.0] {
            let picture = Picture::of(&seen(loss(9, bowl(9)), yaw, pitch), SIZE);
            assert_eq!(cells(&picture).len(), 64, "yaw {yaw}, pitch {pitch}");
            let named = ["direction 1", "direction 2"].into_iter().filter(|name| picture.says(name)).count();
            assert!(named >= 1 && picture.says("−1") && picture.says("1"), "{:?}", picture.texts);
            assert_eq!(picture.says("loss") && picture.says("0.1"), pitch < 90.0, "{:?}", picture.texts);
            picture.assert_texts_inside();
        }
    }
    for size in [(60, 40), (120, 500)] {
        Picture::of(&seen(loss(9, bowl(9)), 30.0, 40.0), size).assert_anchors_inside();
    }
}

#[test]
fn from_above_it_is_the_flat_map() {
    let cells = cells(&Picture::of(&seen(loss(5, bowl(5)), 0.0, 90.0), SIZE));
    // From the top row down, and all of one size.
    for (k, ((x, y), area)) in cells.iter().enumerate() {
        assert!((area / cells[0].1 - 1.0).abs() < 0.05, "{area}");
        let (row, column) = (k / 4, k % 4);
        assert!(row == 0 || *y > cells[k - 4].0.1 + 5.0);
        assert!(column == 0 || (x - cells[k - 1].0.0).abs() > 5.0);
    }
}

#[test]
fn what_is_near_is_drawn_last() {
    for yaw in [10.0, 100.0, 190.0, 280.0] {
        let cells = cells(&Picture::of(&seen(loss(7, vec![1.0; 49]), yaw, 40.0), SIZE));
        let (first, last) = (cells[0].0, cells[cells.len() - 1].0);
        assert!(
            cells.iter().all(|((_, y), _)| (first.1..=last.1).contains(y)),
            "a level surface is nearer further down"
        );
    }
}

#[test]
fn height_is_the_place_on_the_scale_and_the_spot_lies_on_the_surface() {
    let spot = |value: f64| {
        let picture = Picture::of(&seen(loss(3, vec![value; 9]), 30.0, 20.0), SIZE);
        picture.shapes.iter().find(|s| s.tag == "circle").unwrap().middle().1
    };
    let heights = [0.1, 1.0, 10.0].map(spot);
    assert!((heights[0] + heights[2] - 2.0 * heights[1]).abs() <= 1.5, "equal factors are equal heights: {heights:?}");
    assert!(heights[0] > heights[2] + 60.0);
    assert_eq!((spot(0.01), spot(1e9)), (heights[0], heights[2]), "beyond the scale it is flat");
}

#[test]
fn a_missing_value_is_a_gap() {
    for missing in [f64::NAN, f64::INFINITY] {
        let mut values = bowl(9);
        values[9 * 2 + 2] = missing;
        let chart = seen(loss(9, values.clone()), 30.0, 40.0);
        assert_eq!(cells(&Picture::of(&chart, SIZE)).len(), 60, "four cells have that corner");
        values.fill(missing);
        let chart = seen(loss(9, values), 30.0, 40.0);
        let picture = Picture::of(&chart, SIZE);
        assert!(cells(&picture).is_empty() && picture.shapes.iter().all(|s| s.tag != "circle"));
        assert_eq!(chart.read(PAGE, (150.0, 110.0)), None);
    }
    for field in [loss(0, vec![]), loss(1, vec![1.0]), loss(3, vec![1.0; 8])] {
        assert!(cells(&Picture::of(&seen(field, 30.0, 40.0), SIZE)).is_empty());
    }
}

#[test]
fn under_the_pointer_stands_the_foremost_cell() {
    let field = loss(9, bowl(9));
    let chart = seen(field.clone(), 0.0, 35.0);
    let cells = cells(&Picture::of(&chart, SIZE));
    // At yaw 0 the nearest row is the lowest, drawn last and from right to left.
    let corner = chart.read(PAGE, cells[63].0).unwrap();
    assert!(
        ["(−1.00, −1.00)", "(−0.750, −1.00)", "(−1.00, −0.750)", "(−0.750, −0.750)"].contains(&corner.title.as_str())
    );
    let place = corner.place.unwrap();
    let index = |v: f64| ((v + 1.0) * 4.0).round() as usize;
    assert_eq!(corner.rows[0].1, short(field.values[index(place.1) * 9 + index(place.0)]));
    assert_eq!(chart.read(PAGE, (299.0, 1.0)), None);
    // The near rim hides part of the bowl's inside.
    let front = chart.read(PAGE, cells[59].0).unwrap().place.unwrap();
    assert!(front.1 <= -0.75, "{front:?}");
}

#[test]
fn paths_and_named_places_lie_on_the_surface() {
    let name = |name: &str, at| Spot { at, name: name.into() };
    let marks = Marks {
        path: vec![(-0.8, -0.8), (0.0, 0.1), (0.5, 0.5), (3.0, 0.0)],
        spots: vec![name("A", (-0.8, -0.8)), name("B", (0.5, 0.5)), name("off", (2.0, 0.0))],
    };
    let field = Field { marks, ..loss(9, bowl(9)) };
    for chart in [seen(field.clone(), 30.0, 40.0), Chart::Field(field)] {
        let picture = Picture::of(&chart, SIZE);
        assert!(picture.says("A") && picture.says("B") && !picture.says("off"));
        picture.assert_texts_inside();
    }
}

#[test]
fn no_words_lie_on_others() {
    for names in [["direction 1", "direction 2"], ["−gradient, in learning rates", "random direction"]] {
        for yaw in (0..360).step_by(15) {
            for (pitch, size) in [(20.0, (290, 200)), (40.0, (290, 200)), (40.0, (260, 150)), (60.0, (340, 280))] {
                let mut field = loss(5, bowl(5));
                field.names = names.map(Into::into);
                let picture = Picture::of(&seen(field, f64::from(yaw), pitch), size);
                picture.assert_texts_inside();
                // Edges of which hardly anything is seen have no names.
                assert!(
                    yaw % 90 < 20 || yaw % 90 > 70 || names.iter().all(|n| picture.says(n)),
                    "{yaw} {pitch} {size:?}"
                );
                for (i, one) in picture.texts.iter().enumerate() {
                    let on = picture.texts[..i].iter().find(|t| t.touches(one));
                    assert!(on.is_none(), "yaw {yaw}, pitch {pitch}, {size:?}: {one:?} {on:?}");
                }
            }
        }
    }
}
