//! Nonlinearities, element by element.

use super::layer::{Back, Layer, Pass};
use crate::choice::choices;
use crate::kernels::Real;

choices! {
    /// The nonlinearity after each hidden layer.
    pub enum Activation {
        Relu: "relu", "ReLU", "max(0, x): passes positive values and silences the rest.";
        Tanh: "tanh", "tanh", "Squashes to between −1 and 1; flat, and so almost without gradient, far from 0.";
        Sigmoid: "sigmoid", "sigmoid", "Squashes to between 0 and 1; its slope is at most ¼, so deep stacks lose their gradient.";
        Gelu: "gelu", "GELU", "x·Φ(x), a smooth ReLU, the usual choice in transformers.";
        Silu: "silu", "SiLU", "x·sigmoid(x), a smooth ReLU, also called swish.";
        Identity: "identity", "Identity", "Nothing: the network stays linear, however deep it is.";
    }
}

/// y = φ(x), same shape. The derivative comes from x or y; GELU alone caches Φ(x), a value for each.
///
/// Semantics of `torch.nn.ReLU`, `Tanh`, `Sigmoid`, `GELU` (exact, not the tanh approximation),
/// `SiLU` and `Identity`, of finite numbers. No overflow is hidden: what is not finite stays so or becomes NaN,
/// though ReLU, tanh and sigmoid of −∞ would be finite there.
pub struct Nonlinearity {
    activation: Activation,
    values: usize,
}

impl Nonlinearity {
    /// For samples of that many values.
    pub fn new(activation: Activation, values: usize) -> Nonlinearity {
        Nonlinearity { activation, values }
    }
}

/// 1/√(2π)
const INV_SQRT_TAU: f64 = 0.398_942_280_401_432_7;

#[inline(always)]
fn sigmoid<F: Real>(x: F) -> F {
    F::ONE / (F::ONE + (-x).exp())
}

/// Φ(x), the standard normal distribution function.
#[inline(always)]
fn phi<F: Real>(x: F) -> F {
    F::of(0.5) * (F::ONE + (x * F::of(std::f64::consts::FRAC_1_SQRT_2)).erf())
}

#[inline(always)]
fn map<F: Real>(x: &[F], y: &mut [F], f: impl Fn(F) -> F) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y = f(x);
    }
}

/// dx ← dy·f(v) with f the derivative in terms of v, the layer's input or output.
#[inline(always)]
fn chain<F: Real>(v: &[F], dy: &[F], dx: &mut [F], f: impl Fn(F) -> F) {
    for ((dx, &dy), &v) in dx.iter_mut().zip(dy).zip(v) {
        *dx = dy * f(v);
    }
}

impl<F: Real> Layer<F> for Nonlinearity {
    fn cache_len(&self, batch: usize) -> usize {
        if self.activation == Activation::Gelu { batch * self.values } else { 0 }
    }

    fn forward(&self, _pass: &Pass<F>, x: &[F], y: &mut [F], cache: &mut [F]) {
        match self.activation {
            Activation::Relu => map(x, y, F::positive_part),
            Activation::Tanh => map(x, y, |x| x.tanh() - x.unless_finite()),
            Activation::Sigmoid => map(x, y, |x| sigmoid(x) - x.unless_finite()),
            Activation::Gelu => {
                for ((y, &x), cache) in y.iter_mut().zip(x).zip(cache) {
                    *cache = phi(x);
                    *y = x * *cache;
                }
            }
            Activation::Silu => map(x, y, |x| x * sigmoid(x)),
            Activation::Identity => y.copy_from_slice(x),
        }
    }

    fn backward(&self, _pass: &Pass<F>, back: Back<F>, cache: &mut [F], dx: Option<&mut [F]>, _gradient: &mut [F]) {
        let Some(dx) = dx else { return };
        let Back { x, y, dy } = back;
        match self.activation {
            // At 0 the derivative is taken as 0, as in PyTorch.
            Activation::Relu => {
                for ((dx, &dy), &y) in dx.iter_mut().zip(dy).zip(y) {
                    *dx = if y > F::ZERO { dy } else { F::ZERO };
                }
            }
            Activation::Tanh => chain(y, dy, dx, |y| F::ONE - y * y),
            Activation::Sigmoid => chain(y, dy, dx, |y| y * (F::ONE - y)),
            Activation::Gelu => {
                for (((dx, &dy), &x), &phi) in dx.iter_mut().zip(dy).zip(x).zip(cache.iter()) {
                    *dx = dy * (phi + x * F::of(INV_SQRT_TAU) * (F::of(-0.5) * x * x).exp());
                }
            }
            Activation::Silu => chain(x, dy, dx, |x| {
                let s = sigmoid(x);
                s * (F::ONE + x * (F::ONE - s))
            }),
            Activation::Identity => dx.copy_from_slice(dy),
        }
    }
}
