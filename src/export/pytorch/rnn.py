

class Network(nn.Module):
    """An unrolled recurrent network: its weights are shared over time."""

    def __init__(self):
        super().__init__()
        places = iter(range(1, 10**6))
        inputs = CHANNELS
        if VOCABULARY:
            self.embedding = nn.Embedding(VOCABULARY, WIDTH)
            inputs = WIDTH
        for i in range(1, DEPTH + 1):
            cell = nn.Module()
            cell.input = nn.Linear(inputs, WIDTH, bias=False)
            cell.hidden = nn.Linear(WIDTH, WIDTH, bias=HIDDEN_BIAS)
            self.add_module(f"rnn{i}", cell)
            self.add_module(f"norm{i}", normalization(WIDTH, None, LENGTH))
            inputs = WIDTH
        self.dropout = Dropout(None)
        self.head = nn.Linear(inputs, CLASSES)

    def forward(self, x):
        x = self.embedding(x.long()) if VOCABULARY else x.reshape(len(x), LENGTH, CHANNELS)
        states = [None] * DEPTH
        for t in range(LENGTH):
            below = x[:, t]
            for i in range(DEPTH):
                cell = self.get_submodule(f"rnn{i + 1}")
                z = cell.input(below)
                if states[i] is not None:
                    z = z + cell.hidden(states[i])
                norm = self.get_submodule(f"norm{i + 1}")
                states[i] = below = hidden(z, lambda v: at_step(norm, v, t))
        return self.head(self.dropout(below))
