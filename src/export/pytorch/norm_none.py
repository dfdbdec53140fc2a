

def normalization(channels, place):
    return nn.Identity()
