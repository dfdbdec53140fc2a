//! What a page shows and a link holds: two runs, how they are shown, and what can be chosen there.
//!
//! [`pair::Pair`] holds two configurations and what they share, [`view::View`] what the page shows of them,
//! [`charts`] what its charts can plot, [`presets`] the experiments ready to be run.

pub mod charts;
mod follow;
pub mod pair;
pub mod presets;
pub mod view;
