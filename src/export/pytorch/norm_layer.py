

class ImageLayerNorm(Affine):
    """torch.nn.LayerNorm over all of an image, with γ and β per channel."""

    def forward(self, x):
        return self.affine(functional.layer_norm(x, x.shape[1:], eps=EPS))


def normalization(channels):
    return nn.LayerNorm(channels, eps=EPS, elementwise_affine=AFFINE)  #? vectors
    return ImageLayerNorm(channels)  #? !vectors
