"""The optimizer of a student that is trained from its first weights on: Muon for matrices, AdamW for what is left."""

import math
from collections import defaultdict
from typing import Any

import torch
from torch import Tensor


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


class Muon(torch.optim.Muon):
    """torch's Muon, with Nesterov's momentum and its steps scaled to AdamW's size. All matrices of a shape take their
    steps together: each alone is so small that a GPU waits for its next one."""

    def __init__(self, matrices: list[Tensor], rate: float, weight_decay: float) -> None:
        super().__init__(matrices, rate, weight_decay, adjust_lr_fn="match_rms_adamw")

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            alike: dict[torch.Size, list[Tensor]] = defaultdict(list)
            for one in group["params"]:
                if one.grad is not None:
                    alike[one.shape].append(one)
            for shape, some in alike.items():
                grads = [one.grad for one in some if one.grad is not None]
                for one in some:
                    if not self.state[one]:
                        self.state[one]["momentum_buffer"] = torch.zeros_like(one)
                kept = [self.state[one]["momentum_buffer"] for one in some]
                torch._foreach_lerp_(kept, grads, 1 - group["momentum"])
                ahead = torch.stack(torch._foreach_lerp(grads, kept, group["momentum"]))
                given = group["ns_coefficients"], group["ns_steps"], group["eps"]
                at_once = len(ahead) if ahead.is_cuda else 1  # one stays in the cache of a CPU
                turned = torch.cat([orthogonal(few, *given) for few in ahead.split(at_once)])
                torch._foreach_mul_(some, 1 - group["lr"] * group["weight_decay"])
                far = 0.2 * math.sqrt(max(shape)) * group["lr"]
                torch._foreach_add_(some, turned.to(some[0].dtype).unbind(), alpha=-far)


def orthogonal(matrices: Tensor, coefficients: tuple[float, float, float], steps: int, eps: float) -> Tensor:
    """Newton and Schulz's iteration of Muon for `(K, R, C)`. It is done in bfloat16, as torch does it, but on a CPU in
    float32: without that type in hardware a step would take seconds."""
    a, b, c = coefficients
    wide = matrices.bfloat16() if matrices.is_cuda else matrices
    tall = wide.shape[1] > wide.shape[2]
    wide = wide.mT if tall else wide
    wide = wide / wide.norm(dim=(1, 2), keepdim=True).clamp(min=eps)
    for _ in range(steps):
        gram = wide @ wide.mT
        wide = torch.baddbmm(wide, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), wide, beta=a)
    return wide.mT if tall else wide


def optimizer_of(model: Any, rate: float) -> torch.optim.Optimizer:
    """Muon for the matrices of the decoder's layers (Jordan et al., 2024; its steps scaled to AdamW's size as in Liu et
    al., "Muon is Scalable for LLM Training", 2025), AdamW for the words, the projector and what has one dimension."""
    trained = {name: one for name, one in model.named_parameters() if one.requires_grad}
    matrices = [one for name, one in trained.items() if ".layers." in name and one.ndim == 2]
    known = {id(one) for one in matrices}
    others = [one for one in trained.values() if id(one) not in known]
    return Together(
        Muon(matrices, rate, weight_decay=0.05),
        torch.optim.AdamW(others, rate, betas=(0.9, 0.98), weight_decay=0.05, fused=others[0].is_cuda),
    )
