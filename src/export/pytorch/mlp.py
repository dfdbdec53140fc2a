

class Network(nn.Module):
    def __init__(self):
        super().__init__()
        for i in range(1, DEPTH + 1):
            self.add_module(f"linear{i}", nn.Linear(FEATURES if i == 1 else WIDTH, WIDTH, bias=HIDDEN_BIAS))
            self.add_module(f"norm{i}", normalization(WIDTH))  #? norm !drawn
            self.add_module(f"norm{i}", normalization(WIDTH, 2 * i - 1))  #? norm drawn
            self.add_module(f"dropout{i}", Dropout(2 * i))  #? dropout
        for i in SKIPPED:  #? skipinit
            self.add_module(f"skip{i}", Gain())  #? skipinit
        self.head = nn.Linear(WIDTH, CLASSES)

    def forward(self, x):
        for i in range(1, DEPTH + 1):
            x = hidden(self, i, f"linear{i}", x)
        return self.head(x)
