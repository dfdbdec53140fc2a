

class DynamicTanh(Affine):
    def __init__(self, channels):
        super().__init__(channels)
        self.alpha = nn.Parameter(torch.full([1], 0.5))

    def forward(self, x):
        return self.affine(torch.tanh(self.alpha * x))


def normalization(channels):
    return DynamicTanh(channels)
