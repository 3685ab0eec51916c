import copy

import pytest
import torch
from torch import nn
from transformers import AutoModelForZeroShotObjectDetection

from models.folding import fold_norms
from models.loading import WEIGHTS, load_model

CPU = torch.device("cpu")


def lively(model: nn.Module) -> nn.Module:
    """The model with statistics and scales that are not those of a fresh batch norm."""
    generator = torch.Generator().manual_seed(1)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            for tensor in (module.weight.data, module.bias.data, module.running_mean, module.running_var):
                tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.5)
    return model.eval()


@pytest.mark.parametrize(
    ("layers", "folded"),
    [
        ([nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU()], 1),
        ([nn.Conv2d(3, 8, 3, bias=False), nn.BatchNorm2d(8), nn.Conv2d(8, 4, 1), nn.BatchNorm2d(4)], 2),
        ([nn.Conv2d(3, 8, 3, groups=1), nn.ReLU(), nn.BatchNorm2d(8)], 0),
        ([nn.BatchNorm2d(3), nn.Conv2d(3, 8, 3)], 0),
        ([nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8)), nn.BatchNorm2d(8)], 1),
    ],
    ids=["convolution and norm", "two", "something between", "norm first", "nested"],
)
def test_folded_gives_the_same(layers: list[nn.Module], folded: int):
    model = lively(nn.Sequential(*layers))
    other = copy.deepcopy(model)
    assert fold_norms(other) == folded
    picture = torch.randn(2, 3, 9, 7, generator=torch.Generator().manual_seed(2))
    assert torch.allclose(model(picture), other(picture), atol=1e-5)
    left = sum(isinstance(module, nn.BatchNorm2d) for module in other.modules())
    assert left == sum(isinstance(module, nn.BatchNorm2d) for module in model.modules()) - folded


def test_a_specialist_is_folded_and_one_to_train_is_not():
    folder = WEIGHTS / "detector"
    model, plain = (
        load_model(AutoModelForZeroShotObjectDetection, folder, CPU, torch.float32, trainable=trainable)
        for trainable in (False, True)
    )
    assert not any(isinstance(module, nn.BatchNorm2d) for module in model.modules())
    assert any(isinstance(module, nn.BatchNorm2d) for module in plain.modules())
    picture = torch.randn(1, 3, 96, 128, generator=torch.Generator().manual_seed(3))
    with torch.inference_mode():
        ours, theirs = model.proposals(picture), plain.proposals(picture)
    assert all(torch.allclose(a, b, atol=1e-3, rtol=1e-4) for a, b in zip(ours, theirs, strict=True))
