//! The only tuned code in the house: products, reductions and elementary functions over flat
//! row-major buffers. Whatever is tuned here has a plain twin in its tests.
//!
//! Every sum has a fixed order (several accumulators, merged in a fixed tree), so a result depends
//! on its input and on the instruction set alone: the same WebAssembly gives the same bits anywhere.

pub mod conv;
pub mod math;
pub mod matmul;
mod real;
pub mod reduce;
pub mod softmax;
pub mod square;
pub mod tiles;

pub use real::Real;
