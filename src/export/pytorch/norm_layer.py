

class LayerNorm(Affine):
    """torch.nn.LayerNorm over the channels of each sample or token; over all of an image, γ and β per channel."""

    def forward(self, x):
        x = functional.layer_norm(x, x.shape[1:], eps=EPS) if not TOKENS else per_token(x, functional.layer_norm)
        return self.affine(x)


def per_token(x, norm):
    return norm(x.transpose(1, -1), x.shape[1:2], eps=EPS).transpose(1, -1)


def normalization(channels, place):
    return LayerNorm(channels)
