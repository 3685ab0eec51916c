"""`sight distill train` and `sight distill eval`: a student is trained, and measured beside its teachers."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from sight.console import calm
from sight.distill import EPILOG, Quiet, group
from sight.exit_codes import OK, STOPPED
from sight.inputs import short
from sight.options import Device, InputError, Json, Planner, Verbose, agent_of

if TYPE_CHECKING:
    from distill.evaluate import Evaluation

commands = typer.Typer()
"""Holds nothing: the commands here belong to the group `distill`."""

Data = Annotated[Path, typer.Argument(metavar="DATA", help="A data set of `sight distill build`.")]

EVERY = 10.0
"""Seconds between two lines of progress."""

TARGETS = "answer,rationale,instruction"


# ---------------------------------------------------------------------- train


@group.command(epilog=EPILOG)
def train(
    data: Data,
    base: Annotated[
        str, typer.Option("--base", metavar="CHECKPOINT", help="A folder, a hub id or embedded:NAME: what is trained.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="STUDENT", help="Folder for the student.")],
    targets: Annotated[
        str, typer.Option("--targets", metavar="NAME,...", help="Rows to train on; `answer` alone makes a twin.")
    ] = TARGETS,
    blind: Annotated[bool, typer.Option("--blind", help="Show grey instead of pictures.")] = False,
    lora: Annotated[
        int, typer.Option("--lora", metavar="RANK", min=0, help="Of the adapters; 0 trains the weights themselves.")
    ] = 8,
    freeze: Annotated[
        list[str] | None,
        typer.Option(
            "--freeze", metavar="PATTERN", help="Parts that stay as they are, by name, several times; else vision."
        ),
    ] = None,
    freeze_nothing: Annotated[bool, typer.Option("--freeze-nothing", help="Train the vision tower too.")] = False,
    align: Annotated[
        float, typer.Option("--align", metavar="EPOCHS", min=0, help="First with the projector alone, as LLaVA does.")
    ] = 0.0,
    epochs: Annotated[float, typer.Option("--epochs", metavar="N", min=0, help="Passes over the rows.")] = 1.0,
    steps: Annotated[int | None, typer.Option("--steps", metavar="N", min=1, help="Stop after so many.")] = None,
    minutes: Annotated[
        float, typer.Option("--minutes", metavar="N", min=0, help="Stop after so many, the rate fallen by then.")
    ] = 0.0,
    batch: Annotated[int, typer.Option("--batch", metavar="N", min=1, help="Rows a forward pass.")] = 8,
    accumulate: Annotated[int, typer.Option("--accumulate", metavar="N", min=1, help="Forward passes a step.")] = 1,
    rate: Annotated[float, typer.Option("--rate", metavar="R", min=0, help="Highest learning rate.")] = 1e-4,
    save_every: Annotated[int, typer.Option("--save-every", metavar="STEPS", min=1, help="A checkpoint each.")] = 200,
    merge: Annotated[bool, typer.Option("--merge/--no-merge", help="Write the whole model, adapters merged.")] = True,
    dtype: Annotated[
        str, typer.Option("--dtype", metavar="NAME", help="float32 or bfloat16; auto: bfloat16 on a GPU.")
    ] = "auto",
    workers: Annotated[int, typer.Option("--workers", metavar="N", min=0, help="Read rows ahead of a GPU.")] = 4,
    keep: Annotated[
        float,
        typer.Option("--keep", metavar="SHARE", min=0, max=1, help="Of the base's weights, averaged in at the end."),
    ] = 0.0,
    recompute: Annotated[
        bool, typer.Option("--recompute/--no-recompute", help="On a GPU, save memory and take longer.")
    ] = True,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Of the order of rows and of new weights.")] = 0,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Train a student on answers and rationales. On several GPUs: accelerate launch --config_file FILE -m sight ..."""
    chosen = tuple(name.strip() for name in targets.split(",") if name.strip())
    wrong = [name for name in chosen if name not in TARGETS.split(",")]
    if wrong or not chosen:
        raise InputError(f"--targets: {wrong[0] if wrong else 'nothing'!r} is none; choose from {TARGETS}")
    if dtype not in ("auto", "float32", "bfloat16"):
        raise InputError(f"--dtype: {dtype!r} is none to train in; choose auto, float32 or bfloat16")
    if freeze and freeze_nothing:
        raise InputError("--freeze names parts that stay, --freeze-nothing says that none do; choose one")
    with calm(verbose) as stderr:
        from distill.dataset import load

        load(data)  # complains before the libraries are loaded
        from distill.train import TrainSettings
        from distill.train import train as begin

        usual = TrainSettings(base)
        settings = TrainSettings(
            base, chosen, blind, lora, () if freeze_nothing else tuple(freeze or usual.frozen), align,
            epochs=epochs, steps=steps or -1, batch=batch, accumulate=accumulate, rate=rate, save_every=save_every,
            dtype=dtype, minutes=minutes, workers=workers, keep=keep, recompute=recompute,
            seed=seed,
        )  # fmt: skip
        try:
            found = begin(data, out, settings, merge, None if quiet else _Losses(stderr))
        except KeyboardInterrupt:
            print(f"sight: stopped; the same command goes on from the last checkpoint in {short(out)}", file=stderr)
            raise typer.Exit(STOPPED) from None
        if not quiet:
            losses = ", ".join(f"{name} {value:.3f}" for name, value in found.losses.items())
            print(f"{short(found.model or found.adapter or out)}: {found.steps:,} steps; {losses}", file=stderr)
    raise typer.Exit(OK)


