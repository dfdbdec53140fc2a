//! Adaptive instance normalization; `adain.py` made what is compared with.

use crate::{Worst, fixture};
use normlab::nn::adain::adain;

#[test]
fn adaptive_instance_normalization() {
    let mut worst = Worst::default();
    let (cases, _) = fixture::read("adain");
    for case in &cases {
        let mut y = vec![f64::NAN; case.values("y").len()];
        adain(case.values("content"), case.values("style"), case.whole("channels"), case.real("eps"), &mut y);
        worst.compare(&case.to_string(), &y, case.values("y"));
    }
    assert_eq!(cases.len(), 3);
    worst.assert_below("f64 adaptive instance normalization", 1e-14);
}
