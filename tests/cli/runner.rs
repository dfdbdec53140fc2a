//! Calls the runner, each test in a folder of its own.

use serde_json::Value;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A fresh folder, gone at the end of the test; the runner is called from inside it.
pub struct Folder(PathBuf);

/// What a call left behind.
pub struct Answer {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Folder {
    /// `test` must be a name of its own: tests run side by side.
    pub fn new(test: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("normlab-{}-{test}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub fn call(&self, arguments: &[&str]) -> Answer {
        let output = Command::new(env!("CARGO_BIN_EXE_normlab")).args(arguments).current_dir(&self.0).output().unwrap();
        Answer {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// A call whose standard output nobody reads, as behind `| head` once that has its lines; it may
    /// still be at work.
    pub fn call_unread(&self, arguments: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_normlab"));
        let mut child = command.args(arguments).current_dir(&self.0).stdout(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        child
    }

    /// A call that must succeed, and the lines that it printed.
    pub fn lines(&self, arguments: &[&str]) -> Vec<Value> {
        let answer = self.call(arguments);
        assert_eq!((answer.code, answer.stderr.as_str()), (0, ""), "{arguments:?}");
        answer.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The summary of a run that must succeed.
    pub fn summary(&self, arguments: &[&str]) -> Value {
        self.lines(arguments).pop().unwrap()["summary"].take()
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.0.join(name), bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.0.join(name)).unwrap()
    }

    /// Every file in it, with its content.
    pub fn content(&self) -> Vec<(String, Vec<u8>)> {
        let entries = std::fs::read_dir(&self.0).unwrap().map(|e| e.unwrap());
        let name = |e: &std::fs::DirEntry| e.file_name().to_string_lossy().into_owned();
        let mut all: Vec<_> = entries.map(|e| (name(&e), std::fs::read(e.path()).unwrap_or_default())).collect();
        all.sort();
        all
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Whatever remains in the temporary folder is the system's to clean.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
