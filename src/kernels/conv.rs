//! 3 × 3 convolutions as matrix products: images are lowered to columns (Chellapilla, Puri & Simard
//! 2006), which the matrix kernel multiplies with the weights.
//!
//! Images are channel-last, `[images × side × side × channels]`. A row of the columns holds what one
//! output pixel sees, in the order (kernel row, kernel column, channel): the pixels of a kernel row are
//! neighbours in the image, so inside the border each is copied in one piece. PyTorch's weights,
//! `[outputs × channels × 3 × 3]`, are brought into that order by [`weights_to_columns`].

use super::Real;

/// Pixels on a side of the kernel.
const KERNEL: usize = 3;

/// Values of columns that are made at once: half a MiB in single precision, so that they are still in the
/// cache when they are multiplied, and memory does not grow with the batch.
const AT_ONCE: usize = 1 << 17;

/// What a convolution reads beyond the border of its image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    /// One row of zeros: `padding=1`.
    Zero,
    /// The image mirrored at its outermost pixels: `padding=1, padding_mode='reflect'`. The side must be
    /// 2 or more.
    Reflect,
    /// Nothing; outputs exist only where the kernel lies inside: `padding=0`. The side must be 3 or more.
    Valid,
}

/// Which pixels each output pixel of a convolution sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lowering {
    /// Pixels on a side of the image.
    pub side: usize,
    /// Values per pixel.
    pub channels: usize,
    /// From one output pixel to the next.
    pub stride: usize,
    /// Beyond the image.
    pub border: Border,
}

impl Lowering {
    /// Pixels on a side of the output: (side + 2·padding − 3)/stride + 1, rounded down.
    pub fn output_side(self) -> usize {
        (self.side + 2 * self.padding() - KERNEL) / self.stride + 1
    }

    /// Values of one row of the columns: 9 × channels.
    pub fn row(self) -> usize {
        KERNEL * KERNEL * self.channels
    }

    /// Values of one image.
    pub fn image(self) -> usize {
        self.side * self.side * self.channels
    }

    /// Values of one image's columns.
    pub fn columns(self) -> usize {
        self.output_side() * self.output_side() * self.row()
    }

    /// How many images are best lowered at once, of that many.
    pub fn at_once(self, images: usize) -> usize {
        (AT_ONCE / self.columns()).clamp(1, images.max(1))
    }

    fn padding(self) -> usize {
        match self.border {
            Border::Zero | Border::Reflect => 1,
            Border::Valid => 0,
        }
    }

    /// The pixel that is seen at a place along one axis, counted from the padding's first; none where
    /// zeros are.
    #[inline(always)]
    fn pixel(self, place: usize) -> Option<usize> {
        match (self.border, place) {
            (Border::Valid, place) => Some(place),
            (Border::Reflect, 0) => Some(1),
            (Border::Reflect, place) if place > self.side => Some(self.side - 2),
            (_, place) if (1..=self.side).contains(&place) => Some(place - 1),
            _ => None,
        }
    }

    /// Calls `f(place in the columns, place in the images, values)` for each run of values that lie side
    /// by side in both, in the columns' order; zeros have no place in the images.
    #[inline(always)]
    fn runs(self, images: usize, f: impl FnMut(usize, Option<usize>, usize)) {
        // Grey images by themselves: runs of a length that the compiler knows are moves, not calls.
        if self.channels == 1 { self.runs_of(1, images, f) } else { self.runs_of(self.channels, images, f) }
    }

    #[inline(always)]
    fn runs_of(self, channels: usize, images: usize, mut f: impl FnMut(usize, Option<usize>, usize)) {
        let outputs = self.output_side();
        // Columns of the padded image from which on a kernel row lies inside, and up to which.
        let inside = self.padding()..=self.padding() + self.side - KERNEL.min(self.side);
        let whole = KERNEL * channels;
        let mut to = 0;
        for image in 0..images {
            for top in (0..outputs).map(|y| y * self.stride) {
                let rows: [Option<usize>; KERNEL] = std::array::from_fn(|k| {
                    self.pixel(top + k).map(|y| (image * self.side + y) * self.side * channels)
                });
                for left in (0..outputs).map(|x| x * self.stride) {
                    for row in rows {
                        match row {
                            None => f(to, None, whole),
                            Some(row) if self.side >= KERNEL && inside.contains(&left) => {
                                f(to, Some(row + (left - self.padding()) * channels), whole);
                            }
                            Some(row) => {
                                for k in 0..KERNEL {
                                    f(to + k * channels, self.pixel(left + k).map(|x| row + x * channels), channels);
                                }
                            }
                        }
                        to += whole;
                    }
                }
            }
        }
    }

