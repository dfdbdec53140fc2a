//! The page's handle on what is shown: the state, the newest frames, and the charts drawn of them.

use super::records::{Badge, Finding, Ghost, Piece, Title, Vitals, problem};
use super::{js, side};
use crate::chart::Chart;
use crate::chart::number::{percent, short};
use crate::choice::Choices;
use crate::config::Config;
use crate::config::field::Field;
use crate::config::fields;
use crate::probe::landscape::{Cut, Policy};
use crate::scene::{self, Scene, Section, badge, finding, title};
use crate::session::frame::Frame;
use crate::state::pair::{Page, Pair, Side};
use crate::state::presets;
use crate::state::view::{VIEW, View};
use crate::sweep::plan::{PLAN, Plan};
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

/// Charts of the page: see [`super::panels::Panel`].
const PANELS: usize = 5;

/// State and scene.
#[wasm_bindgen]
pub struct Lab {
    pub(super) page: Page,
    notes: Vec<String>,
    pub(super) scene: Scene,
    /// What each panel shows, and the size it was drawn in.
    pub(super) drawn: [Option<(Chart, (f64, f64))>; PANELS],
    /// Not shown: images pass through it on their way to a panel.
    pub(super) spare: HtmlCanvasElement,
}

#[wasm_bindgen]
impl Lab {
    /// The state of a URL's hash. `spare` is a canvas that is not shown.
    #[wasm_bindgen(constructor)]
    pub fn new(hash: &str, spare: HtmlCanvasElement) -> Lab {
        let (page, notes) = Page::from_hash(hash);
        let scene = Scene::default();
        Lab { page, notes, scene, drawn: [const { None }; PANELS], spare }
    }

    /// The state of a URL's hash with what [`Lab::scene`] of another edition gave: curves, ghosts and
    /// landscapes stay. Throws if the bytes are no scene.
    #[cfg(feature = "full")]
    pub fn resume(hash: &str, scene: &[u8], spare: HtmlCanvasElement) -> Result<Lab, JsValue> {
        let scene = Scene::decode(scene).map_err(|e| JsValue::from_str(&e))?;
        let (page, notes) = Page::from_hash(hash);
        Ok(Lab { page, notes, scene, drawn: [const { None }; PANELS], spare })
    }

    /// All that the charts are made of.
    #[cfg(not(feature = "full"))]
    pub fn scene(&self) -> Result<Vec<u8>, JsValue> {
        self.scene.encode().map_err(|e| JsValue::from_str(&e))
    }

    /// Whether the view asks for what only another edition of the engine can show: whatever trains may go on.
    pub fn view_is_beyond(&self) -> bool {
        !self.page.view.edition().is_here()
    }

    /// The names of what is to be measured while the runs train, separated by commas.
    pub fn measures(&self) -> String {
        let names: Vec<&str> = self.page.view.measures().iter().flatten().map(|m| m.name).collect();
        names.join(",")
    }

    /// Whether the state asks for what only another edition of the engine can compute, or say: why something
    /// cannot be trained.
    pub fn is_beyond(&self) -> bool {
        let Pair { a, b } = self.page.pair;
        a.is_beyond() || b.is_beyond()
    }

    /// Takes the state of another hash; the charts stay until [`Lab::restart`].
    pub fn read_hash(&mut self, hash: &str) {
        (self.page, self.notes) = Page::from_hash(hash);
    }

    /// The state as a URL's hash, without `#`.
    pub fn hash(&self) -> String {
        self.page.to_hash()
    }

    /// What of the hash could not be taken as it stood, or what the last change brought along, a sentence
    /// each.
    pub fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    /// A field's value: of run `a` or `b`, or of the view and the sweep.
    pub fn get(&self, of: &str, name: &str) -> Option<String> {
        match side(of) {
            Side::A => fields::get(&self.page.pair.a, name),
            Side::B => fields::get(&self.page.pair.b, name),
            Side::Both => view_field(name)
                .map(|f| f.get(&self.page.view))
                .or_else(|| plan_field(name).map(|f| f.get(&self.page.plan))),
        }
    }

