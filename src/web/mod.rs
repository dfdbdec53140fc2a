//! The WebAssembly face: thin handles, typed arrays, JSON.
//!
//! The page's main thread has a [`lab::Lab`], which holds what is shown and draws it; each training
//! worker has a [`trainer::Trainer`], each measuring worker a [`surveyor::Surveyor`]. In the full
//! edition the main thread also has a `sweep::Sweep`, and each of its workers a `sweep::Cell`.

#[cfg(feature = "bench")]
mod bench;
mod canvas;
#[cfg(feature = "full")]
mod exporter;
mod lab;
mod panels;
mod records;
mod surveyor;
#[cfg(feature = "full")]
mod sweep;
mod tables;
mod trainer;

use serde::Serialize;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Tells the page what the module panicked of; see `www/engine.js`.
    #[wasm_bindgen(js_namespace = globalThis, js_name = normlabPanicked)]
    fn panicked(message: &str);
}

/// Runs once when the module is loaded.
#[wasm_bindgen(start)]
fn start() {
    // The instance is unusable after a panic: the page must hear of it, to replace the worker.
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        panicked(&info.to_string());
    }));
}

/// Panics, so that the page's recovery can be tried out.
#[wasm_bindgen]
pub fn trap() {
    panic!("a trap was asked for");
}

/// A plain JavaScript value; undefined if it cannot be one.
fn js(value: &impl Serialize) -> JsValue {
    serde_wasm_bindgen::to_value(value).unwrap_or_default()
}

/// `a` and `b` name the two runs, anything else both.
fn side(name: &str) -> crate::state::pair::Side {
    use crate::state::pair::Side;
    match name {
        "a" => Side::A,
        "b" => Side::B,
        _ => Side::Both,
    }
}
