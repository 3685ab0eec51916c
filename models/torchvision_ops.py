"""Make the PyPI torchvision wheel importable beside a CPU-only torch.

torchvision 0.28.0 on PyPI is linked against CUDA.  Beside a CPU build of torch its native library does not load, the
operator `torchvision::nms` is never defined, and `import torchvision` fails; transformers then reports a misleading
"Could not import module".  `install()` defines the missing operators in torch and numpy.  Where the native library
loads (any CUDA build of torch) nothing is touched.
"""

import importlib.util
from pathlib import Path

import numpy as np
import torch

_library: torch.library.Library | None = None


def nms(boxes: torch.Tensor, scores: torch.Tensor, iou_threshold: float) -> torch.Tensor:
    """Greedy non-maximum suppression, as `torchvision.ops.nms`.

    Args:
        boxes: `(N, 4)` float, `xyxy`.
        scores: `(N,)` float.
        iou_threshold: boxes with a higher IoU with a better one are dropped.

    Returns:
        `(K,)` int64 indices of the kept boxes, by falling score.
    """
    order = torch.sort(scores, descending=True, stable=True).indices
    kept = suppressed(boxes[order].float().cpu().numpy(), iou_threshold)
    return order[torch.tensor(kept, dtype=torch.long, device=boxes.device)]


def suppressed(ranked: np.ndarray, iou_threshold: float) -> list[int]:
    """Greedy non-maximum suppression of boxes `(N, 4)` `xyxy`, best first: indices of those that stay.

    In numpy: boxes are few, and a step of it costs a tenth of one of torch.
    """
    x1, y1, x2, y2 = ranked.T
    area = (x2 - x1) * (y2 - y1)
    alive = np.ones(len(ranked), dtype=bool)
    kept = []
    for i in range(len(ranked)):
        if not alive[i]:
            continue
        kept.append(i)
        width = (np.minimum(x2[i], x2[i + 1 :]) - np.maximum(x1[i], x1[i + 1 :])).clip(min=0)
        height = (np.minimum(y2[i], y2[i + 1 :]) - np.maximum(y1[i], y1[i + 1 :])).clip(min=0)
        overlap = width * height
        alive[i + 1 :] &= ~(overlap > iou_threshold * (area[i] + area[i + 1 :] - overlap))
    return kept


def install() -> bool:
    """Define torchvision's `nms` in plain torch if its native library does not load.

    Must run before the first import of torchvision.  Calling it again does nothing.

    Returns:
        True if the replacement is in use, False if torchvision is absent or its native library works.
    """
    global _library
    if _library is not None:
        return True
    spec = importlib.util.find_spec("torchvision")
    if spec is None or spec.origin is None:
        return False
    try:
        torch.ops.load_library(str(Path(spec.origin).parent / "_C.so"))
        return False
    except OSError:
        pass
    _library = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):  # torchvision registers fake kernels for both while it is imported
        _library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _library.impl("nms", nms, "CompositeExplicitAutograd")

    import torchvision

    # `_assert_has_ops` asks for the native library; nms no longer needs it.  `_has_ops` itself stays False, so that
    # roi_align keeps to torchvision's own pure-Python path.
    torchvision.ops.boxes._assert_has_ops = lambda: None
    return True
