//! A measuring worker's handle on the landscapes of one architecture.

use super::js;
use crate::choice::Choices;
use crate::config::Config;
use crate::probe::landscape::{Cut, Path, Plane, Policy};
use crate::scene::Section;
use crate::session::scan::{Scan, Through};
use wasm_bindgen::prelude::*;

/// Measures losses around given weights.
#[wasm_bindgen]
pub struct Surveyor {
    scan: Scan<f32>,
    plane: Option<Plane<f32>>,
}

#[wasm_bindgen]
impl Surveyor {
    /// A surveyor for the network and data of a configuration in one line, `key=value&…`; throws the
    /// list of problems.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str) -> Result<Surveyor, JsValue> {
        let scan = Config::from_text(text).and_then(Scan::new).map_err(|problems| js(&problems))?;
        Ok(Surveyor { scan, plane: None })
    }

    /// Places the plane through these weights (parameters, then buffers, as a trainer gives them):
    /// numbers for `Lab.take_landscape`. `plane` and `statistics` as in the view. `more`: for the path of
    /// training a trainer's trail, for the line from A to B the other end's weights.
    ///
    /// Throws why there is no such plane, in words.
    pub fn place(&mut self, weights: &[f32], plane: &str, statistics: &str, more: &[f32]) -> Result<Vec<f64>, JsValue> {
        self.plane = None;
        let (plane, path) = self.through(weights, plane, statistics, more)?;
        let mut section = Section { bounds: plane.bounds(), ..Section::default() };
        if let Some(path) = path {
            section.path = path.points.into_iter().map(|[a, b]| (a, b)).collect();
            section.explained = Some(path.explained);
        }
        self.plane = Some(plane);
        Ok(section.numbers())
    }

    /// The network at a point of such a plane, parameters, then buffers. The plane that was placed stays.
    ///
    /// Throws why there is no such plane, in words.
    pub fn at(
        &mut self,
        weights: &[f32],
        plane: &str,
        statistics: &str,
        more: &[f32],
        a: f64,
        b: f64,
    ) -> Result<Vec<f32>, JsValue> {
        self.through(weights, plane, statistics, more).map(|(mut plane, _)| plane.state(a, b).values())
    }

    /// The losses at points `from` to `to` (excluded) of a square grid of `points × points`, counted
    /// row by row from the bottom left.
    pub fn plane(&mut self, points: usize, from: usize, to: usize) -> Vec<f32> {
        let losses = self.plane.as_mut().map(|plane| self.scan.losses(plane, points, from..to));
        narrow(losses.unwrap_or_default())
    }

    /// The losses at points `from` to `to` (excluded) of a line of `points`, along the first direction.
    pub fn line(&mut self, points: usize, from: usize, to: usize) -> Vec<f32> {
        let losses = self.plane.as_mut().map(|plane| self.scan.along(plane, points, from..to));
        narrow(losses.unwrap_or_default())
    }
}

impl Surveyor {
    fn through(
        &mut self,
        weights: &[f32],
        plane: &str,
        statistics: &str,
        more: &[f32],
    ) -> Result<(Plane<f32>, Option<Path>), JsValue> {
        let cut = Cut::named(plane).unwrap_or(Cut::Random);
        let policy = Policy::named(statistics).unwrap_or(Policy::Batch);
        self.scan.plane(weights, Through { cut, policy, more }).map_err(|why| JsValue::from_str(&why))
    }
}

fn narrow(losses: Vec<f64>) -> Vec<f32> {
    losses.into_iter().map(|v| v as f32).collect()
}
