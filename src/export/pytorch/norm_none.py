

def normalization(channels, place, length=None):
    return nn.Identity()
