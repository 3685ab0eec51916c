"""The data card: what is in a data set, how it came about, and what was dropped on the way."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from distill.candidates import RunReader
from distill.counts import Counts
from distill.example import ANSWER_SUFFIX, RATIONALE_SUFFIX, SPLITS, Example
from distill.recipe import Recipe

FIGURE = "verified_by_draws.png"
LICENCES = "LICENCES.md"

SAMPLES = 8


def write_card(
    folder: Path,
    counts: Counts,
    readers: Sequence[RunReader],
    names: Sequence[str],
    how: Recipe,
    samples: Sequence[Example],
) -> None:
    """Write `README.md`, the figure and the licences of the pictures into a data set's folder."""
    licences = list(_licences(readers, names))
    if licences:
        (folder / LICENCES).write_text("\n\n".join(licences), encoding="utf-8")
    if len(counts.by_draws) > 1:
        plot_by_draws(counts.by_draws, folder / FIGURE)
    lines = [
        *_front(counts, how),
        "# Data of a visual program distillation",
        "",
        f"{sum(counts.rows.values()):,} rows about {counts.pictures:,} pictures, made by `sight distill build` of "
        f"{', '.join(names)}. Every rationale tells the steps of a program whose answer was verified.",
        *([f"\nNot finished when this was built: {', '.join(counts.unfinished)}."] if counts.unfinished else []),
        *_rows(counts),
        *_stages(counts, how),
        *_figure(counts),
        *_families(counts),
        "## Pictures",
        "",
        how.licence or (f"Licences: see `{LICENCES}`." if licences else _UNKNOWN),
        "",
        *_reading(how),
        *_samples(samples),
    ]
    (folder / "README.md").write_text("\n".join(lines), encoding="utf-8")


_UNKNOWN = "Nothing is known of their licence. Find out before you pass them on."


