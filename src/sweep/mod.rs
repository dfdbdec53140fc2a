//! A sweep: many runs on a grid over two settings, several seeds in each place.
//!
//! A [`spec::Spec`] says everything about it; [`cell::Cell`]s follow from it, in order. A cell is trained by
//! a [`trial::Trial`], whose [`outcome::Outcome`] depends on the cell alone: it does not matter who trains
//! which cell, nor in which order. [`record::Record`] collects outcomes, [`grid`] averages them over the
//! seeds, [`lines`] writes and reads them.

pub mod axis;
pub mod cell;
pub mod grid;
pub mod lines;
pub mod outcome;
pub mod plan;
pub mod presets;
pub mod record;
pub mod spec;
pub mod trial;
