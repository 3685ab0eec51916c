"""The replacement of torchvision's nms: right, and inactive where the native library loads."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from models import torchvision_ops


def brute_force(boxes: torch.Tensor, scores: torch.Tensor, threshold: float) -> list[int]:
    kept: list[int] = []
    for i in scores.argsort(descending=True, stable=True).tolist():
        for j in kept:
            lt, rb = torch.maximum(boxes[i, :2], boxes[j, :2]), torch.minimum(boxes[i, 2:], boxes[j, 2:])
            common = (rb - lt).clamp(min=0).prod()
            sizes = (boxes[i, 2:] - boxes[i, :2]).prod() + (boxes[j, 2:] - boxes[j, :2]).prod()
            if common / (sizes - common) > threshold:
                break
        else:
            kept.append(i)
    return kept


@pytest.mark.parametrize("threshold", [0.1, 0.5, 0.9])
def test_nms_equals_brute_force(threshold):
    generator = torch.Generator().manual_seed(0)
    corner = torch.rand(60, 2, generator=generator) * 50
    boxes = torch.cat([corner, corner + 5 + torch.rand(60, 2, generator=generator) * 40], 1)
    scores = torch.rand(60, generator=generator)
    assert torchvision_ops.nms(boxes, scores, threshold).tolist() == brute_force(boxes, scores, threshold)


def test_overlapping_boxes_are_suppressed():
    boxes = np.array([[0.0, 0, 10, 10], [1, 0, 11, 10], [20, 20, 30, 30]], np.float32)
    assert torchvision_ops.suppressed(boxes, 0.5) == [0, 2]
    assert torchvision_ops.suppressed(np.zeros((0, 4), np.float32), 0.5) == []


def test_nms_of_nothing():
    assert torchvision_ops.nms(torch.empty(0, 4), torch.empty(0), 0.5).shape == (0,)


def test_torchvision_and_what_needs_it_import_after_install():
    code = (
        "from models import torchvision_ops; torchvision_ops.install(); torchvision_ops.install()\n"
        "import torch, torchvision, segment_anything\n"
        "from transformers import CLIPModel, SmolVLMProcessor\n"
        "boxes = torch.tensor([[0., 0, 10, 10], [1, 1, 10, 10], [20, 20, 30, 30]])\n"
        "assert torchvision.ops.nms(boxes, torch.tensor([.9, .8, .7]), .5).tolist() == [0, 2]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_native_operators_are_left_alone(monkeypatch):
    monkeypatch.setattr(torchvision_ops, "_library", None)
    monkeypatch.setattr(torch.ops, "load_library", lambda path: None)  # a torchvision whose native library loads
    assert torchvision_ops.install() is False
    assert torchvision_ops._library is None
