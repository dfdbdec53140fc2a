//! A number per point of a plane.

use crate::picture::Picture;
use normlab::chart::Chart;
use normlab::chart::axis::Axis;
use normlab::chart::field::{Field, Scale};
use normlab::chart::marks::Marks;
use normlab::chart::number::{percent, short};

const SIZE: (u32, u32) = (300, 220);
const PAGE: (f64, f64) = (300.0, 220.0);

pub fn loss(points: usize, values: Vec<f64>) -> Field {
    let names = ["direction 1".into(), "direction 2".into()];
    let scale = Scale::Loss(Axis::log(0.1, 10.0));
    Field { names, axes: [Axis::linear(-1.0, 1.0); 2], points, values, scale, marks: Marks::here() }
}

/// 0.1·(1 + i + 10·j): a number of its own at each point.
fn slope(points: usize) -> Vec<f64> {
    (0..points * points).map(|k| 0.1 * (1.0 + (k % points) as f64 + 10.0 * (k / points) as f64)).collect()
}

/// Where the plot lies: the ends of the axes carry their values.
fn middle(picture: &Picture) -> (f64, f64) {
    picture.shapes.iter().find(|s| s.tag == "circle").unwrap().middle()
}

#[test]
fn a_landscape_has_axes_contours_and_a_scale() {
    let picture = Picture::of(&Chart::Field(loss(9, slope(9))), SIZE);
    for text in ["direction 1", "direction 2", "−1", "0", "1", "0.1", "10"] {
        assert!(picture.says(text), "{text}: {:?}", picture.texts);
    }
    // One pixel, one shape; the scale beside the plot is 9 wide, and its ends are left for what is beyond it.
    let pixels = picture.shapes.iter().filter(|s| s.tag == "rect" && s.number("width") == 1.0).count();
    let side = 220.0 - 4.0 - 34.0;
    assert_eq!(pixels as f64, side * side + 9.0 * (side - 2.0 * 8.0));
    assert!(picture.shapes.iter().any(|s| s.tag == "polyline"), "levels between 0.1 and 10 cross the plot");
    let labels = picture.texts.iter().filter(|t| t.text == "1" && (59.0..240.0).contains(&t.at.0)).count();
    assert_eq!(labels, 2, "on the contour, and at the end of the axis: {:?}", picture.texts);
    picture.assert_texts_inside();
}

#[test]
fn the_scale_says_where_there_is_more_than_it_shows() {
    for (least, most) in [(0.1, 10.0), (0.05, 10.0), (0.1, 11.0), (0.1, f64::INFINITY)] {
        let mut values = vec![1.0; 9];
        (values[0], values[1]) = (least, most);
        let picture = Picture::of(&Chart::Field(loss(3, values)), SIZE);
        assert_eq!((picture.says("< 0.1"), picture.says("0.1")), (least < 0.1, least >= 0.1), "{:?}", picture.texts);
        assert_eq!((picture.says("> 10"), picture.says("10")), (most > 10.0, most <= 10.0), "{:?}", picture.texts);
        let caps = picture.shapes.iter().filter(|s| s.tag == "polygon").count();
        assert_eq!(caps, usize::from(least < 0.1) + usize::from(most > 10.0));
        picture.assert_texts_inside();
    }
}

#[test]
fn values_of_the_scale_are_whole_however_long() {
    let chart = Field { scale: Scale::Loss(Axis::log(0.001, 1.0)), ..loss(3, vec![0.5; 9]) };
    let picture = Picture::of(&Chart::Field(chart), (232, 240));
    let label = picture.texts.iter().find(|t| t.text == "0.001").unwrap();
    assert!(label.at.0 + 35.0 <= 232.0, "its width in a wide typeface: {label:?}");
}

/// All that is beyond the scale has the colour of its end: no line there.
#[test]
fn there_is_no_contour_at_the_ends_of_the_scale() {
    let lines = |low: f64, high: f64| {
        let values = (0..25).map(|k| if k % 5 < 2 { low } else { high }).collect();
        let picture = Picture::of(&Chart::Field(loss(5, values)), SIZE);
        picture.shapes.iter().filter(|s| s.tag == "polyline").count()
    };
    assert_eq!((lines(5.0, 50.0), lines(0.01, 0.5)), (0, 0));
    assert!(lines(0.5, 5.0) > 0);
}

