"""Convolutional networks made ready to answer, and no longer to be trained."""

from itertools import pairwise

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


def fold_norms(model: nn.Module) -> int:
    """Fold each batch normalisation into the convolution before it, in place; how many were.

    In evaluation mode a batch normalisation is a fixed scale and shift of each channel, which the convolution can do
    itself (Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
    Inference", CVPR 2018, section 3.2). The weights are then laid out channels last, as a CPU reads them fastest.
    Results differ by rounding. Only neighbours in an `nn.Sequential` are folded.

    Args:
        model: in evaluation mode.
    """
    count = 0
    for sequence in [module for module in model.modules() if isinstance(module, nn.Sequential)]:
        for at, (first, second) in enumerate(pairwise(list(sequence))):
            if isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d):
                sequence[at] = fuse_conv_bn_eval(first, second)
                sequence[at + 1] = nn.Identity()
                count += 1
    if count:
        model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs lack it
    return count
