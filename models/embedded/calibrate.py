"""Choose the detector's threshold on validation scenes, and write it into its config.

    python -m models.embedded.calibrate [--scenes 120]

One threshold has to do for all phrases: it is the one with the most right answers to "how many?" and "is there any?",
kinds of phrases (nouns, categories, colours, sizes) weighing alike.
"""

import argparse
import json
from collections import defaultdict
from typing import Any

import numpy as np

from models.embedded.evaluate import Shown, answers, phrases_for, scenes
from models.loading import WEIGHTS
from models.presets import Kit, load_preset
from models.requests import Detect

THRESHOLDS = tuple(round(0.1 + 0.05 * step, 2) for step in range(13))


def scores_by_threshold(detector: Any, shown: list[Shown]) -> dict[float, float]:
    """Share of right answers at each threshold: exact counts of what is there, and no finding of what is not."""
    detector.threshold = min(THRESHOLDS)
    right: dict[tuple[str, bool, float], list[bool]] = defaultdict(list)
    for scene in shown:
        phrases = phrases_for(scene)
        found = answers(detector, [Detect(scene.picture.whole, phrase) for phrase in phrases], 4096)
        for (phrase, kind), detections in zip(phrases.items(), found, strict=True):
            if scene.truth.scene.unsure(phrase):
                continue
            wanted = len(scene.truth.scene.find(phrase))
            scores = np.array([detection.score for detection in detections])
            for threshold in THRESHOLDS:
                count = int((scores >= threshold).sum())
                right[kind, wanted > 0, threshold].append(count == wanted)
    kinds = {(kind, there) for kind, there, _ in right}
    return {t: float(np.mean([np.mean(right[kind, there, t]) for kind, there in kinds])) for t in THRESHOLDS}


def main() -> None:
    parser = argparse.ArgumentParser(description="Calibrate the embedded detector's threshold.")
    parser.add_argument("--scenes", type=int, default=120, help="how many (default: %(default)s)")
    options = parser.parse_args()
    scored = scores_by_threshold(Kit(load_preset("embedded"))["detector"], scenes(options.scenes))
    best = max(scored, key=lambda threshold: scored[threshold])
    for threshold, score in scored.items():
        print(f"{threshold:.2f} {score:.4f}{'  <- taken' if threshold == best else ''}")
    for name in ("config.json", "processor_config.json"):
        path = WEIGHTS / "detector" / name
        path.write_text(json.dumps(json.loads(path.read_text()) | {"threshold": best}, indent=2) + "\n")


if __name__ == "__main__":
    main()
