//! Which values can share memory.

use crate::order::sorted;

/// Assigns a slot to each value so that no two values alive at the same time share one.
///
/// `alive[i]` is the first and the last moment, inclusive, at which value `i` is needed. Returns each
/// value's slot; slots count from 0. A chain of layers needs two.
pub fn share(alive: &[(usize, usize)]) -> Vec<usize> {
    let order = sorted(alive.len(), &|i, j| alive[i].cmp(&alive[j]));
    let mut slots = vec![0; alive.len()];
    // The last moment at which each slot is taken.
    let mut taken: Vec<usize> = Vec::new();
    for i in order {
        let (first, last) = alive[i];
        let slot = taken.iter().position(|&until| until < first).unwrap_or(taken.len());
        match taken.get_mut(slot) {
            Some(until) => *until = last,
            None => taken.push(last),
        }
        slots[i] = slot;
    }
    slots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_takes_two_slots_in_turn() {
        assert_eq!(share(&[(0, 1), (1, 2), (2, 3), (3, 4)]), [0, 1, 0, 1]);
    }

    #[test]
    fn values_alive_together_stay_apart() {
        // A skip connection: value 0 is needed until moment 3.
        let alive = [(0, 3), (1, 2), (2, 3), (3, 4), (0, 9), (5, 6)];
        let slots = share(&alive);
        for i in 0..alive.len() {
            for j in 0..i {
                let apart = alive[i].1 < alive[j].0 || alive[j].1 < alive[i].0;
                assert!(apart || slots[i] != slots[j], "{i} and {j}: {slots:?}");
            }
        }
        assert_eq!(slots.iter().max(), Some(&3));
    }
}
