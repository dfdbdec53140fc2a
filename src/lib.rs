//! Normalization Lab: matched pairs of small neural networks, trained bit for bit alike everywhere.
//!
//! Data flows one way:
//!
//! ```text
//! config → run → measure → session → frame → scene → chart → page
//! ```
//!
//! | module | holds |
//! |---|---|
//! | [`config`] | everything a run depends on, in one table of fields |
//! | [`rng`] | named streams of random numbers |
//! | [`order`] | sorting |
//! | [`data`] | the data sets |
//! | [`kernels`] | products, reductions and elementary functions: the only tuned code |
//! | [`nn`] | layers as forward/backward pairs, one file per normalization; networks made of them |
//! | [`optim`] | update rules |
//! | [`probe`] | what can be computed about a network without changing it |
//! | [`run`] | one configuration, trained: batches, steps, evaluation, weights, fingerprint, verdict |
//! | [`measure`] | what can be measured while a run trains, one file per instrument |
//! | [`session`] | a run with the records that a page draws; what a worker keeps and sends |
//! | [`sweep`] | many runs on a grid |
//! | [`state`] | two runs and how they are shown: what a link holds |
//! | [`export`] | a run as a PyTorch script |
//! | [`chart`] | plain data to picture, on any plotters backend |
//! | [`scene`] | frames of two runs to charts, captions and the finding |
//! | `web` | the WebAssembly face; the only module that knows a browser |
//!
//! `tests/house` checks that imports run only that way. A [`choice`] is a named alternative: how an
//! enum becomes a configuration value, a control and a line of help. A [`mark`] is how one looks in a chart. An [`edition`] is what a part of the
//! engine belongs to: the page loads a small one first.

pub mod chart;
pub mod choice;
pub mod config;
pub mod data;
pub mod edition;
pub mod export;
pub mod kernels;
pub mod mark;
pub mod measure;
pub mod nn;
pub mod optim;
pub mod order;
pub mod probe;
pub mod rng;
pub mod run;
pub mod scene;
pub mod session;
pub mod state;
pub mod sweep;
#[cfg(target_arch = "wasm32")]
pub mod web;
