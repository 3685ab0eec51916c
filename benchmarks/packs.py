"""What a training of the student's base gains by packing questions behind their pictures (`distill.packs`).

    python -m distill.lessons --student models/embedded/weights/student --out work/packs --count 3
    python -m benchmarks.packs work/packs

The same number of answers and instructions, so many of each pack; one to a pack is what a training without packs does.
Steps of all sizes take turns. A step is a loss and its gradient.
"""

import argparse
import json
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from distill.checkpoints import load_base
from distill.lessons import Lesson
from distill.packs import Memory, losses
from distill.student import pointers_of
from distill.trainable import VISION, all_but
from distill.trainer import settle

SIZES = 1, 2, 4, 8, 16
TEACH = "answer", "instruction"


def measure(lessons: Path, student: Path, rows: int, steps: int) -> list[dict[str, Any]]:
    """For each size of a pack: tokens of a step, with those that pad it, and seconds."""
    model, processor = load_base(student, "float32")
    all_but(model, (VISION,))
    model.train()
    settle(model)
    config = model.config
    files = sorted(lessons.glob("*.safetensors"))
    memory = Memory(
        config.image_seq_length,
        config.vision_config.hidden_size,
        100 * (len(files) + 1),
        processor.tokenizer.pad_token_id,
        processor.tokenizer.eos_token_id,
        pointers_of(processor.tokenizer, config.vision_config.regions),
        model.device,
    )
    for file in files:
        memory.take(Lesson.load(file))
    seconds: dict[int, list[float]] = {size: [] for size in SIZES}
    tokens: dict[int, list[int]] = {size: [] for size in SIZES}
    drawn: dict[int, Iterator[dict[str, Tensor]]] = {size: iter(()) for size in SIZES}
    for step in range(steps + 1):
        for size in SIZES:
            packs = next(drawn[size], None)
            if packs is None:
                drawn[size] = memory.batches(rows // size, TEACH, size)
                packs = next(drawn[size])
            began = time.perf_counter()
            torch.stack(list(losses(model, packs).values())).sum().backward()
            model.zero_grad()
            if step:  # the first one warms up
                seconds[size].append(time.perf_counter() - began)
                tokens[size].append(packs["input_ids"].numel())
    return [
        {
            "packed": size,
            "tokens": round(statistics.mean(tokens[size])),
            "seconds": statistics.mean(seconds[size]),
            "rows_a_second": rows * len(seconds[size]) / sum(seconds[size]),
        }
        for size in SIZES
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lessons", type=Path, help="folder that distill.lessons wrote")
    parser.add_argument("--student", type=Path, default=Path("models/embedded/weights/student"))
    parser.add_argument("--rows", type=int, default=128, help="answers and instructions of a step")
    parser.add_argument("--steps", type=int, default=16, help="of each size; eight show all lengths")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    found = measure(options.lessons, options.student, options.rows, options.steps)
    print("rows of a pack   tokens of a step   seconds   rows a second")
    for one in found:
        print(f"{one['packed']:14}   {one['tokens']:16,}   {one['seconds']:7.2f}   {one['rows_a_second']:13.0f}")
    if options.json:
        options.json.write_text(json.dumps({"rows": options.rows, "sizes": found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
