

class Network(nn.Module):
    def __init__(self):
        super().__init__()
        if VOCABULARY:
            self.embedding = nn.Embedding(VOCABULARY, WIDTH)
        else:
            self.input = nn.Linear(CHANNELS, WIDTH)
        self.positions = nn.Module()
        self.positions.weight = nn.Parameter(torch.zeros(LENGTH, WIDTH))
        for i in range(1, DEPTH + 1):
            block = nn.Module()
            block.norm1, block.norm2 = (normalization(WIDTH, None, LENGTH) for _ in range(2))
            block.attention = nn.MultiheadAttention(WIDTH, HEADS, bias=HIDDEN_BIAS, batch_first=True)
            block.up = nn.Linear(WIDTH, 4 * WIDTH, bias=HIDDEN_BIAS)
            block.down = nn.Linear(4 * WIDTH, WIDTH, bias=HIDDEN_BIAS)
            self.add_module(f"block{i}", block)
        if PRE_NORM:
            self.norm_out = normalization(WIDTH, None, LENGTH)
        self.head = nn.Linear(WIDTH, CLASSES)

    def forward(self, x):
        x = self.embedding(x.long()) if VOCABULARY else self.input(x.reshape(len(x), LENGTH, CHANNELS))
        x = x + self.positions.weight
        later = torch.ones(LENGTH, LENGTH, dtype=torch.bool).triu(1)
        for i in range(1, DEPTH + 1):
            block = self.get_submodule(f"block{i}")
            attend = lambda v: block.attention(v, v, v, attn_mask=later, need_weights=False)[0]
            feed = lambda v: block.down(activation(block.up(v)))
            if PRE_NORM:
                x = x + attend(tokens(block.norm1, x))
                x = x + feed(tokens(block.norm2, x))
            else:
                x = tokens(block.norm1, x + attend(x))
                x = tokens(block.norm2, x + feed(x))
        if PRE_NORM:
            x = tokens(self.norm_out, x)
        return self.head(x[:, -1])


def tokens(norm, x):
    """Normalizations expect channels before positions."""
    return norm(x.transpose(1, 2)).transpose(1, 2)
