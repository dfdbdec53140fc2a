

def lengths_of(x):
    """How many positions of each sequence are valid: a negative number is padding."""
    return (x >= 0).sum(1) if VOCABULARY else torch.full([len(x)], LENGTH)


def tokens_of(x):
    """In a padded position, −1 − k looks like token k."""
    return torch.where(x < 0, -1 - x, x).long()
