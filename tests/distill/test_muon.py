"""The optimizer of a student's base."""

from pathlib import Path

import torch

from distill.checkpoints import load_base
from distill.muon import Muon, Together, optimizer_of

SHAPES = [(8, 24), (8, 24), (24, 8), (16, 16)]


def test_the_steps_of_muon_are_those_of_torch() -> None:
    drawn = torch.Generator().manual_seed(0)
    ours = [torch.nn.Parameter(torch.randn(shape, generator=drawn)) for shape in SHAPES]
    theirs = [torch.nn.Parameter(one.detach().clone()) for one in ours]
    here = Muon(ours, 0.1, weight_decay=0.05)
    there = torch.optim.Muon(theirs, 0.1, weight_decay=0.05, adjust_lr_fn="match_rms_adamw")
    for _ in range(3):
        before = [one.detach().clone() for one in ours]
        for mine, other in zip(ours, theirs, strict=True):
            mine.grad = torch.randn(mine.shape, generator=drawn)
            other.grad = mine.grad.clone()
        here.step()
        there.step()
        for old, mine, other in zip(before, ours, theirs, strict=True):
            # torch's are bfloat16 on the way
            assert (mine - other).norm() < 0.02 * (mine - old).norm()
            other.data.copy_(mine.data)


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
