"""Writes digits.bin, the handwritten digits that the lab embeds.

    pip install scikit-learn && python src/data/digits.py

Source: "Optical Recognition of Handwritten Digits", E. Alpaydin and C. Kaynak, UCI Machine Learning
Repository, doi:10.24432/C50P49, CC BY 4.0; the test part, as packaged with scikit-learn.

Format: 1797 records of 41 bytes, in scikit-learn's order: the label, then 64 pixels of 5 bits each
(values 0 to 16, row by row, most significant bit first).
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

images, labels = load_digits(return_X_y=True)
pixels = images.astype(np.uint8)
bits = np.unpackbits(pixels[:, :, None], axis=2)[:, :, 3:].reshape(len(pixels), 320)
records = np.hstack([labels.astype(np.uint8)[:, None], np.packbits(bits, axis=1)])
Path(__file__).with_name("digits.bin").write_bytes(records.tobytes())
