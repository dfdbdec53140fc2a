

def normalization(channels):
    """InstanceNorm is GroupNorm with a group for each channel."""
    return nn.GroupNorm(channels, channels, eps=EPS, affine=AFFINE)
