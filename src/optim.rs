//! Optimizers over one flat vector of parameters, with PyTorch's update rules.

use crate::choice::choices;
use crate::kernels::Real;

choices! {
    /// The update rule.
    pub enum Optimizer {
        Sgd: "sgd", "SGD", "Plain stochastic gradient descent: each weight moves against its gradient, times the learning rate.";
        Momentum: "momentum", "Momentum", "SGD with a running sum of past gradients, which damps zigzags and speeds up steady directions.";
        Adam: "adam", "Adam", "Each weight's step is scaled by running averages of its gradient and of the gradient's square.";
        AdamW: "adamw", "AdamW", "Adam with weight decay applied to the weights themselves rather than through the gradient.";
    }
}

/// An update rule with its constants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// Which update.
    pub optimizer: Optimizer,
    /// Learning rate η.
    pub lr: f64,
    /// Weight of the past in `momentum`; the others ignore it.
    pub momentum: f64,
    /// λ: added to the gradient as λw (SGD, momentum, Adam) or subtracted as ηλw (AdamW).
    pub weight_decay: f64,
}

/// Adam's decay rates and ε, PyTorch's defaults.
const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const ADAM_EPS: f64 = 1e-8;

/// A rule and the running averages it keeps, one value per parameter.
#[derive(Clone, Debug)]
pub struct Updater<F> {
    rule: Rule,
    /// Momentum's velocity, or Adam's mean of gradients.
    first: Vec<F>,
    /// Adam's mean of squared gradients.
    second: Vec<F>,
    steps: i32,
}

impl<F: Real> Updater<F> {
    /// A fresh updater for that many parameters.
    pub fn new(rule: Rule, parameters: usize) -> Updater<F> {
        let (first, second) = match rule.optimizer {
            Optimizer::Sgd => (0, 0),
            Optimizer::Momentum => (parameters, 0),
            Optimizer::Adam | Optimizer::AdamW => (parameters, parameters),
        };
        Updater { rule, first: vec![F::ZERO; first], second: vec![F::ZERO; second], steps: 0 }
    }

    /// Moves `params` one step along `gradient`. Same length, same order.
    ///
    /// - SGD: w ← w − η(g + λw)
    /// - momentum: v ← μv + (g + λw), w ← w − ηv (Sutskever et al. 2013 as in PyTorch: η outside v)
    /// - Adam (Kingma & Ba 2015): m, s running means of g and g²; w ← w − η·m̂/(√ŝ + 1e-8)
    /// - AdamW (Loshchilov & Hutter 2019): first w ← w − ηλw, then Adam with λ = 0
    pub fn step(&mut self, params: &mut [F], gradient: &[F]) {
        self.steps = self.steps.saturating_add(1);
        let Rule { optimizer, lr, momentum, weight_decay } = self.rule;
        let (lr_f, decay) = (F::of(lr), F::of(weight_decay));
        match optimizer {
            Optimizer::Sgd => {
                for (w, &g) in params.iter_mut().zip(gradient) {
                    *w -= lr_f * (g + decay * *w);
                }
            }
            Optimizer::Momentum => {
                let mu = F::of(momentum);
                for ((w, &g), v) in params.iter_mut().zip(gradient).zip(&mut self.first) {
                    *v = mu * *v + (g + decay * *w);
                    *w -= lr_f * *v;
                }
            }
            Optimizer::Adam | Optimizer::AdamW => {
                let coupled = if optimizer == Optimizer::Adam { decay } else { F::ZERO };
                let keep = if optimizer == Optimizer::AdamW { F::of(1.0 - lr * weight_decay) } else { F::ONE };
                let (b1, b2) = (F::of(1.0 - BETA1), F::of(1.0 - BETA2));
                let size = F::of(lr / (1.0 - libm::pow(BETA1, f64::from(self.steps))));
                let root = F::of((1.0 - libm::pow(BETA2, f64::from(self.steps))).sqrt());
                let eps = F::of(ADAM_EPS);
                let averages = self.first.iter_mut().zip(&mut self.second);
                for ((w, &g), (m, s)) in params.iter_mut().zip(gradient).zip(averages) {
                    let g = g + coupled * *w;
                    *m += b1 * (g - *m);
                    *s += b2 * (g * g - *s);
                    *w = *w * keep - size * *m / (s.sqrt() / root + eps);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(optimizer: Optimizer) -> Rule {
        Rule { optimizer, lr: 0.1, momentum: 0.9, weight_decay: 0.5 }
    }

    #[test]
    fn first_steps_by_hand() {
        // w = 2, g = 1, λw = 1.
        let mut w = [2.0f64];
        Updater::new(rule(Optimizer::Sgd), 1).step(&mut w, &[1.0]);
        assert!((w[0] - 1.8).abs() < 1e-12);

        let mut w = [2.0f64];
        let mut momentum = Updater::new(rule(Optimizer::Momentum), 1);
        momentum.step(&mut w, &[1.0]); // v = 2, w = 1.8
        momentum.step(&mut w, &[1.0]); // v = 1.8 + 1.9 = 3.7, w = 1.43
        assert!((w[0] - 1.43).abs() < 1e-12);

        let mut w = [2.0f64];
        Updater::new(rule(Optimizer::Adam), 1).step(&mut w, &[1.0]); // the first step is η, whatever the gradient
        assert!((w[0] - 1.9).abs() < 1e-8);

        let mut w = [2.0f64];
        Updater::new(rule(Optimizer::AdamW), 1).step(&mut w, &[1.0]); // 2·(1 − 0.05) − 0.1
        assert!((w[0] - 1.8).abs() < 1e-8);
    }
}
