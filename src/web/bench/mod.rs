//! Exports that only the benches use.

mod probes;
mod products;
mod slopes;
mod steps;
