//! Lines and areas cut at the edges of the plot.
//!
//! A value off the scale is not moved to the edge, where it would look like a value: the line ends at
//! the edge, and the chart marks where.

use super::frame::Frame;

/// A place in pixels.
pub type Point = (f64, f64);

/// What is left of a line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clipped {
    /// The parts inside the plot.
    pub pieces: Vec<Vec<Point>>,
    /// Where the line crosses the upper edge, or begins above it.
    pub above: Vec<f64>,
    /// Where it crosses the lower edge, or begins below it.
    pub below: Vec<f64>,
}

/// Far enough outside for every edge; what is infinite would leave no direction to draw in.
const FAR: f64 = 1e7;

fn pixel(frame: &Frame, (x, y): Point) -> Option<Point> {
    let at = |(x, y): Point| (frame.px(x).clamp(-FAR, FAR), frame.py(y).clamp(-FAR, FAR));
    (!x.is_nan() && !y.is_nan()).then(|| at((x, y)))
}

/// The part of a segment inside the plot (Liang and Barsky), with what was cut off at either end.
fn segment(frame: &Frame, p: Point, q: Point) -> Option<(Point, Point, bool, bool)> {
    let (dx, dy) = (q.0 - p.0, q.1 - p.1);
    let (mut from, mut to) = (0.0f64, 1.0f64);
    for (step, room) in
        [(-dx, p.0 - frame.left), (dx, frame.right - p.0), (-dy, p.1 - frame.top), (dy, frame.bottom - p.1)]
    {
        if step == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if step < 0.0 {
            from = from.max(room / step);
        } else {
            to = to.min(room / step);
        }
    }
    let at = |t: f64| {
        let y = (p.1 + t * dy).clamp(frame.top, frame.bottom);
        ((p.0 + t * dx).clamp(frame.left, frame.right), y)
    };
    (from <= to)
        .then(|| (if from > 0.0 { at(from) } else { p }, if to < 1.0 { at(to) } else { q }, from > 0.0, to < 1.0))
}

/// Cuts a line of values. Where a value is not a number the line is broken.
pub fn line(frame: &Frame, values: impl Iterator<Item = Point>) -> Clipped {
    let mut clipped = Clipped::default();
    let mut piece: Vec<Point> = Vec::new();
    let mut last: Option<Point> = None;
    for value in values {
        let next = pixel(frame, value);
        let Some(q) = next else {
            close(&mut piece, &mut clipped.pieces);
            last = None;
            continue;
        };
        match last {
            None => clipped.leave(frame, q, q.0),
            Some(p) => match segment(frame, p, q) {
                None => close(&mut piece, &mut clipped.pieces),
                Some((a, b, entered, left)) => {
                    if entered {
                        close(&mut piece, &mut clipped.pieces);
                        clipped.leave(frame, p, a.0);
                    }
                    if piece.is_empty() {
                        piece.push(a);
                    }
                    piece.push(b);
                    if left {
                        close(&mut piece, &mut clipped.pieces);
                        clipped.leave(frame, q, b.0);
                    }
                }
            },
        }
        last = next;
    }
    close(&mut piece, &mut clipped.pieces);
    clipped
}

impl Clipped {
    /// Notes at `x` that `outside` lies above or below the plot, if it does.
    fn leave(&mut self, frame: &Frame, outside: Point, x: f64) {
        if !(frame.left..=frame.right).contains(&x) {
            return;
        }
        if outside.1 < frame.top {
            self.above.push(x);
        } else if outside.1 > frame.bottom {
            self.below.push(x);
        }
    }
}

fn close(piece: &mut Vec<Point>, pieces: &mut Vec<Vec<Point>>) {
    if piece.len() > 1 {
        pieces.push(std::mem::take(piece));
    }
    piece.clear();
}

/// Cuts the area between two lines of values over the same places (Sutherland and Hodgman). Where
/// either is not a number there is a gap.
pub fn band(frame: &Frame, values: impl Iterator<Item = (f64, (f64, f64))>) -> Vec<Vec<Point>> {
    let mut areas = Vec::new();
    let (mut upper, mut lower): (Vec<Point>, Vec<Point>) = (Vec::new(), Vec::new());
    let mut finish = |upper: &mut Vec<Point>, lower: &mut Vec<Point>| {
        let mut outline = std::mem::take(upper);
        outline.extend(lower.drain(..).rev());
        let cut =
            [(false, frame.left, 1.0), (false, frame.right, -1.0), (true, frame.top, 1.0), (true, frame.bottom, -1.0)];
        let area =
            cut.into_iter().fold(outline, |outline, (vertical, edge, side)| half(&outline, vertical, edge, side));
        if area.len() > 2 {
            areas.push(area);
        }
    };
    for (x, (low, high)) in values {
        match (pixel(frame, (x, high)), pixel(frame, (x, low))) {
            (Some(top), Some(bottom)) => {
                upper.push(top);
                lower.push(bottom);
            }
            _ => finish(&mut upper, &mut lower),
        }
    }
    finish(&mut upper, &mut lower);
    areas
}

