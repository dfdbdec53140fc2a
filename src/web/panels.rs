//! The page's charts: drawn, read, and as tables.

use super::canvas::{PageCanvas, UNIT};
use super::lab::Lab;
use super::records::{reading, table};
use crate::chart::{Chart, Sheet, Theme};
use crate::state::pair::Side;
use plotters::drawing::IntoDrawingArea;
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

/// The page's charts.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// Loss or accuracy of both runs.
    Curves,
    /// Run A's layers.
    LayersA,
    /// Run B's layers.
    LayersB,
    /// Run A's landscape.
    LandscapeA,
    /// Run B's landscape.
    LandscapeB,
}

#[wasm_bindgen]
impl Lab {
    /// How far what a panel shows has come; empty where that stands in the chart.
    pub fn moment(&self, panel: Panel) -> String {
        let view = &self.page.view;
        match panel {
            Panel::LandscapeA => self.scene.landscape_moment(Side::A, view),
            Panel::LandscapeB => self.scene.landscape_moment(Side::B, view),
            Panel::Curves => self.scene.curves_moment(view),
            Panel::LayersA => self.scene.layers_moment(Side::A, view),
            Panel::LayersB => self.scene.layers_moment(Side::B, view),
        }
    }

    /// Why a panel shows nothing, as it was last drawn; undefined, if it shows something.
    pub fn lack(&self, panel: Panel) -> Option<String> {
        match &self.drawn[panel as usize] {
            Some((Chart::Empty(why), _)) => Some(why.clone()),
            _ => None,
        }
    }

    /// How a panel's chart was measured.
    pub fn caption(&self, panel: Panel) -> String {
        let view = &self.page.view;
        match panel {
            Panel::Curves => self.scene.curves_caption(view),
            Panel::LayersA => self.scene.layers_caption(Side::A, view),
            Panel::LayersB => self.scene.layers_caption(Side::B, view),
            Panel::LandscapeA => self.scene.landscape_caption(Side::A, view),
            Panel::LandscapeB => self.scene.landscape_caption(Side::B, view),
        }
    }

    /// Draws a panel on its canvas; sizes in CSS pixels, `ratio` device pixels each. False if the
    /// canvas cannot be drawn on.
    pub fn draw(
        &mut self,
        panel: Panel,
        canvas: &HtmlCanvasElement,
        width: f64,
        height: f64,
        ratio: f64,
        dark: bool,
    ) -> bool {
        let chart = self.chart(panel);
        let theme = if dark { Theme::DARK } else { Theme::LIGHT };
        let Some(backend) = PageCanvas::new(canvas, &self.spare, (width, height), ratio) else {
            return false;
        };
        let sheet = Sheet::new(backend.into_drawing_area(), UNIT);
        let done = chart.draw(&sheet, &theme).is_ok();
        self.drawn[panel as usize] = Some((chart, (width, height)));
        done
    }

    /// What stands at a pixel of a panel: `{title, rows, dots, guide, place}`, or undefined.
    pub fn read(&self, panel: Panel, x: f64, y: f64, dark: bool) -> JsValue {
        let Some((chart, size)) = &self.drawn[panel as usize] else {
            return JsValue::UNDEFINED;
        };
        let Some(reading) = chart.read(*size, (x, y)) else {
            return JsValue::UNDEFINED;
        };
        self::reading(reading, dark)
    }

    /// A panel's numbers: `{head, rows}`.
    pub fn table(&self, panel: Panel) -> JsValue {
        table(self.chart(panel).table())
    }
}

impl Lab {
    fn chart(&self, panel: Panel) -> Chart {
        let view = &self.page.view;
        match panel {
            Panel::Curves => self.scene.curves(view),
            Panel::LayersA => self.scene.layers(Side::A, view),
            Panel::LayersB => self.scene.layers(Side::B, view),
            Panel::LandscapeA => self.scene.landscape(Side::A, view),
            Panel::LandscapeB => self.scene.landscape(Side::B, view),
        }
    }
}
