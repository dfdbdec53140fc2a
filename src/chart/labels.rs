//! Names and events of a chart of lines, kept from lying on each other.

use super::frame::{Frame, inset};
use super::line::{Event, Line};
use super::sheet::{Sheet, Stroke, Style};
use super::{Failure, Theme, text};
use crate::mark::{Mark, Marker};
use crate::order::sorted;
use plotters::prelude::DrawingBackend;
use plotters::style::Color;

/// Height of a line of labels.
const ROW: f64 = 15.0;

/// Moves heights, given from top to bottom, at least a row apart and within `from` and `to`. Where
/// there is no room for all of them the uppermost go too high.
fn spread(heights: &mut [f64], from: f64, to: f64) {
    for y in heights.iter_mut() {
        *y = inset(*y, from, to, 0.0);
    }
    // Each pair shares the way that it lacks; what that leaves is settled from the top, then from the bottom.
    for i in 1..heights.len() {
        let lack = (ROW - (heights[i] - heights[i - 1])).max(0.0);
        heights[i - 1] -= lack / 2.0;
        heights[i] += lack / 2.0;
    }
    let mut least = from;
    for y in heights.iter_mut() {
        *y = y.max(least);
        least = *y + ROW;
    }
    let mut most = to;
    for y in heights.iter_mut().rev() {
        *y = y.min(most);
        most = *y - ROW;
    }
}

/// Names right of the plot, each where its line ends.
pub fn draw_ends<'a, DB: DrawingBackend>(
    sheet: &Sheet<DB>,
    frame: &Frame,
    lines: impl Iterator<Item = &'a Line>,
    theme: &Theme,
) -> Result<(), Failure<DB>> {
    let last = |line: &Line| line.points.iter().rfind(|p| !p.1.is_nan()).map(|p| frame.py_inside(p.1));
    let end = |line: &'a Line| last(line).map(|y| (y, line));
    let ends: Vec<(f64, &Line)> = lines.filter_map(end).collect();
    let order = sorted(ends.len(), &|i, j| ends[i].0.total_cmp(&ends[j].0));
    let ends: Vec<(f64, &Line)> = order.into_iter().map(|i| ends[i]).collect();
    let mut heights: Vec<f64> = ends.iter().map(|end| end.0).collect();
    spread(&mut heights, frame.top + 4.0, frame.bottom - 4.0);
    for (y, (_, line)) in heights.into_iter().zip(ends) {
        let color = theme.color(&line.mark);
        sheet.marker(line.mark.marker, (frame.right + 13.0, y), 4.0, color)?;
        sheet.text(&line.end, (frame.right + 22.0, y), Style::label(color).bold().size(12.0))?;
    }
    Ok(())
}

/// Vertical marks with their words, which lie in rows where they would meet; the first `kept` rows stay free.
pub fn draw_events<DB: DrawingBackend>(
    sheet: &Sheet<DB>,
    frame: &Frame,
    events: &[Event],
    kept: usize,
    theme: &Theme,
) -> Result<(), Failure<DB>> {
    // Where the words of each row lie.
    let mut rows: Vec<Vec<(f64, f64)>> = vec![Vec::new(); kept];
    for event in events {
        let color = theme.color(&event.mark);
        let x = frame.px(event.x);
        if !(frame.left..=frame.right).contains(&x) {
            continue;
        }
        let stroke = Stroke { color: color.to_rgba(), width: 1.0, dash: Some((3, 3)) };
        sheet.line(&[(x, frame.top), (x, frame.bottom)], stroke)?;
        let length = text::width(&event.text, 11.0, true);
        let room = sheet.width() - length;
        // Right of the mark if there is room, else left of it, else wherever they can be read whole.
        let from = if x + 6.0 <= room {
            x + 6.0
        } else if x - 6.0 - length >= frame.left {
            x - 6.0 - length
        } else {
            room.max(0.0)
        };
        let free = |row: &Vec<(f64, f64)>| row.iter().all(|(a, b)| from > b + 6.0 || from + length < a - 6.0);
        let row = rows.iter().skip(kept).position(free).map_or(rows.len(), |i| kept + i);
        if row == rows.len() {
            rows.push(Vec::new());
        }
        rows[row].push((from, from + length));
        let y = frame.top + 7.0 + ROW * row as f64;
        sheet.rect((from - 2.0, y - 7.0), (from + length, y + 7.0), theme.surface.mix(0.8))?;
        sheet.text(&event.text, (from, y), Style::label(color).bold())?;
    }
    Ok(())
}

/// A name in a key.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The name.
    pub name: String,
    /// Whose.
    pub mark: Mark,
    /// The shape in front of it.
    pub marker: Marker,
}

/// Below the values of the horizontal axis: a key, and the axis' name at the right end.
#[derive(Clone, Debug, PartialEq)]
pub struct Foot {
    /// Each entry with its place: pixels from the left, and the row.
    entries: Vec<(f64, usize, Entry)>,
    name: String,
    rows: usize,
}

/// Height of a row of the key.
const LINE: f64 = 14.0;

impl Foot {
    /// Entries from left to right, in as many rows as a sheet of that width needs.
    pub fn new(entries: Vec<Entry>, name: &str, width: f64) -> Foot {
        let kept = text::width(name, 11.0, false) + 18.0;
        let mut placed = Vec::new();
        let (mut x, mut row) = (0.0, 0);
        for entry in entries {
            let length = 14.0 + text::width(&entry.name, 11.0, true) + 12.0;
            let room = if row == 0 { width - kept } else { width };
            if x > 0.0 && x + length > room {
                (x, row) = (0.0, row + 1);
            }
            placed.push((x, row, entry));
            x += length;
        }
        Foot { entries: placed, name: name.into(), rows: row + 1 }
    }

    /// Room that it takes.
    pub fn height(&self) -> f64 {
        LINE * self.rows as f64
    }

    /// Draws it below that plot.
    pub fn draw<DB: DrawingBackend>(&self, sheet: &Sheet<DB>, frame: &Frame, theme: &Theme) -> Result<(), Failure<DB>> {
        let height = |row: usize| frame.bottom + 26.0 + LINE * row as f64;
        for (x, row, entry) in &self.entries {
            let (y, color) = (height(*row), theme.color(&entry.mark));
            sheet.marker(entry.marker, (x + 5.0, y), 4.0, color)?;
            sheet.text(&entry.name, (x + 14.0, y), Style::label(color).bold())?;
        }
        sheet.text(&self.name, (frame.right, height(0)), Style::label(theme.muted).right())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_pushed_apart_within_the_plot() {
        for (mut heights, expected) in [
            (vec![10.0, 50.0], vec![10.0, 50.0]),
            (vec![50.0, 50.0], vec![42.5, 57.5]),
            (vec![2.0, 4.0], vec![4.0, 19.0]),
            (vec![95.0, 99.0], vec![81.0, 96.0]),
            (vec![95.0, 96.0, 300.0], vec![66.0, 81.0, 96.0]),
        ] {
            spread(&mut heights, 4.0, 96.0);
            assert_eq!(heights, expected);
        }
    }

    #[test]
    fn a_key_takes_another_row_where_one_is_too_short() {
        let entry = |name: &str| Entry {
            name: name.into(),
            mark: crate::nn::norm::Norm::Batch.card().mark,
            marker: Marker::Disc,
        };
        let key = |width| Foot::new(vec![entry("A: batch 2"), entry("B: batch 32")], "step", width);
        assert_eq!((key(300.0).rows, key(150.0).rows), (1, 2));
        assert!(key(150.0).height() > key(300.0).height());
        assert_eq!(key(150.0).entries[1].0, 0.0);
    }
}
