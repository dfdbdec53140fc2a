//! What must hold exactly, whatever the shape and the numbers: properties over random cases.
//!
//! The cases are drawn from a fixed seed, so that a failure repeats; proptest then looks for the
//! smallest one. Tolerances leave room for rounding in double precision and nothing else; where the
//! mathematics promises the same bits, bits are compared, in single precision too.

#![allow(clippy::expect_used)] // what is not there fails the test

#[path = "../common/mod.rs"]
mod common;

mod cases;
mod images;
mod isolation;
mod noise;
mod overflow;
mod padding;
mod relatives;
mod running;
mod scale;
mod sequences;
mod shared;
mod standardization;
mod traps;
