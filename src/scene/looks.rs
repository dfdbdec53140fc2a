//! Looks into the layers of both runs, always shown on one axis.
//!
//! The workers make the histograms, each on the axis of its last order. While the axis changes, one
//! run's look is on the old one and the other's on the new: until both are on the same, the last pair
//! that was stays.

use crate::chart::axis::round_up;
use crate::probe::layers::Layer;
use crate::session::frame::Frame;
use crate::state::pair::Side;
use serde::{Deserialize, Serialize};

/// One look into a run's layers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// Half the width of the histograms' axis.
    pub range: f64,
    /// The layers.
    pub layers: Vec<Layer>,
}

/// Frames for which a narrower axis must do before it is taken: a second or two.
const PATIENCE: u32 = 60;

/// How much narrower it must be: axes that differ by less would only flicker.
const ROOM: f64 = 1.25;

/// The looks into both runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Looks {
    shown: [Option<Look>; 2],
    lost: [bool; 2],
    range: f64,
    /// The widest spread in the newest looks.
    spread: f64,
    /// Frames for which a narrower axis would have done.
    narrow: u32,
}

impl Default for Looks {
    fn default() -> Looks {
        Looks { shown: [None, None], lost: [false; 2], range: 5.0, spread: 5.0, narrow: 0 }
    }
}

impl Looks {
    /// Takes in the newest frames of both runs, as far as there are any.
    pub fn see(&mut self, frames: [Option<&Frame>; 2]) {
        let living = || frames.iter().zip(self.lost).filter_map(|(frame, lost)| frame.filter(|_| !lost));
        let spreads = living().flat_map(|f| f.layers.iter().map(|l| f64::from(l.mean.abs() + 4.0 * l.deviation)));
        self.spread = spreads.filter(|s| s.is_finite()).fold(0.0, f64::max);
        let mut ranges = living().map(|f| f.range);
        let first = ranges.next();
        let agree = first.is_some() && ranges.all(|range| Some(range) == first);
        self.narrow = if self.is_narrower() { self.narrow + 1 } else { 0 };
        if !agree {
            return;
        }
        for ((shown, frame), lost) in self.shown.iter_mut().zip(frames).zip(self.lost) {
            if let (Some(frame), false) = (frame, lost) {
                *shown = Some(Look { range: f64::from(frame.range), layers: frame.layers.clone() });
            }
        }
    }

    /// Gives up waiting for a run, and shows it no longer.
    pub fn lose(&mut self, side: Side) {
        self.lost[index(side)] = true;
        self.shown[index(side)] = None;
    }

    /// Whether a run was given up.
    pub fn is_lost(&self, side: Side) -> bool {
        self.lost[index(side)]
    }

    /// What is shown of a run.
    pub fn shown(&self, side: Side) -> Option<&Look> {
        self.shown[index(side)].as_ref()
    }

    /// Half the width of the axis of the next looks. It grows at once; it shrinks only if a narrower
    /// one has done for a while, or if nothing moves any more.
    pub fn range(&mut self, resting: bool) -> f64 {
        let wanted = wide_enough(self.spread);
        if wanted > self.range || self.is_narrower() && (resting || self.narrow >= PATIENCE) {
            self.range = wanted;
            self.narrow = 0;
        }
        self.range
    }

    fn is_narrower(&self) -> bool {
        wide_enough(self.spread * ROOM) < self.range
    }
}

/// Round, and no wider than a thousand, so that one exploding run does not hide the other.
fn wide_enough(spread: f64) -> f64 {
    round_up(spread.clamp(0.1, 1000.0))
}

fn index(side: Side) -> usize {
    usize::from(side == Side::B)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::session::Session;
    use crate::session::frame::Camera;

    /// A frame whose widest layer spreads that far, looked at on an axis.
    fn frame(spread: f32, range: f32) -> Frame {
        let session = Session::new(Config { depth: 2, width: 4, ..Config::default() }).unwrap();
        let frame = Camera::new(&session).take(&session, 1.0, true);
        let layers = frame.layers.iter().map(|l| Layer { mean: 0.0, deviation: spread / 4.0, ..l.clone() }).collect();
        Frame { layers, range, ..frame }
    }

    fn shown(looks: &Looks) -> [Option<f64>; 2] {
        [Side::A, Side::B].map(|side| looks.shown(side).map(|look| look.range))
    }

    #[test]
    fn both_runs_are_shown_on_one_axis_or_not_at_all_anew() {
        let mut looks = Looks::default();
        let (narrow, wide) = (frame(4.0, 5.0), frame(9.0, 10.0));
        looks.see([Some(&narrow), None]);
        assert_eq!(shown(&looks), [Some(5.0), None]);
        looks.see([Some(&narrow), Some(&narrow)]);
        looks.see([Some(&wide), Some(&narrow)]);
        assert_eq!(shown(&looks), [Some(5.0); 2], "the old pair stays until the new one is complete");
        looks.see([Some(&wide), Some(&wide)]);
        assert_eq!(shown(&looks), [Some(10.0); 2]);
        looks.lose(Side::A);
        looks.see([Some(&wide), Some(&narrow)]);
        assert_eq!(shown(&looks), [None, Some(5.0)], "nobody waits for a run that is lost");
        assert_eq!([Side::A, Side::B].map(|side| looks.is_lost(side)), [true, false]);
    }

    #[test]
    fn the_axis_grows_at_once_and_shrinks_late() {
        let mut looks = Looks::default();
        let mut see = |spread: f32, times: u32, resting: bool| {
            (0..times).for_each(|_| looks.see([Some(&frame(spread, 5.0)), None]));
            looks.range(resting)
        };
        assert_eq!(see(4.9, 1, false), 5.0);
        assert_eq!(see(7.0, 1, false), 8.0);
        assert_eq!(see(3.9, PATIENCE - 1, false), 8.0);
        assert_eq!(see(7.0, 1, false), 8.0, "wide once more: the wait begins anew");
        assert_eq!(see(3.9, PATIENCE - 1, false), 8.0);
        assert_eq!(see(3.9, 1, false), 4.0);
        assert_eq!(see(3.1, 2 * PATIENCE, true), 4.0, "hardly narrower is not worth a change");
        assert_eq!(see(1.1, 1, true), 1.5, "at rest there is nothing to wait for");
        assert_eq!(see(1e30, 1, false), 1000.0);
    }
}
