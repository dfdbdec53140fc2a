//! Every chart where there is hardly room for one.

use crate::picture::Picture;
use crate::{curves, density, field, ridges, stems};
use normlab::chart::Chart;
use normlab::chart::curves::Weight;

fn charts() -> [Chart; 6] {
    [
        Chart::Curves(curves::curves(vec![curves::line(Weight::Thick, curves::falling(5))])),
        Chart::Field(field::loss(5, vec![1.0; 25])),
        Chart::Ridges(ridges::ridges(40, &[1, 2, 3])),
        Chart::Stems(stems::stems(&[0.1; 40])),
        Chart::Density(density::density(&[(40.0, 1e-5), (-3.0, 0.1), (0.0, 0.9)], 20.0)),
        Chart::Empty("No steps yet".into()),
    ]
}

#[test]
fn no_text_begins_outside() {
    for chart in charts() {
        for size in [(24, 24), (24, 220), (300, 24), (1, 1)] {
            Picture::of(&chart, size).assert_anchors_inside();
        }
    }
}

/// Wherever the pointer is, on the sheet or off it.
#[test]
fn every_place_can_be_asked() {
    for chart in charts() {
        for size in [(24.0, 24.0), (1.0, 1.0), (300.0, 220.0)] {
            for x in [-1e9, -1.0, 0.0, 12.0, 23.0, 150.0, 1e9] {
                for y in [-1e9, -1.0, 0.0, 12.0, 23.0, 150.0, 1e9] {
                    let reading = chart.read(size, (x, y));
                    assert!(reading.is_none_or(|r| !r.rows.is_empty()), "{chart:?} at ({x}, {y}) of {size:?}");
                }
            }
        }
    }
}