#[test]
fn nothing_a_single_point_and_a_wrong_number_of_values_are_an_empty_plot() {
    for field in [loss(0, vec![]), loss(1, vec![1.0]), loss(3, vec![1.0; 8])] {
        let chart = Chart::Field(field);
        let picture = Picture::of(&chart, SIZE);
        assert!(picture.says("direction 1") && picture.says("10"));
        assert!(picture.shapes.iter().all(|s| s.tag != "polyline"));
        assert_eq!(chart.read(PAGE, (140.0, 90.0)), None);
        assert!(chart.table().rows.is_empty());
    }
}

#[test]
fn what_is_not_finite_is_drawn_and_read_as_such() {
    let mut values = vec![1.0; 9];
    (values[4], values[8], values[0]) = (f64::INFINITY, f64::NAN, f64::NEG_INFINITY);
    let chart = Chart::Field(loss(3, values));
    let picture = Picture::of(&chart, SIZE);
    let at = middle(&picture);
    assert_eq!(chart.read(PAGE, at).unwrap().rows[0].1, "∞");
    let corner = (at.0 + 85.0, at.1 - 85.0);
    assert_eq!(chart.read(PAGE, corner).unwrap().rows[0].1, "not computed yet");
    let table = chart.table();
    assert_eq!((table.rows[0][9].as_str(), table.rows[8][1].as_str()), ("–", "−∞"));
    Picture::of(&Chart::Field(loss(3, vec![f64::NAN; 9])), SIZE).assert_texts_inside();
}

#[test]
fn under_the_pointer_stands_the_value_of_the_nearest_grid_point() {
    let field = loss(5, slope(5));
    let chart = Chart::Field(field.clone());
    let (x, y) = middle(&Picture::of(&chart, SIZE));
    let side = 182.0;
    for (i, j) in [(0, 0), (4, 0), (2, 3), (4, 4)] {
        let at = (x + side * (i as f64 / 4.0 - 0.5), y - side * (j as f64 / 4.0 - 0.5));
        // A little towards the middle: the outermost points lie on the plot's edge.
        let near = (at.0 + (x - at.0) * 0.05, at.1 + (y - at.1) * 0.05);
        let reading = chart.read(PAGE, near).unwrap();
        assert_eq!(reading.rows[0].1, short(field.values[j * 5 + i]));
        assert_eq!(reading.title, format!("({}, {})", short(i as f64 / 2.0 - 1.0), short(j as f64 / 2.0 - 1.0)));
        assert!((reading.dots[0].0 - at.0).abs() <= 1.0 && (reading.dots[0].1 - at.1).abs() <= 1.0);
    }
    assert_eq!(chart.read(PAGE, (x + side, y)), None);
}

#[test]
fn the_table_runs_from_top_to_bottom() {
    let field = loss(9, slope(9));
    let table = field.table();
    assert_eq!(table.head[1..], ["−1", "−0.75", "−0.5", "−0.25", "0", "0.25", "0.5", "0.75", "1"]);
    assert_eq!((table.rows.len(), table.rows[0][0].as_str(), table.rows[8][0].as_str()), (9, "1", "−1"));
    assert_eq!((table.rows[0][1].clone(), table.rows[8][9].clone()), (short(field.values[72]), short(field.values[8])));
}

#[test]
fn samples_stand_on_their_class() {
    // Class 0 is certain on the right, class 1 on the left.
    let values = (0..25).map(|k| (k % 5) as f64 / 4.0).collect();
    let samples = vec![(1.0, 0.5, 0), (-1.0, -0.5, 1), (9.0, 0.0, 0)];
    let names = ["x".into(), "y".into()];
    let scale = Scale::Classes(samples);
    let chart = Chart::Field(Field {
        names,
        axes: [Axis::linear(-2.0, 2.0); 2],
        points: 5,
        values,
        scale,
        marks: Marks::default(),
    });
    let picture = Picture::of(&chart, SIZE);
    let circles: Vec<(f64, f64)> = picture.shapes.iter().filter(|s| s.tag == "circle").map(|s| s.middle()).collect();
    assert_eq!(circles.len(), 4, "a disc and an edge each; the sample far outside is left out");
    assert_eq!(chart.read(PAGE, circles[0]).unwrap().rows[0].1, percent(0.75));
    assert_eq!(chart.read(PAGE, circles[2]).unwrap().rows[0].1, percent(0.25));
    let boundary: Vec<(f64, f64)> =
        picture.shapes.iter().filter(|s| s.tag == "polyline").flat_map(|s| s.points()).collect();
    let between = (circles[0].0 + circles[2].0) / 2.0;
    assert!(!boundary.is_empty() && boundary.iter().all(|p| (p.0 - between).abs() <= 1.0), "{boundary:?}");
    picture.assert_texts_inside();
}
