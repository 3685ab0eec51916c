"""The wordings that an adapter of the planner still gets wrong, of those it was trained on, so that these can come up
more often in further training (`python -m distill.planner_training --hard FILE`).

    python -m distill.hard_wordings --adapter FOLDER --out work/hard.txt
    python -m distill.hard_wordings --adapter FOLDER --out work/hard.0.txt --part 0/2     half of them, in one process

Each wording is asked once, with the nouns, style and slips of training. It is hard if the adapter, reading the question
and each true token of its program, would write any other one next. Shrivastava, Gupta, Girshick: "Training Region-based
Object Detectors with Online Hard Example Mining", CVPR 2016, chooses by loss as training goes; here most examples are
learnt, and a choice made once saves their time.
"""

import argparse
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from rich.progress import track

from distill.planner_training import Row, TrainingError, collate, encode, load_adapter, load_base
from distill.questions import boxes
from distill.questions.grammar import FORMS, Sample, draw

_BATCH = 32


def each_wording(seed: int = 0) -> list[Sample]:
    """A question in every pattern that came last (`Form.newest`), or for training alone (`Form.trained_from`), but for
    what only NLVR's pictures are asked (`boxes.FAMILIES`), which is much and short."""
    rng = random.Random(f"hard {seed}")
    return [
        draw(form, index, rng)
        for form in FORMS
        if form.trained_from and form.family not in boxes.FAMILIES
        for index in form.templates("train")
        if index >= max(form.trained_from, form.newest)
    ]


@torch.inference_mode()
def would_write(rows: Sequence[Row], model: Any) -> list[bool]:
    """Whether the most likely next token is the true one everywhere in the program, its end included."""
    order = sorted(range(len(rows)), key=lambda i: rows[i]["length"])
    right = [False] * len(rows)
    for start in track(range(0, len(order), _BATCH), description="asking"):
        chosen = order[start : start + _BATCH]
        batch = collate([rows[i] for i in chosen])
        hidden = model.model(input_ids=batch["input_ids"], use_cache=False).last_hidden_state[:, :-1]
        targets = batch["labels"][:, 1:]
        learnt = targets != -100
        same = torch.ones_like(learnt)
        same[learnt] = model.lm_head(hidden[learnt]).argmax(-1) == targets[learnt]
        for i, one in zip(chosen, same.all(1).tolist(), strict=True):
            right[i] = one
    return right


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adapter", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="a line each: the template, the question, the program")
    parser.add_argument("--part", default="0/1", help="ask every Nth only, beginning at K: K/N")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    part = re.fullmatch(r"(\d+)/([1-9]\d*)", options.part)
    if part is None or int(part[1]) >= int(part[2]):
        parser.error("--part is K/N with K below N, such as 0/2")
    torch.set_num_threads(options.threads)
    try:
        base, tokenizer = load_base()
        model = load_adapter(base, options.adapter).merge_and_unload().eval()
    except TrainingError as error:
        raise SystemExit(f"error: {error}") from None
    samples = each_wording(options.seed)[int(part[1]) :: int(part[2])]
    right = would_write(encode(samples, tokenizer), model)
    hard = [sample for sample, one in zip(samples, right, strict=True) if not one]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    lines = (f"{one.template}\t{one.text}\t{one.program!r}" for one in hard)
    options.out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(f"{len(hard)} of {len(samples)} wordings are hard")


if __name__ == "__main__":
    main()
