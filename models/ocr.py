"""Lines of text in a region, by PP-OCR (https://arxiv.org/abs/2009.09941) through `rapidocr`, weights included."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import torch

from models.adapter import Adapter
from models.feature_cache import FeatureCache
from models.loading import CheckpointError, first_line
from models.picture import Region
from models.requests import Read, TextLine


class Ocr(Adapter[Read, list[TextLine]]):
    """rapidocr behind `run`: for each `Read` its lines of text from top to bottom. It reads one region at a time."""

    def __init__(self, engine: Any, *, cache_mb: int = 8) -> None:
        """
        Args:
            engine: a `rapidocr.RapidOCR`.
            cache_mb: limit of the kept lines, in MiB.
        """
        super().__init__(batch_size=1)
        self.engine = engine
        self.lines: FeatureCache[list[TextLine]] = FeatureCache(cache_mb << 20)

    @classmethod
    def load(
        cls,
        folder: Path,
        device: torch.device,
        dtype: torch.dtype,
        threshold: float = 0.5,
        side: int = 736,
        **options: Any,
    ) -> "Ocr":
        """Make the engine; its weights come with the `rapidocr` package.

        Args:
            folder: of the package; not needed to load it.
            device, dtype: the onnxruntime of the package chooses for itself.
            threshold: lines that were read with less confidence are dropped.
            side: regions are shrunk to this many pixels on their longer side before text is looked for.

        Raises:
            CheckpointError: the package or its weights cannot be loaded.
        """
        try:
            from rapidocr import RapidOCR

            engine = RapidOCR(
                params={
                    "Global.log_level": "critical",
                    "Global.use_cls": False,
                    "Global.text_score": threshold,
                    "Det.limit_type": "max",
                    "Det.limit_side_len": side,
                    "EngineConfig.onnxruntime.intra_op_num_threads": torch.get_num_threads(),
                }
            )
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            raise CheckpointError(f"rapidocr cannot be used ({first_line(error)}); `pip install rapidocr`") from None
        logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
        return cls(engine, **options)

    def answer(self, requests: list[Read]) -> list[list[TextLine]]:
        regions = {request.region.key: request.region for request in requests}
        known = {key: kept for key in regions if (kept := self.lines.get(key)) is not None}
        new = [key for key in regions if key not in known]
        for key, lines in zip(new, self.forward([regions[key] for key in new], self._read), strict=True):
            known[key] = lines
            self.lines.put(key, lines)
        return [list(known[request.region.key]) for request in requests]

    def _read(self, regions: list[Region]) -> list[list[TextLine]]:
        return [self._lines(region) for region in regions]

    def _lines(self, region: Region) -> list[TextLine]:
        pixels = np.ascontiguousarray(np.asarray(region.crop())[:, :, ::-1])  # rapidocr takes BGR
        result = self.engine(pixels)
        if result.boxes is None or not result.txts:
            return []
        left, top = (0, 0) if region.is_whole else region.pixels[:2]
        lines = []
        for corners, text, score in zip(result.boxes, result.txts, result.scores, strict=True):
            (x1, y1), (x2, y2) = corners.min(0).tolist(), corners.max(0).tolist()
            lines.append(TextLine(text, (x1 + left, y1 + top, x2 + left, y2 + top), float(score)))
        return sorted(lines, key=lambda line: (line.box[1] + line.box[3], line.box[0]))
