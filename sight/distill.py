"""`sight distill`: from questions to one model. Here programs are drawn, verified and made a data set."""

import contextlib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sight.batch import OWN_PLANNER
from sight.console import calm
from sight.exit_codes import OK, STOPPED
from sight.inputs import short
from sight.options import (
    Device,
    Dtype,
    InputError,
    LimitList,
    Planner,
    Preset,
    Tools,
    Verbose,
    agent_of,
    parse_limits,
    stored_options,
)
from sight.progress import ProgressDisplay, outcomes

if TYPE_CHECKING:
    from agent.planning.chat_models import PlannerModel
    from agent.runs.batch import Progress
    from distill.counts import Counts
    from distill.replies import Replies

EPILOG = (
    "Exit codes: 0 done, 2 bad input, or the disk is full, 70 an error in Sightscript itself, 130 interrupted. The "
    "same command goes on where it stopped."
)

commands = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="Make one model of the programs: draw, verify, teach, measure.")
commands.add_typer(group, name="distill")

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
Judge = Annotated[
    str | None,
    typer.Option("--judge", metavar="NAME", help="A language model that says whether other words mean the label."),
]


class Labels(StrEnum):
    """How right answers are used."""

    use = "use"
    require = "require"
    ignore = "ignore"


# ---------------------------------------------------------------------- generate


