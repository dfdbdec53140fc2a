//! A table of `docs/`, as the measurements that make it.

use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

/// Measures a cell, as it is printed.
type Cell = Box<dyn Fn() -> String + Send + Sync>;

/// A row: what stands in its first cells, and what is measured for those behind. Columns further behind are given.
pub struct Row {
    /// The first cells.
    pub label: Vec<String>,
    cells: Vec<Cell>,
}

impl Row {
    /// A row whose first cells are `label`, separated by `|`.
    pub fn new(label: impl AsRef<str>) -> Row {
        Row { label: label.as_ref().split('|').map(|cell| cell.trim().to_owned()).collect(), cells: Vec::new() }
    }

    /// The same with a cell more.
    pub fn cell(mut self, measure: impl Fn() -> String + Send + Sync + 'static) -> Row {
        self.cells.push(Box::new(measure));
        self
    }

    /// All cells, measured.
    pub fn measured(&self) -> Vec<String> {
        self.measured_few(self.cells.len())
    }

    /// The first few of them.
    pub fn measured_few(&self, few: usize) -> Vec<String> {
        self.cells.iter().take(few).map(|cell| cell()).collect()
    }
}

/// A table.
pub struct Table {
    /// The file in `docs/`.
    pub document: &'static str,
    /// The heading that it stands under.
    pub section: &'static str,
    /// Which of that section's tables, counted from 0.
    pub nth: usize,
    /// All measured rows.
    pub rows: Vec<Row>,
    /// The row that every test run repeats, and how many of its cells.
    pub cheapest: usize,
    /// See there.
    pub few: usize,
}

impl Table {
    /// All cells of all rows, measured on all cores.
    pub fn measured(&self) -> Vec<Vec<String>> {
        let next = AtomicUsize::new(0);
        let measured = Mutex::new(vec![Vec::new(); self.rows.len()]);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            for _ in 0..cores {
                scope.spawn(|| {
                    while let Some((i, row)) =
                        Some(next.fetch_add(1, Relaxed)).and_then(|i| Some((i, self.rows.get(i)?)))
                    {
                        let cells = row.measured();
                        measured.lock().unwrap()[i] = cells;
                    }
                });
            }
        });
        measured.into_inner().unwrap()
    }

    /// How it is spoken of.
    pub fn name(&self) -> String {
        format!("docs/{}, {:?}, table {}", self.document, self.section, self.nth)
    }
}
