//! What measures: each instrument finds several measures in one go.

use super::row::Measure;
use super::value::Value;
use crate::edition::Edition;
use crate::nn::network::{Network, Workspace};
use crate::probe::Batch;
use crate::run::Run;
use std::cell::OnceCell;

/// How to measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Steps between measurements, 1 or more; the first is before the first step.
    pub every: u64,
    /// Step sizes along the gradient, 2 or more.
    pub points: usize,
    /// Batches over which the noise of statistics is taken, at most.
    pub batches: usize,
    /// Products for the leading eigenvalues.
    pub products: usize,
    /// Training samples for the Hessian, at most.
    pub samples: usize,
}

impl Default for Settings {
    /// What the usual measures cost at this interval is in `docs/probes.md`.
    fn default() -> Settings {
        Settings { every: 200, points: 4, batches: 32, products: 20, samples: 256 }
    }
}

/// A measure, and how it is read off what its instrument found.
pub struct Row<Found: 'static> {
    /// What it is.
    pub measure: Measure,
    /// Its value. Asked only if somebody wants it.
    pub read: fn(&Found, &Moment) -> Value,
}

/// What takes the measures of one file in [`crate::measure::instruments`]. It reads a run and works in buffers of its own.
pub trait Instrument: Sized + 'static {
    /// The heading under which its measures stand.
    const GROUP: &'static str;
    /// How many times rarer than others it is asked: the dear ones would take all of the time.
    const RARITY: u64 = 1;
    /// Its measures, in the order in which the page shows them.
    const ROWS: &'static [Row<Self::Found>];
    /// What one measurement finds.
    type Found: 'static;

    /// For runs like that one.
    fn new(run: &Run<f32>) -> Self;

    /// Does one piece of a measurement, and says what it found when that was the last. The run is the same from
    /// piece to piece.
    fn advance(&mut self, now: &Moment) -> Option<Self::Found>;

    /// Of one that takes many pieces, in the middle of them: how many are done, and how many there will be.
    fn progress(&self) -> Option<(usize, usize)> {
        None
    }

    /// Gives up the measurement that has begun.
    fn cancel(&mut self) {}
}

/// A run between two steps, as instruments see it.
pub struct Moment<'a> {
    run: &'a Run<f32>,
    settings: &'a Settings,
    next: &'a OnceCell<Vec<f32>>,
}

impl<'a> Moment<'a> {
    /// `next` is empty at the first look at a run as it stands, and goes along with all others.
    pub(super) fn new(run: &'a Run<f32>, settings: &'a Settings, next: &'a OnceCell<Vec<f32>>) -> Moment<'a> {
        Moment { run, settings, next }
    }

    /// The run.
    pub fn run(&self) -> &'a Run<f32> {
        self.run
    }

    /// Its network.
    pub fn network(&self) -> &'a Network<f32> {
        self.run.network()
    }

    /// The learning rate.
    pub fn lr(&self) -> f64 {
        self.run.config().lr
    }

    /// How to measure.
    pub fn settings(&self) -> &'a Settings {
        self.settings
    }

    /// The mini-batch of the step that the run is about to take, in that step's pass.
    pub fn batch(&self) -> Batch<'a, f32> {
        let (x, labels) = self.run.batch();
        Batch { pass: self.run.next_pass(), x, labels }
    }

    /// θ after that step. The first who asks waits for a gradient.
    pub fn next(&self) -> &'a [f32] {
        self.next.get_or_init(|| {
            let Batch { pass, x, labels } = self.batch();
            let mut work = Workspace::to_train(self.network(), pass.batch);
            let mut gradient = vec![0.0; pass.params.len()];
            self.network().gradient(&pass, x, labels, &mut work, &mut gradient, |_, _| {});
            self.run.updated(&gradient)
        })
    }
}

/// An instrument of any type, at work.
pub(super) trait Live {
    /// See [`Instrument::advance`]: the values of what is wanted, by the measures' names.
    fn advance(&mut self, now: &Moment, wanted: &[&Measure]) -> Option<Vec<(&'static str, Value)>>;
    fn progress(&self) -> Option<(usize, usize)>;
    fn cancel(&mut self);
}

impl<I: Instrument> Live for I {
    fn advance(&mut self, now: &Moment, wanted: &[&Measure]) -> Option<Vec<(&'static str, Value)>> {
        let found = Instrument::advance(self, now)?;
        let rows = I::ROWS.iter().filter(|row| wanted.contains(&&row.measure));
        Some(rows.map(|row| (row.measure.name, (row.read)(&found, now))).collect())
    }

    fn progress(&self) -> Option<(usize, usize)> {
        Instrument::progress(self)
    }

    fn cancel(&mut self) {
        Instrument::cancel(self);
    }
}

/// An instrument as the registry lists it.
#[derive(Clone, Copy)]
pub struct Entry {
    /// The heading under which its measures stand.
    pub group: &'static str,
    /// How many times rarer than others it is asked.
    pub rarity: u64,
    index: usize,
    start: fn(&Run<f32>) -> Option<Box<dyn Live>>,
}

impl Entry {
    /// The one that is listed at that place. The first edition measures nothing: it does without what would.
    pub(super) const fn of<I: Instrument>(index: usize) -> Entry {
        let start: fn(&Run<f32>) -> Option<Box<dyn Live>> =
            if Edition::Full.is_here() { |run| Some(Box::new(I::new(run))) } else { |_| None };
        Entry { group: I::GROUP, rarity: I::RARITY, index, start }
    }

    /// One for runs like that one.
    pub(super) fn start(&self, run: &Run<f32>) -> Option<Box<dyn Live>> {
        (self.start)(run)
    }
}

/// There is one at each place.
impl PartialEq for Entry {
    fn eq(&self, other: &Entry) -> bool {
        self.index == other.index
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "instrument {} of “{}”", self.index, self.group)
    }
}
