//! The page's handle on a sweep: its cells, what is known of them, and the charts drawn of that.

use super::canvas::{PageCanvas, UNIT};
use super::js;
use super::records::{reading, table};
use crate::chart::{Reading, Sheet, Theme};
use crate::choice::Choices;
use crate::config::fields;
use crate::config::{Config, Problem};
use crate::nn::norm::Norm;
use crate::scene::sweep;
use crate::state::pair::{Page, Pair};
use crate::state::view::Part;
use crate::sweep::plan::Metric;
use crate::sweep::presets::Preset;
use crate::sweep::record::Record;
use crate::sweep::spec::{Spec, set_plan};
use crate::sweep::trial::Trial;
use crate::sweep::{lines, presets};
use plotters::drawing::IntoDrawingArea;
use serde::Serialize;
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

/// A sweep's charts.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SweepPanel {
    /// A line for each row.
    Lines,
    /// A tile for each place.
    Map,
}

/// A sweep and what is known of it.
#[wasm_bindgen]
pub struct Sweep {
    page: Page,
    record: Record,
    metric: Metric,
    /// The sizes that the charts were drawn in.
    sizes: [(f64, f64); 2],
    /// Not shown: images pass through it.
    spare: HtmlCanvasElement,
}

/// What a worker needs to train a cell.
#[derive(Serialize)]
struct Order {
    text: String,
    steps: f64,
    share: f64,
}

#[derive(Serialize)]
struct Named {
    name: &'static str,
    label: &'static str,
    help: &'static str,
}

/// `[{name, label, help}]` of the presets.
#[wasm_bindgen]
pub fn sweep_presets() -> JsValue {
    let named = |p: &Preset| {
        let choice = p.choice();
        Named { name: choice.name, label: choice.label, help: choice.help }
    };
    js(&presets::Preset::ALL.iter().map(named).collect::<Vec<_>>())
}

/// The page's hash with a preset's sweep in it; the page's own, if there is no such preset.
#[wasm_bindgen]
pub fn sweep_preset(name: &str, hash: &str) -> String {
    let (mut page, _) = Page::from_hash(hash);
    if let Some(preset) = Preset::named(name) {
        let (base, plan) = preset.settings();
        page.pair = Pair::default();
        for (name, text) in base {
            // A test reads all presets.
            let _ = fields::set(&mut page.pair.a, name, text).and_then(|()| fields::set(&mut page.pair.b, name, text));
        }
        for (name, text) in plan {
            let _ = set_plan(&mut page.plan, name, text);
        }
        page.view.sweep_metric = preset.metric();
        page.view.view = Part::Sweep;
    }
    page.to_hash()
}

#[wasm_bindgen]
impl Sweep {
    /// The sweep of a hash: its plan around run B. `spare` is a canvas that is not shown. Throws the list of
    /// problems.
    #[wasm_bindgen(constructor)]
    pub fn new(hash: &str, spare: HtmlCanvasElement) -> Result<Sweep, JsValue> {
        let (page, _) = Page::from_hash(hash);
        let spec = Spec::new(page.pair.b, page.plan.clone()).map_err(|problems: Vec<Problem>| js(&problems))?;
        let metric = page.view.sweep_metric;
        Ok(Sweep { page, record: Record::new(spec), metric, sizes: [(0.0, 0.0); 2], spare })
    }

    /// All that its numbers depend on, as text: sweeps with the same are the same.
    pub fn key(&self) -> String {
        lines::head(self.record.spec()).to_string()
    }

    /// Shows another metric.
    pub fn show(&mut self, metric: &str) {
        self.metric = Metric::named(metric).unwrap_or(self.metric);
    }

    /// How many cells there are.
    pub fn cells(&self) -> usize {
        self.record.spec().len()
    }

    /// How many of them can be trained.
    pub fn possible(&self) -> usize {
        let spec = self.record.spec();
        (0..spec.len()).filter(|&i| spec.cell(i).config.is_ok()).count()
    }

    /// The cells that can be trained and have not been.
    pub fn missing(&self) -> Vec<u32> {
        self.record.missing().into_iter().map(|i| i as u32).collect()
    }

    /// What a worker needs to train a cell: `{text, steps, share}`; undefined if it cannot be trained.
    pub fn order(&self, cell: usize) -> JsValue {
        let cell = self.record.spec().cell(cell);
        let order = |config: Config| Order {
            text: config.to_text(),
            steps: cell.steps as f64,
            share: self.record.spec().plan.threshold,
        };
        cell.config.map_or(JsValue::UNDEFINED, |config| js(&order(config)))
    }

    /// Takes a cell's outcome, as [`Cell::outcome`] gave it; false if it cannot be read, or is another one
    /// than is known.
    pub fn take(&mut self, cell: usize, outcome: &str) -> bool {
        serde_json::from_str(outcome).is_ok_and(|outcome| self.record.take(cell, outcome))
    }

    /// What all cells share, in words.
    pub fn base(&self) -> String {
        sweep::base(self.record.spec())
    }

    /// What the sweep says, in a sentence; empty before there is anything to say.
    pub fn finding(&self) -> String {
        sweep::finding(&self.record, self.metric)
    }

