//! Optimizers over one flat vector of parameters, with PyTorch's update rules.

use crate::choice::choices;
use crate::kernels::Real;
use std::ops::Range;

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
    /// Where weight decay acts and where it does not, side by side from the first parameter to the last.
    spans: Vec<Span>,
}

/// Neighbouring parameters that weight decay treats alike.
#[derive(Clone, Debug, PartialEq)]
struct Span {
    range: Range<usize>,
    decays: bool,
}

impl<F: Real> Updater<F> {
    /// A fresh updater for that many parameters.
    pub fn new(rule: Rule, parameters: usize) -> Updater<F> {
        let (first, second) = match rule.optimizer {
            Optimizer::Sgd => (0, 0),
            Optimizer::Momentum => (parameters, 0),
            Optimizer::Adam | Optimizer::AdamW => (parameters, parameters),
        };
        let spans = vec![Span { range: 0..parameters, decays: true }];
        Updater { rule, first: vec![F::ZERO; first], second: vec![F::ZERO; second], steps: 0, spans }
    }

    /// Spares those parameters weight decay. Ranges must be in order and apart.
    pub fn sparing(mut self, ranges: impl IntoIterator<Item = Range<usize>>) -> Updater<F> {
        let end = self.spans.last().map_or(0, |span| span.range.end);
        self.spans.clear();
        let mut from = 0;
        for range in ranges {
            self.push(from..range.start, true);
            from = range.end;
            self.push(range, false);
        }
        self.push(from..end, true);
        self
    }

    /// Appends a span; one like the last is joined to it.
    fn push(&mut self, range: Range<usize>, decays: bool) {
        match self.spans.last_mut() {
            _ if range.is_empty() => {}
            Some(last) if last.decays == decays => last.range.end = range.end,
            _ => self.spans.push(Span { range, decays }),
        }
    }

    /// Moves `params` one step along `gradient`. Same length, same order.
    ///
    /// - SGD: w ← w − η(g + λw)
    /// - momentum: v ← μv + (g + λw), w ← w − ηv (Sutskever et al. 2013 as in PyTorch: η outside v)
    /// - Adam (Kingma & Ba 2015): m, s running means of g and g²; w ← w − η·m̂/(√ŝ + 1e-8)
    /// - AdamW (Loshchilov & Hutter 2019): first w ← w − ηλw, then Adam with λ = 0
    ///
    /// Where a running average leaves the finite range, so does its parameter.
    pub fn step(&mut self, params: &mut [F], gradient: &[F]) {
        self.steps = self.steps.saturating_add(1);
        let Rule { optimizer, lr, momentum, weight_decay } = self.rule;
        let lr_f = F::of(lr);
        let lambda = |span: &Span| if span.decays { weight_decay } else { 0.0 };
        match optimizer {
            Optimizer::Sgd => {
                for span in &self.spans {
                    let decay = F::of(lambda(span));
                    for (w, &g) in params[span.range.clone()].iter_mut().zip(&gradient[span.range.clone()]) {
                        *w -= lr_f * (g + decay * *w);
                    }
                }
            }
            Optimizer::Momentum => {
                let mu = F::of(momentum);
                for span in &self.spans {
                    let decay = F::of(lambda(span));
                    let at = || span.range.clone();
                    for ((w, &g), v) in params[at()].iter_mut().zip(&gradient[at()]).zip(&mut self.first[at()]) {
                        *v = mu * *v + (g + decay * *w);
                        *w -= lr_f * *v;
                    }
                }
            }
            Optimizer::Adam | Optimizer::AdamW => {
                let (b1, b2) = (F::of(1.0 - BETA1), F::of(1.0 - BETA2));
                let size = F::of(lr / (1.0 - libm::pow(BETA1, f64::from(self.steps))));
                let root = F::of((1.0 - libm::pow(BETA2, f64::from(self.steps))).sqrt());
                let eps = F::of(ADAM_EPS);
                for span in &self.spans {
                    let (coupled, keep) = match optimizer {
                        Optimizer::Adam => (F::of(lambda(span)), F::ONE),
                        _ => (F::ZERO, F::of(1.0 - lr * lambda(span))),
                    };
                    let at = || span.range.clone();
                    let averages = self.first[at()].iter_mut().zip(&mut self.second[at()]);
                    for ((w, &g), (m, s)) in params[at()].iter_mut().zip(&gradient[at()]).zip(averages) {
                        let g = g + coupled * *w;
                        *m += b1 * (g - *m);
                        *s += b2 * (g * g - *s);
                        // With s = ∞ the weight would stand still for good, without a word.
                        *w = *w * keep - size * *m / (s.sqrt() / root + eps) - s.unless_finite();
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::Choices;

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

    #[test]
    fn spared_parameters_move_as_without_decay_and_the_others_as_with_it() {
        let (start, gradient) = ([2.0f32, -1.0, 0.5, 3.0, -2.5, 1.5], [0.3f32, 0.1, -0.2, 0.7, 0.4, -0.6]);
        let spared = [1usize, 2, 5];
        for &optimizer in Optimizer::ALL {
            let run = |mut updater: Updater<f32>| {
                let mut w = start;
                for _ in 0..5 {
                    updater.step(&mut w, &gradient);
                }
                w
            };
            let with = run(Updater::new(rule(optimizer), 6));
            let without = run(Updater::new(Rule { weight_decay: 0.0, ..rule(optimizer) }, 6));
            let mixed = run(Updater::new(rule(optimizer), 6).sparing([1..2, 2..3, 5..6]));
            for i in 0..6 {
                let want = if spared.contains(&i) { without[i] } else { with[i] };
                assert_eq!(mixed[i], want, "{optimizer:?} {i}");
                assert_ne!(with[i], without[i], "{optimizer:?} {i}");
            }
            assert_eq!(run(Updater::new(rule(optimizer), 6).sparing([])), with);
            assert_eq!(run(Updater::new(rule(optimizer), 6).sparing(std::iter::once(0..6))), without);
        }
    }

    #[test]
    fn neighbours_that_are_spared_are_one_span() {
        let updater = Updater::<f64>::new(rule(Optimizer::Sgd), 10).sparing([2..4, 4..5, 8..10]);
        let spans: Vec<_> = updater.spans.iter().map(|s| (s.range.clone(), s.decays)).collect();
        assert_eq!(spans, [(0..2, true), (2..5, false), (5..8, true), (8..10, false)]);
    }
}
