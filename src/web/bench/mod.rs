//! Exports that only the benches use.

mod layers;
mod probes;
mod products;
mod slopes;
mod steps;
