

class BatchNorm(nn.modules.batchnorm._BatchNorm):
    """torch.nn.BatchNorm1d and 2d in one."""  #? !parts
    """torch.nn.BatchNorm, but in training each part of the batch has statistics of its own."""  #? parts

    def _check_input_dim(self, x):
        pass

    def forward(self, x):  #? parts
        if not self.training:  #? parts
            return super().forward(x)  #? parts
        axes = [0, *range(2, x.dim())]  #? parts
        self.num_batches_tracked += 1  #? parts
        rho = 1 / float(self.num_batches_tracked)  #? parts cumulative
        rho = self.momentum  #? parts !cumulative
        parts = x.chunk(PARTS)  #? parts
        followed = parts  #? parts ghost
        followed = parts[:1]  # The first device's.  #? parts !ghost
        with torch.no_grad():  #? parts
            self.running_mean.lerp_(torch.stack([part.mean(axes) for part in followed]).mean(0), rho)  #? parts
            self.running_var.lerp_(torch.stack([part.var(axes) for part in followed]).mean(0), rho)  #? parts
        normed = [functional.batch_norm(p, None, None, self.weight, self.bias, True, eps=self.eps) for p in parts]  #? parts
        return torch.cat(normed)  #? parts


def normalization(channels):
    return nn.BatchNorm1d(channels, eps=EPS, momentum=STAT_MOMENTUM, affine=AFFINE)  #? vectors !parts
    return BatchNorm(channels, eps=EPS, momentum=STAT_MOMENTUM, affine=AFFINE)  #? !vectors !parts
    return BatchNorm(channels, eps=EPS, momentum=STAT_MOMENTUM, affine=AFFINE)  #? parts
