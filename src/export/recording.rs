//! A run repeated for somebody who wants to take it away.

use super::{Export, Failure, script, unsaid};
use crate::data::Split;
use crate::run::Run;
use crate::run::weights;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensorError, SafeTensors};
use std::fmt::Write;

/// A run, and what it did from its first step on: a run is a pure function of its configuration and its
/// first weights, so that repeating it gives whatever was not kept.
pub struct Recording {
    run: Run<f32>,
    /// The weights before the first step, as [`weights::save`] writes them.
    initial: Vec<u8>,
    /// Which samples each step saw, one step behind the other.
    order: Vec<u32>,
    /// Each step's loss and accuracy on its mini-batch, in training mode; a regression has no accuracy.
    scores: Vec<(f64, Option<f64>)>,
}

impl Recording {
    /// Of a run that has taken no step.
    ///
    /// # Errors
    /// The safetensors library's, in words. None is expected.
    pub fn new(run: Run<f32>) -> Result<Recording, String> {
        let initial = weights::save(run.network().layout(), run.state())?;
        Ok(Recording { run, initial, order: Vec::new(), scores: Vec::new() })
    }

    /// Takes that many steps, or fewer if the run diverges.
    pub fn advance(&mut self, steps: usize) {
        for _ in 0..steps {
            if self.run.divergence().is_some() {
                return;
            }
            let offset = if self.run.tuned() { self.run.training_samples().0.len() as u32 } else { 0 };
            self.order.extend(self.run.indices().iter().map(|i| i + offset));
            let score = self.run.step();
            self.scores.push((score.loss, score.accuracy()));
        }
    }

    /// The run as it stands.
    pub fn run(&self) -> &Run<f32> {
        &self.run
    }

    /// The steps so far as a PyTorch script; `file` is what the tensors' file will be called.
    ///
    /// # Errors
    /// If PyTorch's modules cannot say it.
    pub fn pytorch(&self, file: &str) -> Result<Export, Failure> {
        match unsaid(self.run.config()) {
            Some(problem) => Err(Failure::Config(vec![problem])),
            None => Ok(Export {
                script: script(&self.run, self.scores.len(), file),
                tensors: self.tensors().map_err(|e| Failure::File(e.to_string()))?,
            }),
        }
    }

    /// The present weights and running statistics, as [`weights::save`] writes them.
    ///
    /// # Errors
    /// As [`Recording::new`].
    pub fn weights(&self) -> Result<Vec<u8>, String> {
        weights::save(self.run.network().layout(), self.run.state())
    }

    /// Each step's loss and accuracy on its mini-batch as comma-separated values with a head.
    pub fn history(&self) -> String {
        let mut text = String::from("step,train_loss,train_accuracy\n");
        for (step, (loss, accuracy)) in (1..).zip(&self.scores) {
            let accuracy = accuracy.map_or_else(String::new, |share| share.to_string());
            let _ = writeln!(text, "{step},{loss},{accuracy}");
        }
        text
    }

    /// The file beside the script.
    fn tensors(&self) -> Result<Vec<u8>, SafeTensorError> {
        let initial = SafeTensors::deserialize(&self.initial)?;
        let batch = self.run.config().batch;
        let (first, second) = self.run.training_samples();
        let training: Vec<&Split<f32>> = std::iter::once(first).chain(second).collect();
        let batches = (Dtype::I64, vec![self.order.len() / batch, batch], whole(&self.order));
        let held_out = [&self.run.data().validation];
        let tensors = [
            ("x", self.inputs(&training)),
            ("y", self.answers(&training)),
            ("batches", batches),
            ("validation.x", self.inputs(&held_out)),
            ("validation.y", self.answers(&held_out)),
        ];
        let mut views = Vec::new();
        for (name, (dtype, shape, bytes)) in &tensors {
            views.push(((*name).to_owned(), TensorView::new(*dtype, shape.clone(), bytes)?));
        }
        views.extend(initial.iter().map(|(name, view)| (format!("initial.{name}"), view)));
        safetensors::serialize(views, None)
    }

    /// The inputs of these samples, `[samples × features]`.
    fn inputs(&self, splits: &[&Split<f32>]) -> (Dtype, Vec<usize>, Vec<u8>) {
        let x = splits.iter().flat_map(|s| &s.x).flat_map(|v| v.to_le_bytes()).collect();
        (Dtype::F32, vec![samples(splits), self.run.data().features], x)
    }

    /// Their classes, `[samples]`, or in a regression their targets, `[samples × outputs]`.
    fn answers(&self, splits: &[&Split<f32>]) -> (Dtype, Vec<usize>, Vec<u8>) {
        let labels: Vec<u32> = splits.iter().flat_map(|s| s.y.iter().copied()).collect();
        match &self.run.data().targets {
            None => (Dtype::I64, vec![labels.len()], whole(&labels)),
            Some(targets) => {
                let width = self.run.data().classes;
                let rows = labels.iter().flat_map(|&i| &targets[i as usize * width..][..width]);
                (Dtype::F32, vec![labels.len(), width], rows.flat_map(|v| v.to_le_bytes()).collect())
            }
        }
    }
}

fn samples(splits: &[&Split<f32>]) -> usize {
    splits.iter().map(|s| s.len()).sum()
}

/// Whole numbers as PyTorch wants them to index with: I64.
fn whole(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|&v| i64::from(v).to_le_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::export::export;
    use crate::nn::norm::Norm;

    fn recorded(steps: &[usize], config: Config) -> Recording {
        let mut recording = Recording::new(Run::new(config).unwrap()).unwrap();
        steps.iter().for_each(|&n| recording.advance(n));
        recording
    }

    fn small() -> Config {
        Config { width: 8, depth: 1, batch: 16, ..Config::default() }
    }

    #[test]
    fn it_does_not_matter_in_how_many_pieces_it_is_recorded() {
        let (whole, pieces) = (recorded(&[30], small()), recorded(&[1, 0, 9, 20], small()));
        let exported = export(small(), 30, "w.safetensors").unwrap_or_else(|_| panic!("it can be said"));
        for recording in [&whole, &pieces] {
            let Ok(Export { script, tensors }) = recording.pytorch("w.safetensors") else { panic!("it can be said") };
            assert!(script == exported.script && tensors == exported.tensors);
        }
        assert_eq!(whole.weights(), pieces.weights());
        assert_eq!(whole.history(), pieces.history());
        assert_ne!(whole.weights(), recorded(&[29], small()).weights());
    }

    #[test]
    fn a_history_has_a_line_for_each_step_until_the_run_diverges() {
        let history = recorded(&[12], small()).history();
        let lines: Vec<&str> = history.lines().collect();
        assert_eq!((lines.len(), lines[0]), (13, "step,train_loss,train_accuracy"));
        let mut run = Run::<f32>::new(small()).unwrap();
        for (i, line) in lines[1..].iter().enumerate() {
            let score = run.step();
            assert_eq!(*line, format!("{},{},{}", i + 1, score.loss, score.accuracy().unwrap()));
        }
        let config = Config { lr: 100.0, norm: Norm::None, ..Config::default() };
        let recording = recorded(&[1000], config);
        let end = recording.run().divergence().unwrap().step as usize;
        assert_eq!(recording.history().lines().count(), 1 + end);
        let Ok(Export { script, .. }) = recording.pytorch("w.safetensors") else { panic!("it can be said") };
        assert!(script.contains(&format!("Trains {end} steps")), "{script}");
    }
}