class _Losses:
    """A line now and then."""

    def __init__(self, stderr: TextIO) -> None:
        self.stderr = stderr
        self.next = 0.0

    def __call__(self, stage: str, step: int, steps: int, losses: dict[str, float]) -> None:
        import time

        if not losses and stage != "looking":
            return
        if time.monotonic() >= self.next or step == steps:
            self.next = time.monotonic() + EVERY
            told = ", ".join(f"{name} {value:.3f}" for name, value in losses.items())
            what = f"step {step:,} of {steps:,}: {told}" if losses else f"{step:,} of {steps:,} pictures"
            print(f"{stage}: {what}", file=self.stderr, flush=True)


# ---------------------------------------------------------------------- eval


@group.command("eval", epilog=EPILOG)
def evaluate(
    data: Data,
    student: Annotated[str, typer.Option("--student", metavar="STUDENT", help="Folder of a training.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Folder for the report.")],
    twin: Annotated[str | None, typer.Option("--twin", metavar="STUDENT", help="Trained on labels alone.")] = None,
    blind: Annotated[
        str | None,
        typer.Option("--blind", metavar="STUDENT", help="Trained without pictures; else the student in grey."),
    ] = None,
    base: Annotated[
        str | None, typer.Option("--base", metavar="CHECKPOINT", help="Before training; else what the student tells.")
    ] = None,
    scenes: Annotated[
        Path | None, typer.Option("--scenes", metavar="FILE", help="What the pictures show, to check rationales.")
    ] = None,
    preset: Annotated[str, typer.Option("--preset", metavar="NAME|FILE", help="Of the programs' models.")] = "embedded",
    planner: Planner = None,
    programs: Annotated[bool, typer.Option("--programs/--no-programs", help="Run programs beside.")] = True,
    rationales: Annotated[bool, typer.Option("--rationales/--no-rationales", help="Ask for them too.")] = True,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="The first N questions.")] = None,
    timed: Annotated[int, typer.Option("--timed", metavar="N", min=0, help="Questions asked one at a time.")] = 20,
    batch: Annotated[int, typer.Option("--batch", metavar="N", min=1, help="Questions a forward pass.")] = 16,
    device: Device = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Measure a student beside programs, twin, base, a blind one and the majority, on held-out questions."""
    import contextlib

    with calm(verbose) as stderr, contextlib.ExitStack() as stack:
        from distill.dataset import load

        load(data)
        from distill.evaluate import Systems
        from distill.evaluate import evaluate as measure
        from distill.statements import read_scenes

        shown = read_scenes(scenes) if scenes else None
        agent = stack.enter_context(agent_of(preset, planner, None, device, None)) if programs else None
        told = f"{preset}, planner {planner}" if planner else preset
        try:
            found = measure(
                data, out, Systems(student, twin, base, blind), agent, preset=told, scenes=shown, limit=limit,
                timed=timed, batch=batch, device=device, rationales=rationales,
                on_progress=None if quiet else EvaluationProgress(stderr),
            )  # fmt: skip
        except KeyboardInterrupt:
            print(f"sight: stopped; the same command goes on with what {short(out)} lacks", file=stderr)
            raise typer.Exit(STOPPED) from None
    if json:
        import json as plain

        typer.echo(plain.dumps(found.as_dict()))
    elif not quiet:
        _print(found, out)
    raise typer.Exit(OK)


class EvaluationProgress:
    """A line now and then."""

    def __init__(self, stderr: TextIO) -> None:
        self.stderr = stderr
        self.next = 0.0

    def __call__(self, system: str, done: int, total: int) -> None:
        import time

        if time.monotonic() >= self.next or done == total:
            self.next = time.monotonic() + EVERY
            print(f"{system}: {done:,} of {total:,} questions", file=self.stderr, flush=True)


def _print(found: "Evaluation", out: Path) -> None:
    for one in found.results:
        accuracy = one.accuracy
        typer.echo(f"{one.name:9} {accuracy.value:6.1%}  ({accuracy.low:.1%} to {accuracy.high:.1%})  {one.told}")
    typer.echo(f"Report: {short(out / 'report.md')}")