@group.command(epilog=EPILOG)
def generate(
    questions: Annotated[
        Path, typer.Argument(metavar="QUESTIONS", help="JSONL, CSV or Parquet, a data set's folder, or a benchmark's.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="RUN", help="Folder for programs, answers and traces.")],
    samples: Annotated[
        int, typer.Option("--samples", "-k", metavar="N", min=1, help="Programs drawn for a question.")
    ] = 5,
    temperature: Annotated[
        float | None,
        typer.Option("--temperature", metavar="T", min=0, max=2, help="They are drawn at: 0.5, or 0 if it is one."),
    ] = None,
    swaps: Annotated[
        int, typer.Option("--swaps", metavar="N", min=0, help="Other pictures that a right program is tried on.")
    ] = 5,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Another one draws other programs.")] = 0,
    several: Annotated[
        str, typer.Option("--several", metavar="SPLIT=N,...", help="Only the first N of a split get more than one.")
    ] = "",
    drawn: Annotated[
        str, typer.Option("--drawn", metavar="SPLIT=N,...", help="Only the first N of a split get programs at all.")
    ] = "",
    format: Annotated[
        str | None, typer.Option("--format", metavar="NAME", help="Of QUESTIONS, if it cannot be told.")
    ] = None,
    images: Annotated[
        Path | None, typer.Option("--images", metavar="FOLDER", help="Where the pictures are, if not by QUESTIONS.")
    ] = None,
    split: Annotated[str | None, typer.Option("--split", metavar="NAME", help="Of a data set or benchmark.")] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="The first N questions only.")
    ] = None,
    judge: Judge = None,
    preset: Preset = "embedded",
    planner: Planner = None,
    device: Device = None,
    dtype: Dtype = None,
    limits: LimitList = "",
    tools: Tools = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Draw programs for questions, run them, and try the right ones on other pictures."""
    allowed = parse_limits(limits)
    shares = {"several": parse_shares("--several", several), "drawn": parse_shares("--drawn", drawn)}
    from agent.runs.question_files import fingerprint, format_of, read_questions

    place = (questions, format, images, split or "")
    read_questions(*place)  # complains before models are loaded
    with calm(verbose) as stderr, agent_of(preset, planner, allowed, device, dtype, tools) as agent:
        from dataclasses import asdict
        from datetime import UTC, datetime
        from importlib.metadata import version
        from itertools import islice

        from agent.running.sandbox import Limits
        from agent.runs.settings import RunSettings
        from agent.runs.store import Store
        from distill.generation import TEMPERATURE, Generation, settings_of
        from distill.generation import generate as draw

        if temperature is None:
            temperature = TEMPERATURE if samples > 1 else 0.0
        try:
            how = Generation(samples, temperature, swaps, seed, **shares)
        except ValueError as error:
            raise InputError(str(error)) from None
        judging = _language_model(judge, device, dtype)
        folder = None if images is None else str(images.resolve())
        settings = RunSettings(
            source=str(questions.resolve()),
            format=format_of(questions, format),
            fingerprint=fingerprint(*place),
            preset=preset,
            planner=planner or OWN_PLANNER,
            limits=asdict(allowed or Limits()),
            options=stored_options(preset, dtype, tools, split=split, images=folder, judge=judge),
            version=version("sightscript"),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        stage = _Stage()
        display = ProgressDisplay(stderr, quiet, stage)
        with Store.open(out, settings_of(settings, how, limit)) as store:
            done = store.done()
            if done and not quiet:
                display.tell(f"going on with {short(out)}, where {len(done):,} programs have run")

            def tell(name: str, progress: "Progress") -> None:
                stage.name = name
                display(progress)

            try:
                with display, _asking(judging, out / "replies.sqlite") as replies:
                    draw(agent, lambda: islice(read_questions(*place), limit), store, how, tell, _judge(replies))
            except KeyboardInterrupt:
                display.tell(f"sight: stopped; {short(out)} is kept, run the same command again to go on")
                raise typer.Exit(STOPPED) from None
        if not quiet:
            _tell_run(out, display)
    raise typer.Exit(OK)


def parse_shares(option: str, text: str) -> dict[str, int]:
    """Numbers of questions by split, as in `train=12288,test=0`. Raises InputError."""
    found: dict[str, int] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        split, equals, number = (piece.strip() for piece in part.partition("="))
        if not (split and equals and number.isdecimal()):
            raise InputError(f"{option}: {part!r} is none; write SPLIT=N, several with commas between them")
        found[split] = int(number)
    return found


class _Stage:
    """The progress of a stage in words."""

    name = "programs"

    def __call__(self, progress: "Progress") -> str:
        what = "programs" if self.name == "programs" else "programs on other pictures"
        return f"{progress.done:,} {what}: {outcomes(progress)}"


def _tell_run(run: Path, display: ProgressDisplay) -> None:
    from distill.candidates import RunReader

    with RunReader(run) as reader:
        counts, swapped = reader.run.counts(), reader.swapped_runs
    told = ", ".join(f"{count:,} {status}" for status, count in counts.items())
    display.tell(
        f"{short(run)}: {sum(counts.values()):,} different programs: {told}; {swapped:,} runs on other pictures"
    )
    display.tell(f"Next: sight distill build {short(run)} --out DATA")


# ---------------------------------------------------------------------- build


@group.command(epilog=EPILOG)
def build(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="Of `sight distill generate`, or others with labels.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DATA", help="Folder for the data set.")],
    labels: Annotated[
        Labels,
        typer.Option(
            "--labels",
            help="use what there is; require: refuse a run without; ignore: the majority decides, but in test.",
        ),
    ] = Labels.use,
    instructions: Annotated[
        bool,
        typer.Option("--instructions/--no-instructions", help="Conversations, descriptions, detections, captions."),
    ] = True,
    parquet: Annotated[bool, typer.Option("--parquet/--no-parquet", help="Write Parquet files too.")] = True,
    llava: Annotated[bool, typer.Option("--llava/--no-llava", help="Write LLaVA's JSON and pictures too.")] = True,
    val: Annotated[
        float, typer.Option("--val", metavar="SHARE", min=0, max=0.9, help="Of pictures without a split.")
    ] = 0.05,
    test: Annotated[
        float, typer.Option("--test", metavar="SHARE", min=0, max=0.9, help="Of pictures without a split.")
    ] = 0.1,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Another one draws other splits.")] = 0,
    licence: Annotated[str, typer.Option("--licence", metavar="TEXT", help="Of the pictures, for the data card.")] = "",
    judge: Judge = None,
    rewrite: Annotated[
        str | None,
        typer.Option("--rewrite", metavar="NAME", help="A language model that puts rationales into prose."),
    ] = None,
    device: Device = None,
    dtype: Dtype = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Make a data set of runs: verified programs told in words, and right answers."""
    with calm(verbose) as stderr:
        from distill.build import build as make
        from distill.recipe import Recipe
        from sight.console import spinner

        try:
            recipe = Recipe(labels.value, instructions, parquet, llava, val, test, seed, licence)
        except ValueError as error:
            raise InputError(str(error)) from None
        models = (_language_model(judge, device, dtype), _language_model(rewrite, device, dtype))
        file = out.with_name(f"{out.name}.replies.sqlite")
        with (
            _asking(models[0], file) as judging,
            _asking(models[1], file) as writing,
            spinner(stderr, quiet, "reading runs") as tell,
        ):

            def progress(done: int, total: int) -> None:
                tell(f"{done:,} of {total:,} questions")

            counts = make(runs, out, recipe, _judge(judging), writing, progress)
        if not quiet:
            for line in _told(counts, out):
                print(line, file=stderr)
    raise typer.Exit(OK)


def _told(counts: "Counts", out: Path) -> list[str]:
    verified = counts.reasons["verified"]
    lines = [
        f"{short(out)}: {sum(counts.rows.values()):,} rows about {counts.pictures:,} pictures",
        f"  {counts.questions:,} questions, {verified:,} with a verified program ({verified / counts.questions:.1%})",
    ]
    lines += [
        f"  not verified, {reason}: {count:,}" for reason, count in counts.reasons.items() if reason != "verified"
    ]
    lines += [f"  in no row, {reason}: {count:,}" for reason, count in counts.dropped.items()]
    lines += [f"  {run} was not finished; generate to its end and build again" for run in counts.unfinished]
    return lines


# ---------------------------------------------------------------------- language models


def _language_model(spec: str | None, device: str | None, dtype: str | None) -> "PlannerModel | None":
    """The model that judges or rewrites. Raises PlannerError as planners do, and InputError."""
    if spec is None:
        return None
    if spec == OWN_PLANNER:
        raise InputError("the embedded planner writes programs and nothing else; name openai:MODEL or local:FOLDER")
    from agent.planning.chat_models import planner_model

    return planner_model(spec, None, device, dtype)


@contextlib.contextmanager
def _asking(model: "PlannerModel | None", file: Path) -> "Iterator[Replies | None]":
    """The model, with a memory of what it said. Raises DatasetError."""
    if model is None:
        yield None
        return
    from distill.replies import Replies

    with contextlib.closing(Replies(model.model, model.name, file)) as replies:
        yield replies


def _judge(replies: "Replies | None") -> Any:
    if replies is None:
        return None
    from distill.judging import LlmJudge

    return LlmJudge(replies)
