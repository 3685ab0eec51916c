"""The optimizer of a student that is trained from its first weights on: Muon for matrices, AdamW for what is left."""

from typing import Any

import torch
from torch import Tensor
from torch.optim import _muon


class Together(torch.optim.Optimizer):
    """Optimizers that each have some of the weights, as one."""

    def __init__(self, *parts: torch.optim.Optimizer) -> None:
        self.parts = parts
        super().__init__(self._groups(), {})

    def _groups(self) -> list[dict[str, Any]]:
        return [group for part in self.parts for group in part.param_groups]

    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for part in self.parts:
            part.step()

    def state_dict(self) -> dict[str, Any]:
        return {"parts": [part.state_dict() for part in self.parts]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        for part, state in zip(self.parts, state_dict["parts"], strict=True):
            part.load_state_dict(state)
        self.param_groups = self._groups()


_orthogonal = _muon._zeropower_via_newtonschulz


def _orthogonal_here(grad: Tensor, coefficients: tuple[float, float, float], steps: int, eps: float) -> Tensor:
    """Newton and Schulz's iteration of Muon, which torch does in bfloat16 alone: on a CPU without it a step would take
    seconds. There it is done in float32."""
    if grad.is_cuda:
        return _orthogonal(grad, coefficients, steps, eps)
    a, b, c = coefficients
    wide = grad if len(grad) <= grad.shape[1] else grad.T
    wide = wide / wide.norm().clamp(min=eps)
    for _ in range(steps):
        gram = wide @ wide.T
        wide = torch.addmm(wide, torch.addmm(gram, gram, gram, beta=b, alpha=c), wide, beta=a)
    return wide if len(grad) <= grad.shape[1] else wide.T


_muon._zeropower_via_newtonschulz = _orthogonal_here  # type: ignore[assignment]


def optimizer_of(model: Any, rate: float) -> torch.optim.Optimizer:
    """Muon for the matrices of the decoder's layers (Jordan et al., 2024; its steps scaled to AdamW's size as in Liu et
    al., "Muon is Scalable for LLM Training", 2025), AdamW for the words, the projector and what has one dimension."""
    trained = {name: one for name, one in model.named_parameters() if one.requires_grad}
    matrices = [one for name, one in trained.items() if ".layers." in name and one.ndim == 2]
    known = {id(one) for one in matrices}
    others = [one for one in trained.values() if id(one) not in known]
    return Together(
        torch.optim.Muon(matrices, lr=rate, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, rate, betas=(0.9, 0.98), weight_decay=0.05, fused=others[0].is_cuda),
    )