    /// Sets a field of run `a`, of run `b` or of `both`; returns the problem, if there is one. What changed
    /// along with it becomes a note.
    pub fn set(&mut self, of: &str, name: &str, value: &str) -> JsValue {
        let chosen = self.page.pair.choose(side(of), name, value);
        self.notes = chosen.iter().filter(|also| !also.is_empty()).cloned().collect();
        problem(chosen.err())
    }

    /// Sets a field of the view or of the sweep; returns the problem, if there is one.
    pub fn set_view(&mut self, name: &str, value: &str) -> JsValue {
        let view = view_field(name).map(|f| f.set(&mut self.page.view, value));
        let set = view.or_else(|| plan_field(name).map(|f| f.set(&mut self.page.plan, value)));
        problem(set.and_then(Result::err))
    }

    /// Whether a field makes a difference to either run.
    pub fn relevant(&self, name: &str) -> bool {
        let pair = &self.page.pair;
        fields::named(name).is_some_and(|f| (f.relevant)(&pair.a) || (f.relevant)(&pair.b))
    }

    /// The name of the preset whose runs these are; undefined, if they are none's.
    pub fn preset(&self) -> Option<String> {
        presets::of(&self.page.pair).map(|preset| preset.name.into())
    }

    /// Takes a preset's runs and where they stop; whatever else is shown stays.
    pub fn take_preset(&mut self, name: &str) {
        if let Some(preset) = presets::named(name) {
            let page = preset.page();
            self.page.pair = page.pair;
            self.page.view.steps = page.view.steps;
            self.notes.clear();
        }
    }

    /// The settings besides the normalization by which a run differs from the other, in words; then what its
    /// devices exchange.
    pub fn differences(&self, of: &str) -> Vec<String> {
        let mut words = scene::differences(&self.page.pair, side(of));
        words.extend(scene::exchange(self.config(of)));
        words
    }

    /// What the runs share and how many things set them apart: `{title, lede}`.
    pub fn title(&self) -> JsValue {
        let title::Title { title, lede } = self.scene.title(&self.page.pair);
        js(&Title { title, lede })
    }

    /// Whether a run's normalization keeps running statistics.
    pub fn has_running_statistics(&self, of: &str) -> bool {
        self.scene.has_running_statistics(side(of))
    }

    /// Whether some run has a decision boundary to be shown.
    pub fn has_boundary(&self) -> bool {
        self.scene.has_boundary()
    }

    /// What the layer panels show, which is not always what the view asks for.
    pub fn layers_shown(&self) -> String {
        self.scene.layers_shown(&self.page.view).choice().name.into()
    }

    /// A run's whole configuration in one line.
    pub fn run_text(&self, of: &str) -> String {
        self.config(of).to_text()
    }

    /// Why a run cannot be trained: a list, empty if it can. Of what is beyond this edition nothing is known.
    pub fn problems(&self, of: &str) -> JsValue {
        let config = self.config(of);
        js(&if config.is_beyond() { Vec::new() } else { config.check() })
    }

    /// Starts over with the present configuration; changed runs leave ghosts, but not those that a
    /// slider is only `passing`.
    pub fn restart(&mut self, passing: bool) {
        if passing {
            self.scene.pass(self.page.pair);
        } else {
            self.scene.restart(self.page.pair);
        }
    }

    /// Takes a run's newest frame; false if it cannot be read.
    pub fn take(&mut self, of: &str, bytes: &[u8]) -> bool {
        Frame::decode(bytes).map(|frame| self.scene.take(side(of), frame)).is_ok()
    }

    /// Takes a complete grid of losses, measured at the weights of that step on a plane that a surveyor
    /// placed; `plane` and `statistics` as in the view.
    #[allow(clippy::too_many_arguments)] // as a surveyor's worker tells them
    pub fn take_landscape(
        &mut self,
        of: &str,
        step: f64,
        points: usize,
        values: &[f32],
        plane: &str,
        statistics: &str,
        placed: &[f64],
    ) {
        let values = values.iter().map(|&v| if v.is_finite() { f64::from(v) } else { f64::INFINITY }).collect();
        let (cut, policy) = section(plane, statistics);
        if let Some(section) = Section::read(cut, policy, placed) {
            self.scene.surface(side(of)).fill(step as u64, points, values, section);
        }
    }

