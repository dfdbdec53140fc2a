

class BatchNorm(nn.modules.batchnorm._BatchNorm):
    """torch.nn.BatchNorm1d and 2d in one; in training, parts of the batch may have statistics of their own."""

    def _check_input_dim(self, x):
        pass

    def forward(self, x):
        if PARTS == 1 or not self.training:
            return super().forward(x)
        axes = [0] + list(range(2, x.dim()))
        self.num_batches_tracked += 1
        rho = self.momentum if self.momentum is not None else 1 / float(self.num_batches_tracked)
        outputs, means, variances = [], [], []
        for part in x.chunk(PARTS):
            outputs.append(functional.batch_norm(part, None, None, self.weight, self.bias, True, 0.0, self.eps))
            means.append(part.mean(axes))
            variances.append(part.var(axes, correction=1))
        follow = slice(None) if FOLLOW_ALL else slice(0, 1)
        with torch.no_grad():
            self.running_mean.lerp_(torch.stack(means[follow]).mean(0), rho)
            self.running_var.lerp_(torch.stack(variances[follow]).mean(0), rho)
        return torch.cat(outputs)
