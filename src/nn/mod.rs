//! Networks: layers as forward/backward pairs over caches that the caller owns.
//!
//! Reading order: [`layer`] (what a layer is), [`linear`], [`conv`], [`activation`], [`norm`] (one file per
//! normalization), for sequences [`step`], [`until`], [`valid`], [`embedding`], [`position`] and [`attention`], then [`layout`]
//! (where each layer's parameters lie in the one flat vector), [`init`], [`network`] (layers joined,
//! forward and backward), [`objective`] (what their outputs are to come near), [`model`] (which layers make which network).
//!
//! An activation is a matrix of rows (samples × positions) by channels, row-major. A network never
//! changes while it computes: parameters and buffers come in through [`layer::Pass`], and running
//! statistics move only through [`network::Network::update_buffers`]. So whatever measures a network
//! cannot disturb it.

pub mod activation;
pub mod adain;
pub mod attention;
pub mod conv;
pub mod dropout;
pub mod embedding;
pub mod flatten;
pub mod gain;
pub mod init;
pub mod join;
pub mod layer;
pub mod layout;
pub mod linear;
pub mod model;
pub mod network;
pub mod norm;
pub mod objective;
pub mod pool;
pub mod position;
pub mod score;
mod slots;
pub mod step;
pub mod until;
pub mod valid;
