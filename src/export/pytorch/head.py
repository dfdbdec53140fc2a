import argparse
import json
from pathlib import Path

import numpy
import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional

