//! The headless runner as its users meet it: a program with arguments, files and exit codes.

#![allow(clippy::unwrap_used)] // a program that does not answer as expected fails the test

mod files;
mod measures;
mod refusals;
mod runner;
mod runs;
mod sweeps;