    /// Lowers images to columns (im2col). Shapes `[images × side × side × channels]` →
    /// `[images · output side² × 9 · channels]`, every value written.
    ///
    /// # Panics
    /// When `columns` is too short for the images.
    pub fn lower<F: Real>(self, images: &[F], columns: &mut [F]) {
        self.runs(images.len() / self.image(), |to, from, n| {
            let to = &mut columns[to..to + n];
            match from {
                Some(from) => copy(&images[from..from + n], to),
                None => clear(to),
            }
        });
    }

    /// images ← images + the adjoint of [`Lowering::lower`] of the columns (col2im): each column's value is
    /// added to the pixel that it was copied from.
    ///
    /// # Panics
    /// When `columns` is too short for the images.
    pub fn raise<F: Real>(self, columns: &[F], images: &mut [F]) {
        self.runs(images.len() / self.image(), |from, to, n| {
            let Some(to) = to else { return };
            for (image, &column) in images[to..to + n].iter_mut().zip(&columns[from..from + n]) {
                *image += column;
            }
        });
    }
}

/// Calls a function over a run that is generic over the length, if that is one of the usual ones, known to the
/// compiler: then it is a few moves, where the rest is a call, which in WebAssembly takes longer than the moves.
macro_rules! with_length {
    ($n:expr, $f:ident($($argument:expr),*), $otherwise:expr) => {
        match $n {
            1 => $f::<F, 1>($($argument),*),
            3 => $f::<F, 3>($($argument),*),
            8 => $f::<F, 8>($($argument),*),
            16 => $f::<F, 16>($($argument),*),
            24 => $f::<F, 24>($($argument),*),
            _ => $otherwise,
        }
    };
}

/// to ← from, of the same length.
#[inline(always)]
fn copy<F: Real>(from: &[F], to: &mut [F]) {
    with_length!(from.len(), copy_known(from, to), to.copy_from_slice(from));
}

#[inline(always)]
fn copy_known<F: Real, const N: usize>(from: &[F], to: &mut [F]) {
    if let (Some(from), Some(to)) = (from.first_chunk::<N>(), to.first_chunk_mut::<N>()) {
        *to = *from;
    }
}

/// to ← 0.
#[inline(always)]
fn clear<F: Real>(to: &mut [F]) {
    with_length!(to.len(), clear_known(to), to.fill(F::ZERO));
}

#[inline(always)]
fn clear_known<F: Real, const N: usize>(to: &mut [F]) {
    if let Some(to) = to.first_chunk_mut::<N>() {
        *to = [F::ZERO; N];
    }
}

/// Weights from PyTorch's order to the columns': `[outputs × channels × 3 × 3]` →
/// `[outputs × 3 × 3 × channels]`.
pub fn weights_to_columns<F: Real>(weights: &[F], channels: usize, to: &mut [F]) {
    let taps = KERNEL * KERNEL;
    for (from, to) in weights.chunks_exact(taps * channels).zip(to.chunks_exact_mut(taps * channels)) {
        for (tap, to) in to.chunks_exact_mut(channels).enumerate() {
            for (to, from) in to.iter_mut().zip(from.chunks_exact(taps)) {
                *to = from[tap];
            }
        }
    }
}

