//! What can be measured about a network without changing it.
//!
//! A probe reads a network, its state and some samples, and works in buffers of its own: parameters,
//! running statistics and random streams stay as they are, bit for bit.

pub mod boundary;
pub mod landscape;
pub mod layers;