def plot_by_draws(shares: Sequence[float], path: Path) -> None:
    """The share of questions with a verified program, by the number of programs drawn, as in figure 5 of Visual Program
    Distillation.

    Args:
        shares: for 1, 2, ... draws, from 0 to 1.
        path: of the PNG.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3.2), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    draws = list(range(1, len(shares) + 1))
    axes.plot(draws, [100 * share for share in shares], marker="o", color="#2b6cb0")
    for k, share in zip(draws, shares, strict=True):
        axes.annotate(f"{share:.1%}", (k, 100 * share), textcoords="offset points", xytext=(0, 7), ha="center")
    axes.set(xlabel="programs drawn for a question", ylabel="questions with a verified program, %", ylim=(0, 108))
    axes.set_xticks(draws)
    axes.set_xlim(0.6, len(draws) + 0.4)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=150, metadata={"Software": None})


def _front(counts: Counts, how: Recipe) -> Iterator[str]:
    yield "---"
    if how.parquet:
        yield from ("configs:", "- config_name: default", "  data_files:")
        for split in (name for name in SPLITS if any(one.startswith(f"{name}/") for one in counts.rows)):
            yield from (f"  - split: {split}", f"    path: parquet/{split}-*.parquet")
    yield from ("task_categories:", "- visual-question-answering", "---", "")


def _rows(counts: Counts) -> Iterator[str]:
    targets = [one for one in ("answer", "rationale", "instruction") if any(counts.rows[f"{s}/{one}"] for s in SPLITS)]
    yield from ("", f"| rows | {' | '.join(SPLITS)} |", "|---|" + "---:|" * len(SPLITS))
    for target in targets:
        cells = [f"{counts.rows[f'{split}/{target}']:,}" for split in SPLITS]
        yield f"| {target} | {' | '.join(cells)} |"
    yield from ("", "Splits are by picture: no picture is in two.")
    if counts.moved:
        yield f"{counts.moved:,} questions are in another split than they name, because one of it has the same picture."
    yield ""


def _stages(counts: Counts, how: Recipe) -> Iterator[str]:
    programs = counts.programs
    yield from ("## Stages", "", "| stage | |", "|---|---:|")
    yield f"| questions | {counts.questions:,} |"
    yield f"| of them with a label that was used | {counts.labelled:,} |"
    yield f"| programs drawn | {programs['drawn']:,} |"
    yield f"| different programs of a question | {programs['different']:,} |"
    for status in ("answered", "abstained", "failed"):
        yield f"| of them {status} | {programs[status]:,} |"
    yield f"| runs of right programs on other pictures | {counts.swaps:,} |"
    yield f"| verified programs that were not tried on another picture | {counts.unswapped:,} |"
    for what, count in counts.rewritten.items():
        yield f"| rationales in a language model's prose, {what} | {count:,} |"
    yield from ("", "| programs | |", "|---|---:|")
    yield from (f"| {reason} | {count:,} |" for reason, count in counts.as_dict()["verdicts"].items())
    yield from ("", "| questions, by how near a program came | |", "|---|---:|")
    yield from (f"| {reason} | {count:,} |" for reason, count in counts.as_dict()["reasons"].items())
    if counts.dropped:
        yield from ("", "| questions in no row | |", "|---|---:|")
        yield from (f"| {reason} | {count:,} |" for reason, count in sorted(counts.dropped.items()))
    yield ""
    if how.labels == "ignore":
        yield from ("Labels were left out of account in train and val: there the majority of the programs decided.", "")


def _figure(counts: Counts) -> Iterator[str]:
    if len(counts.by_draws) < 2:
        return
    yield from ("## Verified by number of programs", "", f"![Share of questions with a verified program]({FIGURE})", "")
    yield from ("| programs drawn | labelled questions with a verified one |", "|---:|---:|")
    yield from (f"| {k} | {share:.1%} |" for k, share in enumerate(counts.by_draws, 1))
    yield from ("", "For k of n programs, the mean over all choices of k.", "")


def _families(counts: Counts) -> Iterator[str]:
    yield from ("## Families", "", "| family | questions | verified | |", "|---|---:|---:|---:|")
    for name, found in sorted(counts.families.items()):
        share = found["verified"] / found["questions"]
        yield f"| {_cell(name)} | {found['questions']:,} | {found['verified']:,} | {share:.1%} |"
    yield ""


def _reading(how: Recipe) -> Iterator[str]:
    yield from ("## Reading it", "", "```python", "from datasets import load_from_disk", "", 'load_from_disk("FOLDER")')
    yield from ("```", "")
    yield f"An *answer* row ends its question with \u201c{ANSWER_SUFFIX}\u201d, a *rationale* row with"
    yield f"\u201c{RATIONALE_SUFFIX}\u201d; both of one question have the same id before the slash. Boxes are"
    yield "`[x1, y1, x2, y2]` in hundredths of the picture's width and height, origin top left."
    if how.parquet:
        yield "`parquet/` has the same rows."
    if how.llava:
        yield "`llava/` has them as LLaVA reads them."
    yield ""


def _samples(samples: Sequence[Example]) -> Iterator[str]:
    if samples:
        yield from ("## Samples", "")
    for one in samples[:SAMPLES]:
        yield from (f"**{_line(one.question)}** {_line(one.label)}", "", f"> {_line(one.rationale)}", "")
        yield from ("```python", one.program.rstrip().replace("```", "'''"), "```", "")


def _licences(readers: Sequence[RunReader], names: Sequence[str]) -> Iterator[str]:
    """What lies beside the questions about the licences of their pictures."""
    for reader, name in zip(readers, names, strict=True):
        source = Path(reader.run.settings.source)
        path = source.parent / LICENCES
        if source.is_absolute() and path.is_file():  # a chat's feedback names no file
            yield f"# Pictures of {name}\n\n{path.read_text(encoding='utf-8').strip()}\n"


def _line(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")