/// gradient ← gradient + the weights' gradient in the columns' order, brought back to PyTorch's.
pub fn add_from_columns<F: Real>(from: &[F], channels: usize, gradient: &mut [F]) {
    let taps = KERNEL * KERNEL;
    for (from, gradient) in from.chunks_exact(taps * channels).zip(gradient.chunks_exact_mut(taps * channels)) {
        for (tap, from) in from.chunks_exact(channels).enumerate() {
            for (&from, gradient) in from.iter().zip(gradient.chunks_exact_mut(taps)) {
                gradient[tap] += from;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::matmul;

    fn sample(n: usize, salt: f64) -> Vec<f64> {
        (0..n).map(|i| (i as f64 * 0.7311 + salt).sin()).collect()
    }

    /// All borders and strides over odd and even sides, as far as they exist.
    fn cases() -> Vec<Lowering> {
        let mut cases = Vec::new();
        for border in [Border::Zero, Border::Reflect, Border::Valid] {
            for stride in [1, 2] {
                for (side, channels) in [(1, 2), (2, 3), (3, 1), (4, 8), (4, 16), (5, 2), (7, 3), (8, 1), (12, 2)] {
                    let least = match border {
                        Border::Zero => 1,
                        Border::Reflect => 2,
                        Border::Valid => 3,
                    };
                    if side >= least {
                        cases.push(Lowering { side, channels, stride, border });
                    }
                }
            }
        }
        cases
    }

    /// The value of a padded image, by definition; `y` and `x` count from the image's own corner.
    fn padded(l: Lowering, image: &[f64], y: isize, x: isize, c: usize) -> f64 {
        let last = l.side as isize - 1;
        let mirror = |i: isize| {
            if i < 0 {
                -i
            } else if i > last {
                2 * last - i
            } else {
                i
            }
        };
        let outside = |i: isize| i < 0 || i > last;
        let (y, x) = match l.border {
            Border::Reflect => (mirror(y), mirror(x)),
            Border::Zero if outside(y) || outside(x) => return 0.0,
            _ => (y, x),
        };
        image[(y as usize * l.side + x as usize) * l.channels + c]
    }

    /// y[o](i, j) = Σ over kernel and channels of w[o][c][k][l]·x[c](i·stride + k − p, j·stride + l − p).
    fn reference(l: Lowering, images: &[f64], w: &[f64], outputs: usize) -> Vec<f64> {
        let (out, p) = (l.output_side(), if l.border == Border::Valid { 0 } else { 1 });
        let mut y = Vec::new();
        for image in images.chunks(l.image()) {
            for i in 0..out {
                for j in 0..out {
                    for o in 0..outputs {
                        let mut sum = 0.0;
                        for c in 0..l.channels {
                            for (k, m) in (0..9).map(|t| (t / 3, t % 3)) {
                                let (row, column) = ((i * l.stride + k) as isize - p, (j * l.stride + m) as isize - p);
                                sum += w[(o * l.channels + c) * 9 + k * 3 + m] * padded(l, image, row, column, c);
                            }
                        }
                        y.push(sum);
                    }
                }
            }
        }
        y
    }

    #[test]
    fn lowered_products_agree_with_the_definition() {
        let (images, outputs) = (3, 5);
        for l in cases() {
            let (x, w) = (sample(images * l.image(), 0.1), sample(outputs * l.row(), 0.2));
            let (mut columns, mut order) = (vec![9.0; images * l.columns()], vec![9.0; w.len()]);
            l.lower(&x, &mut columns);
            weights_to_columns(&w, l.channels, &mut order);
            let mut y = vec![9.0; columns.len() / l.row() * outputs];
            matmul::forward(&columns, &order, &mut y, l.row(), outputs);
            let want = reference(l, &x, &w, outputs);
            assert_eq!(y.len(), want.len(), "{l:?}");
            assert!(y.iter().zip(&want).all(|(a, b)| (a - b).abs() < 1e-12), "{l:?}");
        }
    }

    /// ⟨A·x, r⟩ = ⟨x, Aᵀ·r⟩ for every single pixel x, and what was there before stays.
    #[test]
    fn raising_is_the_adjoint_of_lowering() {
        let images = 2;
        for l in cases() {
            let r = sample(images * l.columns(), 0.3);
            let mut raised = vec![1.0; images * l.image()];
            l.raise(&r, &mut raised);
            for (i, &got) in raised.iter().enumerate() {
                let mut x = vec![0.0; raised.len()];
                x[i] = 1.0;
                let mut columns = vec![9.0; r.len()];
                l.lower(&x, &mut columns);
                let want: f64 = columns.iter().zip(&r).map(|(a, b)| a * b).sum();
                assert!((got - 1.0 - want).abs() < 1e-12, "{l:?}: pixel {i}");
            }
        }
    }

    #[test]
    fn weights_come_back_from_the_columns_order() {
        let (channels, outputs) = (4, 3);
        let w = sample(outputs * channels * 9, 0.4);
        let (mut order, mut back) = (vec![9.0; w.len()], vec![1.0; w.len()]);
        weights_to_columns(&w, channels, &mut order);
        assert_eq!(order[1], w[9], "the second channel's first tap");
        add_from_columns(&order, channels, &mut back);
        assert!(back.iter().zip(&w).all(|(a, b)| a - 1.0 == *b || (a - 1.0 - b).abs() < 1e-15));
    }

    #[test]
    fn few_images_at_once_but_never_none() {
        let l = Lowering { side: 8, channels: 8, stride: 1, border: Border::Zero };
        assert_eq!((l.at_once(64), l.at_once(2)), (AT_ONCE / l.columns(), 2));
        assert_eq!(Lowering { side: 12, channels: 512, ..l }.at_once(64), 1);
    }
}
