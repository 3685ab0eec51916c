"""What is told of a training: the curve of its losses, and the model card."""

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

LINES = {
    "answer_loss": ("answers", "#2f6fd0", "-"),
    "rationale_loss": ("rationales", "#d0632f", "-"),
    "instruction_loss": ("instructions", "#7a9a3a", "-"),
    "eval_answer_loss": ("answers, validation", "#2f6fd0", ":"),
    "eval_rationale_loss": ("rationales, validation", "#d0632f", ":"),
    "eval_instruction_loss": ("instructions, validation", "#7a9a3a", ":"),
}
"""Name in the log -> label, colour and style in the picture."""

LIBRARIES = ("trl", "peft", "transformers", "torch")


def draw_curve(stages: Mapping[str, Sequence[Mapping[str, Any]]], file: Path) -> None:
    """Write the losses by step as a PNG, one panel a stage.

    Args:
        stages: name of a stage -> `trainer.state.log_history`.
        file: the picture.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4 * len(stages), 4.0), layout="constrained")
    for place, (stage, history) in enumerate(stages.items(), 1):
        axes = figure.add_subplot(1, len(stages), place)
        for name, (label, colour, style) in LINES.items():
            points = [(entry["step"], entry[name]) for entry in history if name in entry]
            if points:
                mark = "o" if len(points) < 3 else None
                axes.plot(*zip(*points, strict=True), color=colour, linestyle=style, marker=mark, label=label)
        axes.set(title=stage, xlabel="step", ylabel="cross-entropy a token")
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
        if axes.lines:
            axes.legend(frameon=False)
    figure.savefig(file, dpi=130, metadata={"Software": None})


def model_card(
    base: str, settings: Mapping[str, Any], rows: Mapping[str, Mapping[str, int]], data: str, fingerprint: str,
    steps: int, losses: Mapping[str, float], hardware: str,
) -> str:  # fmt: skip
    """The model card, in Markdown with the hub's header.

    Args:
        base: the checkpoint that was trained.
        settings: how.
        rows: split -> target -> how many rows it was trained or measured on.
        data: name of the data set.
        fingerprint: of its training split.
        steps: how many were made.
        losses: name -> the last value measured.
        hardware: what it was trained on.
    """
    header = {
        "base_model": base,
        "library_name": "peft" if settings["lora"] else "transformers",
        "pipeline_tag": "image-text-to-text",
        "tags": ["sightscript", "visual-program-distillation", "trl", "sft"],
    }
    targets = list(dict.fromkeys(target for counts in rows.values() for target in counts))
    table = ["| split | " + " | ".join(targets) + " |", "|---|" + "---|" * len(targets)]
    for split, counts in rows.items():
        table.append(f"| {split} | " + " | ".join(str(counts.get(target, 0)) for target in targets) + " |")
    how = [f"| `{name}` | {_cell(value)} |" for name, value in settings.items()]
    measured = [f"| {name} | {value:.4f} |" for name, value in losses.items()]
    return "\n".join(
        [
            "---",
            *(f"{key}: {json.dumps(value)}" for key, value in header.items()),
            "---",
            "",
            "# Student",
            "",
            f"`{base}`, trained by Sightscript on answers and rationales that came from programs whose answers were "
            "verified (Hu, Stretcu et al., \"Visual Program Distillation\", CVPR 2024). "
            + ("It saw grey instead of pictures. " if settings["blind"] else "")
            + "What the base model gets wrong, the student may too; its licence and that of the pictures hold.",
            "",
            "Ask it a question with one of two endings: \"Answer with a single word or phrase.\" or "
            "\"Explain the rationale to answer the question.\" Its rationale is a text like any other that a model "
            "writes: unlike a trace, nothing in it was run.",
            "",
            "## Data",
            "",
            f"`{data}` (`{fingerprint}`), rows:",
            "",
            *table,
            "",
            "## Training",
            "",
            f"{steps} steps on {hardware}.",
            "",
            "| setting | |",
            "|---|---|",
            *how,
            "",
            "| last measured | |",
            "|---|---|",
            *measured,
            "",
            "![Losses](loss.png)",
            "",
            "Made with " + ", ".join(f"{name} {version(name)}" for name in LIBRARIES) + ".",
            "",
        ]
    )  # fmt: skip


def _cell(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(f"`{item}`" for item in value) or "none"
    return f"`{value}`"
