"""The planner learns from itself: a little more training of its adapter, on those of its programs that were verified.

As in rejection sampling fine-tuning (Zelikman et al., "STaR: Bootstrapping Reasoning With Reasoning", NeurIPS 2022).
"""

import json
from pathlib import Path
from typing import Any

import torch

from distill.dataset import load
from distill.questions.grammar import Sample
from distill.trainable import TrainError
from models.planner_format import FormatError, encode_body

LEAST = 50
"""Verified programs that are worth a training."""


def verified_samples(data: str | Path) -> list[Sample]:
    """Questions of the split `train` with their verified programs, each program that is in the planner's form.

    Raises:
        DatasetError: there is no such data set.
    """
    rows = load(data)["train"].select_columns(["messages", "target", "program", "images"])
    chosen = [place for place, target in enumerate(rows["target"]) if target == "answer"]
    found = []
    for row in rows.select(chosen).remove_columns("images"):
        if not row["program"]:
            continue
        text = row["messages"][0]["content"]
        try:
            body = encode_body(row["program"])
        except FormatError:
            continue
        lines = text.split("\n")
        pictures = sum(line == "<image>" for line in lines)
        found.append(Sample(" ".join(lines[pictures:-1]), pictures, body, form="", template="", wording=""))
    return found


def retrain(data: str | Path, adapter: Path, folder: Path, minutes: float) -> dict[str, Any]:
    """Train a planner's adapter on its verified programs, one pass at most.

    Args:
        data: a data set of `sight distill build`.
        adapter: where it begins.
        folder: gets `adapter/`, in the form that presets name, and checkpoints, from which a later call goes on.
        minutes: at most.

    Returns:
        How many programs it was shown, and the last loss.

    Raises:
        TrainError: there are too few verified programs, or the base model is not installed.
    """
    from peft import PeftModel

    from distill.planner_training import Pairs, TrainingError, encode, load_base, save_adapter, train

    samples = verified_samples(data)
    if len(samples) < LEAST:
        raise TrainError(
            f"{data}: {len(samples)} verified programs are too few to train a planner on; the least is {LEAST}. Ask "
            "more questions, or write `planner_minutes: 0`"
        )
    try:
        base, tokenizer = load_base()
    except TrainingError as error:
        raise TrainError(str(error)) from None
    model = PeftModel.from_pretrained(base, str(adapter), is_trainable=True)
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.to(base.dtype if torch.cuda.is_available() else torch.float32)
    pairs = Pairs(encode(samples, tokenizer))
    trainer = train(model, pairs, folder / "checkpoints", minutes=minutes, learning_rate=1e-4)
    final = folder / "final"
    trainer.model.save_pretrained(str(final))
    save_adapter(final, folder / "adapter")
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    (folder / "log.json").write_text(json.dumps(trainer.state.log_history, indent=1) + "\n", encoding="utf-8")
    return {"programs": len(samples), "loss": losses[-1] if losses else None}
