//! Every chart, drawn as SVG: what its picture holds, and that pointer and table agree with it.

#![allow(clippy::unwrap_used)] // what is not there fails the test

mod curves;
mod density;
mod field;
mod picture;
mod relief;
mod ridges;
mod small;
mod stems;
mod sweep;