    /// How a chart was measured.
    pub fn caption(&self, panel: SweepPanel) -> String {
        match panel {
            SweepPanel::Lines => sweep::caption(self.record.spec(), self.metric),
            SweepPanel::Map => sweep::LEGEND.into(),
        }
    }

    /// How far what a chart shows has come: nothing, that stands beside the progress.
    pub fn moment(&self, _panel: SweepPanel) -> String {
        String::new()
    }

    /// Why a chart shows nothing: it always shows something.
    pub fn lack(&self, _panel: SweepPanel) -> Option<String> {
        None
    }

    /// Draws a chart on its canvas; sizes in CSS pixels, `ratio` device pixels each. False if the canvas
    /// cannot be drawn on.
    pub fn draw(
        &mut self,
        panel: SweepPanel,
        canvas: &HtmlCanvasElement,
        width: f64,
        height: f64,
        ratio: f64,
        dark: bool,
    ) -> bool {
        self.sizes[panel as usize] = (width, height);
        let theme = if dark { Theme::DARK } else { Theme::LIGHT };
        let Some(backend) = PageCanvas::new(canvas, &self.spare, (width, height), ratio) else {
            return false;
        };
        let sheet = Sheet::new(backend.into_drawing_area(), UNIT);
        match panel {
            SweepPanel::Lines => sweep::profiles(&self.record, self.metric).draw(&sheet, &theme).is_ok(),
            SweepPanel::Map => sweep::grid(&self.record, self.metric).draw(&sheet, &theme).is_ok(),
        }
    }

    /// What stands at a pixel of a chart: `{title, rows, dots, guide}`, or undefined.
    pub fn read(&self, panel: SweepPanel, x: f64, y: f64, dark: bool) -> JsValue {
        let size = self.sizes[panel as usize];
        let said = |column, row| sweep::reading(&self.record, self.metric, column, row);
        let found = match panel {
            SweepPanel::Lines => {
                let at = sweep::profiles(&self.record, self.metric).at(size, (x, y));
                at.map(|(column, marks)| Reading { guide: marks.guide, dots: marks.dots, ..said(column, None) })
            }
            SweepPanel::Map => {
                let at = sweep::grid(&self.record, self.metric).at(size, (x, y));
                at.map(|(column, row, middle)| Reading { dots: vec![middle], ..said(column, Some(row)) })
            }
        };
        found.map_or(JsValue::UNDEFINED, |found| reading(found, dark))
    }

    /// A chart's numbers: `{head, rows}`.
    pub fn table(&self, _panel: SweepPanel) -> JsValue {
        table(sweep::table(&self.record, self.metric))
    }

    /// The hash that opens the tile at a pixel of the map as run B of the lab, beside the first row of its
    /// column; undefined, where there is none or it cannot be trained.
    pub fn open(&self, x: f64, y: f64) -> Option<String> {
        let (column, row, _) =
            sweep::grid(&self.record, self.metric).at(self.sizes[SweepPanel::Map as usize], (x, y))?;
        let spec = self.record.spec();
        let (across, up) = spec.size();
        let at = |row: usize| spec.cell(row * across + column);
        let cell = at(row);
        let own = cell.config.ok()?;
        let other = |row: usize| at(row).config.ok();
        // The first of a column has the next below it for company, and is itself A.
        let pair = match row {
            0 if up > 1 => Pair { a: own, b: other(1).unwrap_or(own) },
            0 if own.norm != Norm::None => Pair { a: Config { norm: Norm::None, ..own }, b: own },
            0 => Pair { a: own, b: own },
            _ => Pair { a: other(0).unwrap_or(own), b: own },
        };
        let mut page = Page { pair, ..self.page.clone() };
        page.view.view = Part::Lab;
        page.view.steps = (cell.steps as usize).max(1);
        page.view.sweep_metric = self.metric;
        Some(page.to_hash())
    }

    /// The whole as CSV.
    pub fn csv(&self) -> String {
        lines::csv(&self.record)
    }

    /// The whole as one JSON document.
    pub fn json(&self) -> String {
        lines::document(&self.record).to_string()
    }

    /// The whole as a line for each cell that is known, as the headless runner reads them.
    pub fn lines(&self) -> String {
        let spec = self.record.spec();
        let known = (0..spec.len()).filter_map(|i| lines::line(&self.record, i));
        std::iter::once(lines::head(spec)).chain(known).map(|line| format!("{line}\n")).collect()
    }
}

/// A sweep worker's handle on a cell.
#[wasm_bindgen]
pub struct Cell {
    trial: Trial,
}

#[wasm_bindgen]
impl Cell {
    /// Prepares a cell: the configuration in one line, its steps, and the share of the loss of guessing that
    /// counts as learned. Throws the list of problems.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str, steps: f64, share: f64) -> Result<Cell, JsValue> {
        let trial = Config::from_text(text).and_then(|config| Trial::new(config, steps as u64, share));
        Ok(Cell { trial: trial.map_err(|problems| js(&problems))? })
    }

    /// Trains some steps; false once it is over.
    pub fn train(&mut self, steps: u32) -> bool {
        for _ in 0..steps {
            self.trial.step();
        }
        !self.trial.is_over()
    }

    /// What it gave, as JSON.
    pub fn outcome(&self) -> Result<String, JsValue> {
        serde_json::to_string(&self.trial.outcome()).map_err(|e| JsValue::from_str(&e.to_string()))
    }
}
