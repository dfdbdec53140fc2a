//! web
#![allow(missing_docs)]
use wasm_bindgen::prelude::*;
use crate::experiment::run::Run;
use crate::config::{Config, fields};

#[wasm_bindgen]
pub struct Bench(Run<f32>);
#[wasm_bindgen]
impl Bench {
    pub fn make(sets: &str) -> Bench {
        let mut c = Config::default();
        for e in sets.split('&') { let (k, v) = e.split_once('=').unwrap_or((e, "")); if let Err(e) = fields::set(&mut c, k, v) { panic!("{e}") } }
        match Run::new(c) { Ok(r) => Bench(r), Err(e) => panic!("{e:?}") }
    }
    pub fn steps(&mut self, n: u32) -> f64 { let mut l = 0.0; for _ in 0..n { l = self.0.step().loss; } l }
    pub fn print(&self) -> String { self.0.fingerprint().digits() }
}
