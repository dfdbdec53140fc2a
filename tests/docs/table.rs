//! A table of `docs/`, as the measurements that make it.

/// Measures a cell, as it is printed.
type Cell = Box<dyn Fn() -> String>;

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
    pub fn cell(mut self, measure: impl Fn() -> String + 'static) -> Row {
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
    /// How it is spoken of.
    pub fn name(&self) -> String {
        format!("docs/{}, {:?}, table {}", self.document, self.section, self.nth)
    }
}
