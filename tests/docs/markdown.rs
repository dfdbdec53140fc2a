//! Tables of a Markdown file: found, read, written.

use std::path::PathBuf;

/// One of the files in `docs/`.
pub struct Document {
    path: PathBuf,
    lines: Vec<String>,
}

/// The names of all of them.
pub fn names() -> Vec<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(".md")).collect()
}

impl Document {
    /// Reads it by its name.
    pub fn read(name: &str) -> Document {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
        let lines = std::fs::read_to_string(&path).unwrap().lines().map(str::to_owned).collect();
        Document { path, lines }
    }

    /// All tables: the heading that each stands under, and the lines of its rows.
    fn all(&self) -> Vec<(String, Vec<usize>)> {
        let (mut heading, mut found) = (String::new(), Vec::<(String, Vec<usize>)>::new());
        for (i, line) in self.lines.iter().enumerate() {
            if line.starts_with('#') {
                heading = line.trim_start_matches('#').trim().to_owned();
            } else if line.starts_with("|--") {
                found.push((heading.clone(), Vec::new()));
            } else if line.starts_with('|') && i > 0 && self.lines[i - 1].starts_with('|') {
                found.last_mut().unwrap().1.push(i);
            }
        }
        found
    }

    /// Heading and number of each table, and whether there are figures behind its first column.
    pub fn tables(&self) -> Vec<(String, usize, bool)> {
        let all = self.all();
        let figures =
            |rows: &[usize]| rows.iter().any(|&row| self.cells(row, 1).concat().contains(|c: char| c.is_ascii_digit()));
        let nth = |i: usize| all[..i].iter().filter(|(heading, _)| *heading == all[i].0).count();
        all.iter().enumerate().map(|(i, (heading, rows))| (heading.clone(), nth(i), figures(rows))).collect()
    }

    /// The lines of the rows of a section's table, counted from 0.
    pub fn table(&self, section: &str, nth: usize) -> Vec<usize> {
        let mut here = self.all().into_iter().filter(|(heading, _)| heading == section);
        let found = here.nth(nth).map(|(_, rows)| rows);
        found.unwrap_or_else(|| panic!("{}: no table {nth} in {section:?}", self.path.display()))
    }

    /// The one of some lines whose first cells are these.
    pub fn row(&self, lines: &[usize], label: &[String]) -> usize {
        let fits = |line: &&usize| self.cells(**line, 0).get(..label.len()) == Some(label);
        *lines.iter().find(fits).unwrap_or_else(|| panic!("{}: no row {label:?}", self.path.display()))
    }

    /// The cells of a line from some column on, without marks of emphasis.
    pub fn cells(&self, line: usize, from: usize) -> Vec<String> {
        let row = self.lines[line].trim().trim_matches('|');
        row.split('|').skip(from).map(|cell| cell.trim().replace("**", "")).collect()
    }

    /// Puts cells in place of a line's from some column on. Emphasis is the author's, who must look at it again.
    pub fn write(&mut self, line: usize, from: usize, cells: &[String]) {
        let row = self.lines[line].trim().trim_matches('|').to_owned();
        let mut all: Vec<String> = row.split('|').map(|cell| cell.trim().to_owned()).collect();
        all[from..from + cells.len()].clone_from_slice(cells);
        self.lines[line] = format!("| {} |", all.join(" | "));
    }

    /// Writes the file.
    pub fn save(&self) {
        std::fs::write(&self.path, self.lines.join("\n") + "\n").unwrap();
    }
}
