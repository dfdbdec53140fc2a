

class Network(nn.Module):
    def __init__(self):
        super().__init__()
        if VOCABULARY:
            self.embedding = nn.Embedding(VOCABULARY, WIDTH)
        else:
            self.input = nn.Linear(CHANNELS, WIDTH)
        self.positions = nn.Module()
        self.positions.weight = nn.Parameter(torch.zeros(LENGTH, WIDTH))
        places = iter(range(1, 10**6))
        for i in range(1, DEPTH + 1):
            block = nn.Module()
            for half in (1, 2):
                if PRE_NORM:
                    block.add_module(f"norm{half}", normalization(WIDTH, next(places)))
                block.add_module(f"dropout{half}", Dropout(next(places)))
                if not PRE_NORM:
                    block.add_module(f"norm{half}", normalization(WIDTH, next(places)))
            block.attention = nn.MultiheadAttention(WIDTH, HEADS, bias=HIDDEN_BIAS, batch_first=True)
            block.up = nn.Linear(WIDTH, 4 * WIDTH, bias=HIDDEN_BIAS)
            block.down = nn.Linear(4 * WIDTH, WIDTH, bias=HIDDEN_BIAS)
            self.add_module(f"block{i}", block)
        if PRE_NORM:
            self.norm_out = normalization(WIDTH, next(places))
        self.head = nn.Linear(WIDTH, CLASSES)

    def forward(self, x):
        lengths = lengths_of(x)
        x = self.embedding(tokens_of(x)) if VOCABULARY else self.input(x.reshape(len(x), LENGTH, CHANNELS))
        x = x + self.positions.weight
        later = torch.ones(LENGTH, LENGTH, dtype=torch.bool).triu(1)
        for i in range(1, DEPTH + 1):
            block = self.get_submodule(f"block{i}")
            attend = lambda v: rows(block.dropout1, block.attention(v, v, v, attn_mask=later, need_weights=False)[0])
            feed = lambda v: rows(block.dropout2, block.down(activation(block.up(v))))
            if PRE_NORM:
                x = x + attend(normed(block.norm1, x, lengths))
                x = x + feed(normed(block.norm2, x, lengths))
            else:
                x = normed(block.norm1, x + attend(x), lengths)
                x = normed(block.norm2, x + feed(x), lengths)
        if PRE_NORM:
            x = normed(self.norm_out, x, lengths)
        return self.head(x[torch.arange(len(x)), lengths - 1])


def normed(norm, x, lengths):
    if not MASKED:
        return rows(norm, x)
    if hasattr(norm, "running_mean"):
        return over(norm, x, torch.arange(LENGTH) < lengths[:, None])
    return over_each(norm, x, lengths)


def rows(layer, x):
    """Normalizations and dropout expect channels before positions."""
    return layer(x.transpose(1, 2)).transpose(1, 2)