    /// At the weights of that step there is no such plane, and why.
    pub fn lack_landscape(&mut self, of: &str, step: f64, plane: &str, statistics: &str, why: String) {
        let (cut, policy) = section(plane, statistics);
        self.scene.surface(side(of)).lack(step as u64, cut, policy, why);
    }

    /// Why no landscape can show what the view asks for; undefined, if it can.
    pub fn landscape_lack(&self) -> Option<String> {
        self.scene.landscape_lack(&self.page.view)
    }

    /// A run that nothing more will be heard of.
    pub fn lose(&mut self, of: &str) {
        self.scene.lose(side(of));
    }

    /// Half the width of the histograms' common axis; `resting` if no run moves.
    pub fn range(&mut self, resting: bool) -> f64 {
        self.scene.range(resting)
    }

    /// How a run is doing: `{text, how}`, or undefined while it simply learns.
    pub fn badge(&self, of: &str) -> JsValue {
        badge::of(&self.scene, side(of)).map_or(JsValue::UNDEFINED, |b| js(&Badge { text: b.text, how: b.how }))
    }

    /// That a run was moved by hand: `{text, how}`, or undefined if it was not.
    pub fn moved(&self, of: &str) -> JsValue {
        badge::moved(&self.scene, side(of)).map_or(JsValue::UNDEFINED, |b| js(&Badge { text: b.text, how: b.how }))
    }

    /// What stands in a run's head; undefined before its first frame.
    pub fn vitals(&self, of: &str) -> JsValue {
        let Some(frame) = self.scene.frame(side(of)) else {
            return JsValue::UNDEFINED;
        };
        let last = frame.validations.last();
        js(&Vitals {
            verdict: frame.verdict.choice().name,
            diverged_at: frame.divergence.as_ref().map(|d| d.0 as f64),
            moved_at: frame.moved.map(|step| step as f64),
            loss: last.map(|v| short(v.loss)).unwrap_or_default(),
            accuracy: last.map(|v| percent(v.accuracy)).unwrap_or_default(),
            fingerprint: frame.fingerprint.1.clone(),
            fingerprint_step: frame.fingerprint.0 as f64,
        })
    }

    /// What separates the runs right now: `{headline, about, text: [{text, how, shows}]}`.
    pub fn finding(&self) -> JsValue {
        let found = finding::of(&self.scene, &self.page.view);
        let about = match found.about {
            Side::A => "a",
            Side::B => "b",
            Side::Both => "both",
        };
        let text = found.text.into_iter().map(|p| Piece { text: p.text, how: p.how, shows: p.shows }).collect();
        js(&Finding { headline: found.headline, about, text })
    }

    /// The curves that earlier runs left behind.
    pub fn ghosts(&self) -> JsValue {
        let dress = |g: &crate::scene::Ghost| Ghost {
            name: g.name.clone(),
            pinned: g.pinned,
            light: g.mark.css(false),
            dark: g.mark.css(true),
            marker: g.mark.marker.name(),
        };
        js(&self.scene.ghosts().iter().map(dress).collect::<Vec<_>>())
    }

    /// Pins or unpins a ghost.
    pub fn pin(&mut self, ghost: usize, pinned: bool) {
        self.scene.pin(ghost, pinned);
    }

    /// Removes a ghost.
    pub fn clear(&mut self, ghost: usize) {
        self.scene.clear(ghost);
    }

    /// A run's colour as CSS.
    pub fn color(&self, of: &str, dark: bool) -> String {
        self.scene.mark(side(of)).css(dark)
    }

    /// The name of a run's marker.
    pub fn marker(&self, of: &str) -> String {
        self.scene.mark(side(of)).marker.name().into()
    }
}

impl Lab {
    fn config(&self, of: &str) -> &Config {
        self.page.pair.of(side(of))
    }
}

fn section(plane: &str, statistics: &str) -> (Cut, Policy) {
    (Cut::named(plane).unwrap_or(Cut::Random), Policy::named(statistics).unwrap_or(Policy::Batch))
}

fn plan_field(name: &str) -> Option<&'static Field<Plan>> {
    PLAN.iter().find(|f| f.name == name)
}

fn view_field(name: &str) -> Option<&'static Field<View>> {
    VIEW.iter().find(|f| f.name == name)
}
