"""The optimizer of a student's base."""

from pathlib import Path

import pytest
import torch

from distill import muon
from distill.checkpoints import load_base
from distill.muon import Together, optimizer_of


@pytest.mark.parametrize("shape", [(8, 24), (24, 8), (16, 16)])
def test_the_steps_of_muon_are_those_of_torch(shape: tuple[int, int]) -> None:
    grad = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    given = (3.4445, -4.7750, 2.0315), 5, 1e-7
    here, there = muon._orthogonal_here(grad, *given), muon._orthogonal(grad, *given)
    assert here.dtype == torch.float32
    assert there.dtype == torch.bfloat16
    assert torch.allclose(here, there.float(), atol=0.05)


def test_optimizers_together_go_on(fresh_student: Path) -> None:
    model, _ = load_base(fresh_student, "float32")
    both = optimizer_of(model, 1e-3)
    assert isinstance(both, Together)
    matrices, rest = both.parts
    assert all(one.ndim == 2 for group in matrices.param_groups for one in group["params"])
    trained = sum(len(group["params"]) for group in both.param_groups)
    assert trained == sum(one.requires_grad for one in model.parameters())
    for one in model.parameters():
        one.grad = torch.ones_like(one)
    both.step()
    again = optimizer_of(model, 1e-3)
    again.load_state_dict(both.state_dict())
    for group in again.param_groups:
        group["lr"] = 0.5
    assert isinstance(again, Together)
    assert [group["lr"] for part in again.parts for group in part.param_groups] == [0.5, 0.5]
    kept = next(iter(matrices.state.values()))["momentum_buffer"]
    assert torch.equal(next(iter(again.parts[0].state.values()))["momentum_buffer"], kept)
    assert rest.param_groups
