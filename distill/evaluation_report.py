"""The report of an evaluation: Markdown with figures, and JSON."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from agent.runs.intervals import Figure
from distill.selective import plot

if TYPE_CHECKING:
    from distill.evaluate import Evaluation, Result

SHARES = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0)
"""Of questions that the student answers: rows of the table about its confidence."""

COLOURS = {
    "programs": "#555555", "student": "#d0632f", "auto": "#7a9a3a", "twin": "#2f6fd0", "base": "#8db4e8",
    "blind": "#b9a44c", "majority": "#bbbbbb",
}  # fmt: skip


def write_report(found: "Evaluation", folder: Path) -> None:
    """Write `report.md`, `report.json`, `families.png`, `seconds.png`, and, where programs ran, `auto.png`."""
    plot_families(found, folder / "families.png")
    timed = plot_seconds(found, folder / "seconds.png")
    if found.curve:
        plot(found.curve, found.threshold, folder / "auto.png", "The student where it is sure, else a program")
    (folder / "report.md").write_text("\n".join(_lines(found, timed)), encoding="utf-8")
    (folder / "report.json").write_text(json.dumps(found.as_dict(), indent=1) + "\n", encoding="utf-8")


def _lines(found: "Evaluation", timed: bool) -> Iterator[str]:
    yield from ("# Evaluation of a student", "")
    yield f"{found.questions:,} held-out questions of `{found.data}`. Shares in %, with 95 % intervals."
    yield from ("", *(f"{note}  " for note in found.notes), "")
    yield "| system | accuracy | rationale agrees with the answer | statements true | seconds alone | together | MiB |"
    yield "|---|---|---|---|---|---|---|"
    for one in found.results:
        cost = one.cost
        cells = [
            f"**{one.name}**: {one.told}", _share(one.accuracy), _share(one.consistent), _true(one),
            "–" if cost.alone is None else f"{cost.alone.value:.3f}",
            "–" if cost.together is None else f"{cost.together:.3f}",
            "–" if cost.memory_mb is None else f"{cost.memory_mb:.0f}",
        ]  # fmt: skip
        yield f"| {' | '.join(cells)} |"
    yield from (
        "",
        "*Seconds alone*: a question at a time. *Together*: many at a time. *MiB*: memory gained by loading the system "
        "and asking it. *Statements true*: of those that can be checked against what the "
        "picture shows; the others are counted behind the stroke.",
        "",
        "## The student against the others",
        "",
        "| other | student less other | only the student is right | only the other | p (McNemar) | better (95 %) |",
        "|---|---|---|---|---|---|",
    )
    for gap in found.differences:
        yield (
            f"| {gap.other} | {_points(gap.difference)} | {gap.only_student:,} | {gap.only_other:,} | {gap.p:.2g} "
            f"| {'yes' if gap.better else 'no'} |"
        )
    yield from ("", "Differences in percentage points, with paired bootstrap intervals.", "")
    yield from _against_programs(found)
    yield from _auto(found)
    yield from ("## By family of questions", "")
    families = list(found.results[0].families)
    yield "| family | questions | " + " | ".join(one.name for one in found.results) + " |"
    yield "|---|---|" + "---|" * len(found.results)
    for family in families:
        shares = [_share(one.families[family]) for one in found.results]
        yield f"| {family or 'none named'} | {found.results[0].families[family].rows:,} | {' | '.join(shares)} |"
    yield from ("", "![Accuracy by family](families.png)", "")
    if timed:
        yield from ("![Accuracy and seconds a question](seconds.png)", "")


def _against_programs(found: "Evaluation") -> Iterator[str]:
    programs, student = found.result("programs"), found.result("student")
    if programs is None or student is None or not programs.accuracy.value:
        return
    text = f"The student has {student.accuracy.value / programs.accuracy.value:.1%} of the programs' accuracy"
    if programs.cost.alone and student.cost.alone:
        text += f", in {student.cost.alone.value / programs.cost.alone.value:.1%} of their time a question"
    yield from (text + ".", "")


def _auto(found: "Evaluation") -> Iterator[str]:
    """What comes of believing the student from some confidence on: a few points of the curve, and the picture."""
    if not found.curve:
        return
    yield from ("## The student where it is sure", "")
    yield "| from this confidence on | the student answers | accuracy, with programs for the others | seconds alone |"
    yield "|---|---|---|---|"
    shown = {min(found.curve, key=lambda one: abs(one.answered - share)) for share in SHARES}
    chosen = None
    if found.threshold is not None:
        chosen = min(found.curve, key=lambda one: abs(one.threshold - (found.threshold or 0.0)))
        shown.add(chosen)
    for one in sorted(shown, key=lambda one: one.answered):
        mark = "**" if one is chosen else ""
        seconds = "–" if one.seconds is None else f"{one.seconds:.3f}"
        yield f"| {mark}{one.threshold:.3f}{mark} | {one.answered:.0%} | {_share(one.accuracy)} | {seconds} |"
    yield ""
    if chosen is not None:
        text = "Bold: the threshold that was found on validation questions (the nearest point of the curve)."
        yield from (f"{text} The student is asked first in any case: its seconds are in all rows.", "")
    yield from ("![Accuracy and seconds by threshold](auto.png)", "")


def _share(figure: Figure | None) -> str:
    if figure is None:
        return "–"
    return f"{100 * figure.value:.1f} ({100 * figure.low:.1f}–{100 * figure.high:.1f})"


def _points(figure: Figure) -> str:
    return f"{100 * figure.value:+.1f} ({100 * figure.low:+.1f} to {100 * figure.high:+.1f})"


def _true(one: "Result") -> str:
    told = _share(one.true)
    return f"{told} / {one.unchecked:,}" if one.true is not None or one.unchecked else told


def plot_families(found: "Evaluation", file: Path) -> None:
    """Bars of accuracy by family, one a system."""
    from matplotlib.figure import Figure as Picture

    families = list(found.results[0].families)
    figure = Picture(figsize=(max(7.0, 0.9 * len(families) + 2), 4.0), layout="constrained")
    axes = figure.add_subplot()
    width = 0.8 / len(found.results)
    for place, one in enumerate(found.results):
        values = [100 * one.families[family].value for family in families]
        at = [number + (place + 0.5) * width - 0.4 for number in range(len(families))]
        shares = [one.families[family] for family in families]
        errors = [
            [100 * max(0.0, share.value - share.low) for share in shares],
            [100 * max(0.0, share.high - share.value) for share in shares],
        ]
        axes.bar(
            at, values, width, yerr=errors, color=COLOURS.get(one.name, "#999999"), label=one.name,
            error_kw={"linewidth": 0.7, "ecolor": "#333333"},
        )  # fmt: skip
    asked = [found.results[0].families[family].rows for family in families]
    names = [f"{family or 'none named'} ({rows:,})" for family, rows in zip(families, asked, strict=True)]
    axes.set_xticks(range(len(families)), names, rotation=30, ha="right")
    axes.set_xlim(-0.6, len(families) - 0.4)
    axes.set(ylabel="accuracy, %", ylim=(0, 105))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, ncols=len(found.results), fontsize="small", loc="lower center", bbox_to_anchor=(0.5, 1))
    figure.savefig(file, dpi=130, metadata={"Software": None})


def plot_seconds(found: "Evaluation", file: Path) -> bool:
    """Accuracy over seconds a question, a point a system. Returns whether there was anything to draw."""
    points = [(one, one.cost.alone) for one in found.results if one.cost.alone is not None]
    if not points:
        return False
    from matplotlib.figure import Figure as Picture
    from matplotlib.ticker import LogLocator, NullFormatter

    figure = Picture(figsize=(6.0, 4.0), layout="constrained")
    axes = figure.add_subplot()
    for one, alone in points:
        accuracy = one.accuracy
        axes.errorbar(
            alone.value,
            100 * accuracy.value,
            yerr=[[100 * (accuracy.value - accuracy.low)], [100 * (accuracy.high - accuracy.value)]],
            fmt="o",
            color=COLOURS.get(one.name, "#999999"),
            label=one.name,
        )
    axes.legend(frameon=False, fontsize="small", loc="center left", bbox_to_anchor=(1, 0.5))
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set(xlabel="seconds a question, one at a time", ylabel="accuracy, %")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, dpi=130, metadata={"Software": None})
    return True
