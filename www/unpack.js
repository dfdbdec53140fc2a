/**
 * Unpacks LZMA, after Igor Pavlov's specification (public domain): the module is a fifth smaller than by
 * the gzip that every web server knows, and no browser unpacks anything better everywhere.
 */

/** Where all probabilities begin: one half, of 2048. */
const HALF = 1024;

/** @param {number} length */
const chances = (length) => new Uint16Array(length).fill(HALF);

/** A decoder of match lengths: from 0, by the place's lowest bits. */
class Lengths {
  choice = chances(2);
  low = chances(16 << 3);
  middle = chances(16 << 3);
  high = chances(256);
}

/** The range decoder: bits out of bytes. */
class Range {
  #range = 0xffffffff;
  #code = 0;

  /** @param {Uint8Array} bytes @param {number} at */
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
    for (let i = 0; i < 5; i++) this.#code = (this.#code * 256 + bytes[this.at++]) % 0x100000000;
  }

  #fill() {
    if (this.#range >= 0x1000000) return;
    if (this.at >= this.bytes.length) throw new RangeError("The packed data ends early");
    this.#range *= 256;
    this.#code = this.#code * 256 + this.bytes[this.at++];
  }

  /** One bit, of which `of[i]` is the chance to be 0. @param {Uint16Array} of @param {number} i */
  bit(of, i) {
    const chance = of[i];
    const bound = (this.#range >>> 11) * chance;
    const one = this.#code >= bound ? 1 : 0;
    if (one) {
      this.#range -= bound;
      this.#code -= bound;
      of[i] = chance - (chance >> 5);
    } else {
      this.#range = bound;
      of[i] = chance + ((2048 - chance) >> 5);
    }
    this.#fill();
    return one;
  }

  /** So many bits of even chances, the highest first. @param {number} count */
  even(count) {
    let value = 0;
    for (; count > 0; count--) {
      this.#range = this.#range >>> 1;
      const one = this.#code >= this.#range ? 1 : 0;
      if (one) this.#code -= this.#range;
      value = value * 2 + one;
      this.#fill();
    }
    return value;
  }

  /** So many bits, the highest first, each with chances of its own. @param {Uint16Array} of @param {number} from @param {number} count */
  tree(of, from, count) {
    let node = 1;
    for (let i = 0; i < count; i++) node = node * 2 + this.bit(of, from + node);
    return node - (1 << count);
  }

  /** The same, the lowest first. @param {Uint16Array} of @param {number} from @param {number} count */
  reversed(of, from, count) {
    let [node, value] = [1, 0];
    for (let i = 0; i < count; i++) {
      const one = this.bit(of, from + node);
      node = node * 2 + one;
      value += one << i;
    }
    return value;
  }

  /** @param {Lengths} of @param {number} place */
  length(of, place) {
    if (!this.bit(of.choice, 0)) return this.tree(of.low, place << 3, 3);
    if (!this.bit(of.choice, 1)) return 8 + this.tree(of.middle, place << 3, 3);
    return 16 + this.tree(of.high, 0, 8);
  }
}

/**
 * What was packed into a `.lzma` file that says how long it is.
 *
 * @param {Uint8Array} packed
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function unpack(packed) {
  const rest = Math.trunc(packed[0] / 9);
  const [context, lowPlace, bits] = [packed[0] % 9, rest % 5, Math.trunc(rest / 5)];
  const out = new Uint8Array(new DataView(packed.buffer, packed.byteOffset).getUint32(5, true));
  const range = new Range(packed, 13);
  const literals = chances(0x300 << (context + lowPlace));
  const [isMatch, isLong] = [chances(12 << 4), chances(12 << 4)];
  const [isRepeat, isOther, isThird, isFourth] = [chances(12), chances(12), chances(12), chances(12)];
  const [slots, distances, align] = [chances(4 << 6), chances(115), chances(16)];
  const [matches, repeats] = [new Lengths(), new Lengths()];
  /** The last four distances, less one. */
  let [first, second, third, fourth] = [0, 0, 0, 0];
  let state = 0;
  for (let at = 0; at < out.length; ) {
    const place = at & ((1 << bits) - 1);
    if (!range.bit(isMatch, (state << 4) + place)) {
      const before = at > 0 ? out[at - 1] : 0;
      const from = 0x300 * (((at & ((1 << lowPlace) - 1)) << context) + (before >> (8 - context)));
      let node = 1;
      // Behind a match, what would have gone on with it says what is unlikely.
      for (let other = state < 7 ? -1 : out[at - first - 1]; other >= 0 && node < 0x100; ) {
        const likely = (other >> 7) & 1;
        other = (other << 1) & 0xff;
        const one = range.bit(literals, from + ((1 + likely) << 8) + node);
        node = node * 2 + one;
        if (one !== likely) break;
      }
      while (node < 0x100) node = node * 2 + range.bit(literals, from + node);
      out[at++] = node;
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    let length;
    if (range.bit(isRepeat, state)) {
      if (range.bit(isOther, state)) {
        let distance = second;
        if (range.bit(isThird, state)) {
          distance = third;
          if (range.bit(isFourth, state)) {
            distance = fourth;
            fourth = third;
          }
          third = second;
        }
        second = first;
        first = distance;
      } else if (!range.bit(isLong, (state << 4) + place)) {
        state = state < 7 ? 9 : 11;
        out[at] = out[at - first - 1];
        at += 1;
        continue;
      }
      length = range.length(repeats, place);
      state = state < 7 ? 8 : 11;
    } else {
      [fourth, third, second] = [third, second, first];
      length = range.length(matches, place);
      state = state < 7 ? 7 : 10;
      first = distance(range, Math.min(length, 3), slots, distances, align);
    }
    if (first >= at) throw new RangeError("The packed data is damaged");
    const end = Math.min(at + length + 2, out.length);
    for (; at < end; at++) out[at] = out[at - first - 1];
  }
  return out;
}

/**
 * A distance, less one: its two highest bits and their place as one number, then the bits below.
 *
 * @param {Range} range
 * @param {number} length
 * @param {Uint16Array} slots
 * @param {Uint16Array} distances
 * @param {Uint16Array} align
 */
function distance(range, length, slots, distances, align) {
  const slot = range.tree(slots, length << 6, 6);
  if (slot < 4) return slot;
  const count = (slot >> 1) - 1;
  const high = (2 + (slot & 1)) * 2 ** count;
  if (slot < 14) return high + range.reversed(distances, high - slot, count);
  return high + range.even(count - 4) * 16 + range.reversed(align, 0, 4);
}
