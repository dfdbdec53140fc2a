//! The only tuned code in the house: products, reductions and elementary functions over flat
//! row-major buffers. Whatever is tuned here has a plain twin in its tests.
//!
//! Every sum has a fixed order (several accumulators, merged in a fixed tree), products and sums are rounded one by
//! one (no FMA, see `.cargo/config.toml`), and no function is the platform's own: a result depends on its input
//! alone, and WebAssembly and native code give the same bits.

pub mod conv;
mod dual;
mod groups;
pub mod math;
pub mod matmul;
mod real;
pub mod reduce;
pub mod softmax;
pub mod square;
mod tile;
pub mod tiles;

pub use dual::Dual;
pub use real::Real;
