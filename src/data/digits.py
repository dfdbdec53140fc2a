"""Writes digits.bin, the handwritten digits that the lab embeds.

    pip install scikit-learn && python src/data/digits.py

Source: "Optical Recognition of Handwritten Digits", E. Alpaydin and C. Kaynak, UCI Machine Learning
Repository, doi:10.24432/C50P49, CC BY 4.0; the test part, as packaged with scikit-learn.

Format: 1797 records in scikit-learn's order, each the label (4 bits) and 64 pixels (0 to 16, row by row),
as decisions of an adaptive binary range coder (Martin 1979; the carry-less variant of LZMA). How each
value is cut into decisions, and on what each one's probability depends, is `record` below and in
`digits.rs`. 34 KB instead of the 73 KB of plain 5-bit pixels, of which gzip would leave 48.
"""

from pathlib import Path

from sklearn.datasets import load_digits


class Encoder:
    """Probabilities are of a 0, in units of 1/4096; each decision moves its own by 1/16."""

    def __init__(self):
        self.low, self.range, self.cache, self.pending, self.out = 0, 0xFFFFFFFF, 0, 1, bytearray()
        self.probabilities = {}

    def put(self, context, bit):
        p = self.probabilities.get(context, 2048)
        bound = (self.range >> 12) * p
        if bit:
            self.low, self.range = self.low + bound, self.range - bound
        else:
            self.range = bound
        self.probabilities[context] = p - (p >> 4) if bit else p + ((4096 - p) >> 4)
        while self.range < 1 << 24:
            self.shift()
            self.range = (self.range << 8) & 0xFFFFFFFF

    def shift(self):
        if self.low < 0xFF000000 or self.low > 0xFFFFFFFF:
            carry = self.low >> 32
            self.out.append((self.cache + carry) & 0xFF)
            self.out.extend([(0xFF + carry) & 0xFF] * (self.pending - 1))
            self.cache, self.pending = (self.low >> 24) & 0xFF, 0
        self.pending += 1
        self.low = (self.low & 0x00FFFFFF) << 8

    def finish(self):
        for _ in range(5):
            self.shift()
        # The first byte is always 0.
        return bytes(self.out[1:])


def level(pixel):
    """Pixels that are alike for their neighbours."""
    return 0 if pixel == 0 else 1 if pixel < 6 else 2 if pixel < 12 else 3 if pixel < 16 else 4


def tree(coder, context, value):
    """Four bits, most significant first."""
    node = 1
    for k in (3, 2, 1, 0):
        bit = value >> k & 1
        coder.put((*context, node), bit)
        node = 2 * node + bit


def record(coder, label, pixels):
    tree(coder, ("label",), label)
    for i, pixel in enumerate(pixels):
        left = level(pixels[i - 1]) if i % 8 else 0
        above = level(pixels[i - 8]) if i >= 8 else 0
        coder.put(("zero", i, left, above), pixel > 0)
        if pixel:
            coder.put(("full", left, above), pixel == 16)
            if pixel < 16:
                tree(coder, ("value", left, above), pixel)


images, labels = load_digits(return_X_y=True)
coder = Encoder()
for image, label in zip(images.astype(int).tolist(), labels.tolist()):
    record(coder, label, image)
Path(__file__).with_name("digits.bin").write_bytes(coder.finish())
