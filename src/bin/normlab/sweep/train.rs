//! Many cells at a time; their lines come out in the cells' order, whoever is done first.

use super::ask::words;
use crate::Failure;
use crate::printer::Printer;
use normlab::sweep::lines;
use normlab::sweep::outcome::Outcome;
use normlab::sweep::record::Record;
use normlab::sweep::spec::Spec;
use normlab::sweep::trial::Trial;
use std::collections::BTreeMap;
use std::io::{IsTerminal, stderr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::Instant;

/// What became of a cell; none if it cannot be trained.
type Done = Result<Option<Outcome>, String>;

/// Trains these cells and prints their lines.
pub fn all(mut record: Record, todo: &[usize], jobs: usize, out: &mut Printer) -> Result<(), Failure> {
    let spec = record.spec().clone();
    let (next, (send, receive)) = (AtomicUsize::new(0), channel::<(usize, Done)>());
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(todo.len()) {
            let (send, next, spec) = (send.clone(), &next, &spec);
            scope.spawn(move || {
                while let Some(&cell) = todo.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if send.send((cell, train(spec, cell))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(send);
        let mut waiting = BTreeMap::new();
        let mut due = todo.iter();
        let mut progress = Progress::new(todo.len());
        let mut first = due.next();
        for (cell, done) in receive {
            waiting.insert(cell, done.map_err(Failure::System)?);
            progress.step();
            while let Some(done) = first.and_then(|cell| waiting.remove(cell)) {
                let cell = first.copied().unwrap_or_default();
                if let Some(outcome) = done {
                    record.take(cell, outcome);
                }
                if let Some(line) = lines::line(&record, cell) {
                    out.print(&line)?;
                }
                first = due.next();
            }
            // Whoever stops the sweep keeps what is done.
            out.finish()?;
            if out.is_unread() {
                break;
            }
        }
        progress.clear();
        Ok(())
    })?;
    out.finish()
}

fn train(spec: &Spec, index: usize) -> Done {
    let cell = spec.cell(index);
    let Ok(config) = cell.config else { return Ok(None) };
    match Trial::new(config, cell.steps, spec.plan.threshold) {
        Ok(trial) => Ok(Some(trial.finish())),
        Err(problems) => Err(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")),
    }
}

/// Cells done, and the time left: for people alone.
struct Progress {
    all: usize,
    done: usize,
    start: Instant,
    shown: bool,
}

impl Progress {
    fn new(all: usize) -> Progress {
        Progress { all, done: 0, start: Instant::now(), shown: stderr().is_terminal() }
    }

    fn step(&mut self) {
        self.done += 1;
        if self.shown {
            let left = self.start.elapsed().mul_f64((self.all - self.done) as f64 / self.done as f64);
            eprint!("\r\x1b[K{} of {} cells, {} left", self.done, self.all, words(left));
        }
    }

    fn clear(&self) {
        if self.shown {
            eprint!("\r\x1b[K");
        }
    }
}
