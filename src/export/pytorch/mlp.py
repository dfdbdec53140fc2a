

class Network(nn.Module):
    def __init__(self):
        super().__init__()
        inputs, places = FEATURES, iter(range(1, 10**6))
        for i in range(1, DEPTH + 1):
            self.add_module(f"linear{i}", nn.Linear(inputs, WIDTH, bias=HIDDEN_BIAS))
            self.add_module(f"norm{i}", normalization(WIDTH, next(places)))
            self.add_module(f"dropout{i}", Dropout(next(places)))
            if SKIP == "skipinit" and inputs == WIDTH and i > 1:
                self.add_module(f"skip{i}", Gain())
            inputs = WIDTH
        self.head = nn.Linear(inputs, CLASSES)

    def forward(self, x):
        for i in range(1, DEPTH + 1):
            start = x
            x = self.get_submodule(f"linear{i}")(x)
            x = hidden(x, self.get_submodule(f"norm{i}"))
            x = self.get_submodule(f"dropout{i}")(x)
            if SKIP != "none" and i > 1:
                x = start + (self.get_submodule(f"skip{i}")(x) if SKIP == "skipinit" else x)
        return self.head(x)