/// The part of an area on one side of an edge: beyond it if `side` is positive, before it if negative.
fn half(outline: &[Point], vertical: bool, edge: f64, side: f64) -> Vec<Point> {
    let along = |p: Point| if vertical { p.1 } else { p.0 };
    let depth = |p: Point| (along(p) - edge) * side;
    let mut kept = Vec::with_capacity(outline.len() + 2);
    for (i, &q) in outline.iter().enumerate() {
        let p = outline[(i + outline.len() - 1) % outline.len()];
        if (depth(p) < 0.0) != (depth(q) < 0.0) {
            let t = depth(p) / (depth(p) - depth(q));
            let cross = (p.0 + (q.0 - p.0) * t, p.1 + (q.1 - p.1) * t);
            kept.push(if vertical { (cross.0, edge) } else { (edge, cross.1) });
        }
        if depth(q) >= 0.0 {
            kept.push(q);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::axis::Axis;
    use crate::chart::frame::Margins;

    /// A pixel for a hundredth: 0 to 1 in both directions, upwards.
    fn frame() -> Frame {
        let margins = Margins { left: 10.0, top: 10.0, right: 10.0, bottom: 10.0 };
        Frame::new((120.0, 120.0), margins, Axis::linear(0.0, 1.0), Axis::linear(0.0, 1.0))
    }

    fn cut(points: &[Point]) -> Clipped {
        line(&frame(), points.iter().copied())
    }

    fn near(a: &[Point], b: &[Point]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(p, q)| (p.0 - q.0).abs() < 1e-3 && (p.1 - q.1).abs() < 1e-3)
    }

    #[test]
    fn a_line_inside_stays_whole() {
        let whole = cut(&[(0.0, 0.0), (0.5, 1.0), (1.0, 0.5)]);
        assert_eq!((whole.pieces.len(), whole.above.len(), whole.below.len()), (1, 0, 0));
        assert!(near(&whole.pieces[0], &[(10.0, 110.0), (60.0, 10.0), (110.0, 60.0)]));
    }

    #[test]
    fn a_line_is_cut_where_it_crosses_an_edge_and_not_moved_along_it() {
        let over = cut(&[(0.0, 0.5), (0.5, 1.5), (1.0, 0.5)]);
        assert_eq!(over.pieces.len(), 2);
        assert!(near(&over.pieces[0], &[(10.0, 60.0), (35.0, 10.0)]), "{over:?}");
        assert!(near(&over.pieces[1], &[(85.0, 10.0), (110.0, 60.0)]), "{over:?}");
        assert!((over.above[0] - 35.0).abs() < 1e-3 && (over.above[1] - 85.0).abs() < 1e-3 && over.below.is_empty());
        // Beyond the right edge nothing is left, nor is it marked as off the scale.
        let past = cut(&[(0.5, 0.5), (1.5, 0.5), (2.0, -3.0), (3.0, 3.0)]);
        assert!(past.pieces.len() == 1 && near(&past.pieces[0], &[(60.0, 60.0), (110.0, 60.0)]), "{past:?}");
        assert!(past.above.is_empty() && past.below.is_empty());
    }

    #[test]
    fn what_is_infinite_leaves_and_what_is_no_number_breaks() {
        let up = cut(&[(0.2, 0.5), (0.4, f64::INFINITY), (0.6, f64::NEG_INFINITY), (0.8, f64::NEG_INFINITY)]);
        assert_eq!((up.above.len(), up.below.len()), (2, 1));
        let broken = cut(&[(0.0, 0.5), (0.2, 0.5), (0.4, f64::NAN), (0.6, 0.5), (0.8, 0.5)]);
        assert_eq!(broken.pieces.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
        assert!(broken.above.is_empty() && broken.below.is_empty());
        let gone = cut(&[(0.0, f64::NAN), (0.5, f64::NAN)]);
        assert_eq!(gone, Clipped::default());
    }

    #[test]
    fn a_band_is_cut_to_the_plot() {
        let areas = band(&frame(), [(0.0, (0.2, 2.0)), (1.0, (0.2, 2.0)), (5.0, (0.2, 2.0))].into_iter());
        assert_eq!(areas.len(), 1);
        let (mut xs, mut ys): (Vec<f64>, Vec<f64>) = areas[0].iter().copied().unzip();
        xs.sort_by(f64::total_cmp);
        ys.sort_by(f64::total_cmp);
        assert_eq!((xs[0], xs[xs.len() - 1]), (10.0, 110.0));
        assert!((ys[0] - 10.0).abs() < 1e-9 && (ys[ys.len() - 1] - 90.0).abs() < 1e-9, "{ys:?}");
        let gap = [(0.0, (0.2, 0.4)), (0.3, (0.2, 0.4)), (0.4, (f64::NAN, 0.4)), (0.6, (0.2, 0.4)), (1.0, (0.2, 0.4))];
        assert_eq!(band(&frame(), gap.into_iter()).len(), 2);
    }
}
