//! scaffold
pub mod chart;
pub mod choice;
pub mod config;
pub mod data;
pub mod experiment;
pub mod kernels;
pub mod nn;
pub mod optim;
pub mod probe;
pub mod rng;
pub mod scene;
#[cfg(target_arch = "wasm32")]
pub mod web;
