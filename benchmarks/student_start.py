"""What the embedded student gains by starting in the detector's space: learning curves of two students.

    python -m distill.questions.export --count 4000 --val 600 --test 600 --out work/start
    python -m benchmarks.student_start work/start --seconds 100

Both see with the same tower, learn right answers alone, and make as many steps as the seconds of one core allow;
pictures are looked at before the clock starts. It is measured on the questions of val and test, which are not trained
on.
"""

import argparse
import json
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from distill.conversation import parts
from distill.example import prompt
from distill.student import build_student
from distill.trainer import settle

BATCH, IGNORED = 16, -100


@dataclass(frozen=True)
class Row:
    """A question with its answer as token ids."""

    asked: list[int]
    answer: list[int]
    images: list[str]
    train: bool


class Course:
    """A student and what it is to learn."""

    def __init__(self, folder: Path, aligned: bool) -> None:
        lines = [json.loads(line) for line in (folder / "questions.jsonl").read_text().splitlines()]
        told = [f"{prompt(one['question'], 'answer')} {one['answer']}" for one in lines if one["split"] == "train"]
        self.model, self.processor = build_student(told, aligned=aligned)
        self.rows = [self._row(one) for one in lines]
        self.looked = _looked(self.model, self.processor, folder, sorted({i for one in lines for i in one["images"]}))

    def _row(self, one: dict[str, Any]) -> Row:
        message = {"role": "user", "content": prompt(one["question"], "answer", len(one["images"]))}
        text = self.processor.apply_chat_template([parts(message)], add_generation_prompt=True, tokenize=False)
        text = text.replace("<image>", "<image>" * self.model.config.image_seq_length)
        reader = self.processor.tokenizer
        asked, answer = (
            reader(part, add_special_tokens=False)["input_ids"] for part in (text, one["answer"] + reader.eos_token)
        )
        return Row(asked, answer, one["images"], one["split"] == "train")

    def losses(self, rows: Sequence[Row]) -> tuple[Tensor, Tensor]:
        """`(B,)` cross-entropy a token of each answer, and whether every token of it comes first."""
        longest = max(len(row.asked) + len(row.answer) for row in rows)
        ids = torch.full((len(rows), longest), self.processor.tokenizer.pad_token_id)
        labels = torch.full_like(ids, IGNORED)
        for place, row in enumerate(rows):
            both = len(row.asked) + len(row.answer)
            ids[place, :both] = torch.tensor(row.asked + row.answer)
            labels[place, len(row.asked) : both] = torch.tensor(row.answer)
        pictures = torch.stack([self.looked[name] for row in rows for name in row.images])
        # no mask: with causal attention no token sees the padding on its right
        hidden = self.model.model(input_ids=ids, pixel_values=pictures, use_cache=False).last_hidden_state[:, :-1]
        wanted = labels[:, 1:]
        at = (wanted != IGNORED).nonzero()
        logits = self.model.lm_head(hidden[at[:, 0], at[:, 1]])
        target = wanted[at[:, 0], at[:, 1]]
        each = functional.cross_entropy(logits, target, reduction="none")
        counts = torch.bincount(at[:, 0], minlength=len(rows))
        wrong = torch.bincount(at[:, 0], (logits.argmax(-1) != target).float(), minlength=len(rows))
        return torch.zeros(len(rows)).index_add(0, at[:, 0], each) / counts, wrong == 0

    @torch.no_grad()
    def held_out(self) -> dict[str, float]:
        rows = [row for row in self.rows if not row.train]
        self.model.eval()
        found = [self.losses(rows[start : start + 50]) for start in range(0, len(rows), 50)]
        losses, right = (torch.cat([one[k].float() for one in found]) for k in (0, 1))
        return {"loss": round(losses.mean().item(), 3), "accuracy": round(right.mean().item(), 4)}

    def learn(self, seconds: float, rate: float, points: int) -> Iterator[dict[str, float]]:
        """Train by the clock of the core; what is right after each part of the time."""
        self.model.model.vision_tower.requires_grad_(False)
        trained = [one for one in self.model.parameters() if one.requires_grad]
        optimizer = torch.optim.AdamW(trained, rate, betas=(0.9, 0.98), weight_decay=0.05)
        rows, order, spent, step, due = [row for row in self.rows if row.train], list[Row](), 0.0, 0, seconds / points
        draw = random.Random(0)
        while spent < seconds:
            began = time.process_time()
            share = spent / seconds
            for group in optimizer.param_groups:
                group["lr"] = rate * min(1.0, share / 0.03 + 0.02) * (0.03 + 0.485 * (1 + math.cos(math.pi * share)))
            if len(order) < BATCH:
                order = draw.sample(rows, len(rows))
            some, order = order[:BATCH], order[BATCH:]
            self.model.train()
            settle(self.model)
            loss = self.losses(some)[0].mean()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            step += 1
            spent += time.process_time() - began
            if spent >= due or spent >= seconds:
                due += seconds / points
                yield {"seconds": round(spent, 1), "rows": step * BATCH, **self.held_out()}


@torch.inference_mode()
def _looked(model: Any, processor: Any, folder: Path, names: Sequence[str]) -> dict[str, Tensor]:
    found: dict[str, Tensor] = {}
    for start in range(0, len(names), 32):
        some = names[start : start + 32]
        pictures = [Image.open(folder / name).convert("RGB") for name in some]
        pixels = processor.image_processor(pictures, return_tensors="pt")["pixel_values"]
        found.update(zip(some, model.model.vision_tower(pixels).last_hidden_state.clone(), strict=True))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path, help="folder that distill.questions.export wrote")
    parser.add_argument("--seconds", type=float, default=100.0, help="of one core, for each student")
    parser.add_argument("--rate", type=float, default=1.5e-3, help="highest learning rate")
    parser.add_argument("--points", type=int, default=4, help="of each curve")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    curves: dict[str, list[dict[str, float]]] = {}
    for name in ("aligned", "random"):
        course = Course(options.questions, name == "aligned")
        curves[name] = []
        for point in course.learn(options.seconds, options.rate, options.points):
            curves[name].append(point)
            told = f"{point['seconds']:6.1f} s  {point['rows']:6,} rows  loss {point['loss']:.3f}"
            print(f"{name:8} {told}  right {point['accuracy']:.1%}", flush=True)
    if options.json:
        options.json.write_text(json.dumps(curves, indent=1) + "\n")


if __name__ == "__main__":
    main()
