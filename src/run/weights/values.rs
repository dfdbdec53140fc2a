//! The numbers of a tensor in a file.

use crate::kernels::Real;
use crate::nn::layout::{LARGEST_COUNT, Role, Tensor, set_count};
use safetensors::Dtype;
use safetensors::tensor::TensorView;

/// Types that parameters and statistics are read from; counts may be of these and of any whole numbers.
const FLOATS: [Dtype; 4] = [Dtype::F32, Dtype::F16, Dtype::BF16, Dtype::F64];

/// Calls `f` with a tensor's numbers in double precision, which holds all of them but whole ones beyond 2⁵³,
/// until it gives something. `None` of a type that is not read.
fn find<T>(view: &TensorView, mut f: impl FnMut(usize, f64) -> Option<T>) -> Option<Option<T>> {
    let dtype = view.dtype();
    let size = dtype.bitsize().div_ceil(8);
    number(dtype, &[0; 8])?;
    let mut numbers = view.data().chunks_exact(size).enumerate();
    Some(numbers.find_map(|(i, bytes)| f(i, number(dtype, bytes)?)))
}

/// The number that begins some bytes, of which there are enough; none of a type that is not read. Not inlined: loops over it
/// would be made once for each type.
#[inline(never)]
fn number(dtype: Dtype, bytes: &[u8]) -> Option<f64> {
    let mut whole = [0; 8];
    let size = bytes.len().min(8);
    whole[..size].copy_from_slice(&bytes[..size]);
    let bits = u64::from_le_bytes(whole);
    Some(match dtype {
        Dtype::F32 => f64::from(f32::from_bits(bits as u32)),
        Dtype::F64 => f64::from_bits(bits),
        Dtype::F16 => f64::from(half(bits as u16)),
        Dtype::BF16 => f64::from(f32::from_bits((bits as u32) << 16)),
        Dtype::I64 => bits as i64 as f64,
        Dtype::I32 => f64::from(bits as i32),
        Dtype::I16 => f64::from(bits as i16),
        Dtype::I8 => f64::from(bits as i8),
        Dtype::U64 | Dtype::U32 | Dtype::U16 | Dtype::U8 => bits as f64,
        _ => return None,
    })
}

/// A half-precision number, IEEE 754 binary16.
fn half(bits: u16) -> f32 {
    let (sign, exponent, fraction) = (u32::from(bits >> 15) << 31, u32::from(bits >> 10 & 31), u32::from(bits & 1023));
    match exponent {
        // Subnormal: a multiple of 2⁻²⁴.
        0 => (fraction as f32 / 16_777_216.0).copysign(f32::from_bits(sign | 1)),
        31 => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (exponent + 112) << 23 | fraction << 13),
    }
}

/// What is wrong with a number that stands there.
fn damage(role: Role, value: f64) -> Option<String> {
    match role {
        Role::Count if value < 0.0 || value.is_nan() || value.trunc() != value => {
            Some(format!("{value}, which is no count"))
        }
        Role::Count if value > LARGEST_COUNT as f64 => Some(format!("{value}, more batches than can be counted here")),
        Role::Count => None,
        _ if value.is_nan() => Some("NaN".into()),
        _ if value.is_infinite() => Some("infinite".into()),
        _ if !(value as f32).is_finite() => Some(format!("{value:e}, beyond single precision")),
        Role::One if value < 0.0 => Some(format!("{value}, and no variance is negative")),
        _ => None,
    }
}

/// Checks that every number can be what it stands for.
///
/// # Errors
/// The first that cannot, by tensor and index, and how many tensors more are damaged; or a type that is not
/// read.
pub(super) fn check<'a>(tensors: impl Iterator<Item = (&'a Tensor, &'a TensorView<'a>)>) -> Result<(), String> {
    let mut problems = tensors.filter_map(|(tensor, view)| {
        let unread = || {
            let types = "F32, F16, BF16 and F64 are read";
            format!("{} is of type {:?}, and {types}", tensor.name, view.dtype())
        };
        if tensor.role != Role::Count && !FLOATS.contains(&view.dtype()) {
            return Some(unread());
        }
        let found = find(view, |i, value| {
            Some(format!("{}{} is {}", tensor.name, index(view.shape(), i), damage(tensor.role, value)?))
        });
        found.unwrap_or_else(|| Some(unread()))
    });
    let Some(first) = problems.next() else { return Ok(()) };
    Err(match problems.count() {
        0 => first,
        1 => format!("{first}; 1 more tensor is damaged too"),
        more => format!("{first}; {more} more tensors are damaged too"),
    })
}

/// The place of a tensor's i-th number, `[row, column]`; nothing of a scalar.
fn index(shape: &[usize], mut i: usize) -> String {
    let mut places: Vec<usize> = Vec::new();
    for &size in shape.iter().rev() {
        places.push(i % size.max(1));
        i /= size.max(1);
    }
    places.reverse();
    if places.is_empty() { String::new() } else { format!("{places:?}") }
}

/// Copies what [`check`] has seen; matrices of a file that is `transposed` are turned.
pub(super) fn read(tensor: &Tensor, view: &TensorView, transposed: bool, to: &mut [f32]) {
    let turned = transposed && crate::run::weights::misfit::is_matrix(tensor);
    let (rows, columns) = if turned { (tensor.shape[0], tensor.shape[1]) } else { (1, 1) };
    find(view, |i, value| {
        if tensor.role == Role::Count {
            set_count(to, value);
        } else {
            to[if turned { i % rows * columns + i / rows } else { i }] = f32::of(value);
        }
        None::<()>
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_precision_by_its_definition() {
        for bits in 0..=u16::MAX {
            let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
            let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
            let value = f64::from(half(bits));
            match exponent {
                31 if fraction == 0.0 => assert_eq!(value, sign * f64::INFINITY),
                31 => assert!(value.is_nan()),
                0 => assert_eq!(value.to_bits(), (sign * fraction * 2f64.powi(-24)).to_bits()),
                _ => assert_eq!(value, sign * (1.0 + fraction / 1024.0) * 2f64.powi(exponent - 15)),
            }
        }
    }

    #[test]
    fn places_are_by_row_and_column() {
        assert_eq!((index(&[], 0), index(&[4], 3), index(&[2, 3], 5)), (String::new(), "[3]".into(), "[1, 2]".into()));
        assert_eq!(index(&[0], 0), "[0]");
    }
}
