"""What is remembered of lessons, and that rows in a pack are what they are alone."""

import itertools
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from distill import packs as packing
from distill import student
from distill.checkpoints import load_base
from distill.lessons import Lesson, place_of
from distill.packs import ALIKE, Memory, losses
from distill.samples import TARGETS
from distill.student_training import Course, Shelf
from tests.distill.conftest import memory_for

NUMBER = {target: number for number, target in enumerate(TARGETS)}


def test_a_memory_holds_all_lessons(memory: Memory, shelf: Path) -> None:
    one, other = (Lesson.load(place_of(shelf, number)) for number in (0, 1))
    memory.take(one)
    memory.take(other)
    assert memory.known == len(one.scenes) + len(other.scenes)
    assert memory.count == len(one.rows) + len(other.rows) == sum(memory.counts.values())
    assert memory.groups == 6
    assert torch.equal(memory.scenes[len(one.scenes) : memory.known], other.scenes)
    width = other.rows.shape[1]
    assert torch.equal(memory.rows[len(one.rows) : memory.count, :width], other.rows)
    assert (memory.rows[len(one.rows) : memory.count, width:] == memory.rows[-1, -1]).all()
    groups = [shown for lesson in (one, other) for shown in sorted(set(map(tuple, lesson.shown.tolist())))]
    shown, targets = torch.cat((one.shown, other.shown)), torch.cat((one.targets, other.targets))
    for group, its in enumerate(groups):
        for number in NUMBER.values():
            first, told = int(memory.first[group, number]), int(memory.told[group, number])
            assert set(targets[first : first + told].tolist()) <= {number}
            assert set(map(tuple, shown[first : first + told].tolist())) <= {its}


def test_a_memory_counts_beyond_sixteen_bits(shelf: Path) -> None:
    lesson = Lesson.load(place_of(shelf, 0))
    lesson = replace(lesson, scenes=lesson.scenes[:, :1, :1])
    memory = Memory(1, 1, 2 * len(lesson.scenes), 0, 1, range(0), torch.device("cpu"))
    memory.take(lesson)
    groups, first = memory.groups, memory.shown[: memory.groups].clone()
    memory.known, memory.scenes = 40_000, memory.scenes.new_zeros(50_000, 1, 1)
    memory.take(lesson)
    shown = memory.shown[groups : memory.groups]
    assert torch.equal(shown, torch.where(first < 0, first, first + 40_000))


def test_closing_tokens_are_those_after_which_every_reply_is_over(
    memory: Memory, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "CLOSING", 0.0)
    kept = [Lesson.load(place_of(shelf, number)) for number in (0, 1)]
    ends, goes_on = set(), set()
    for lesson in kept:
        memory.take(lesson)
        for row, length in zip(lesson.rows.tolist(), lesson.lengths.tolist(), strict=True):
            for token, after in itertools.pairwise([*row[:length], 0]):
                if token < 0:
                    (ends if after == -1 - memory.end else goes_on).add(-1 - token)
    assert set(memory.closing) == ends - goes_on
    assert memory.closing
    monkeypatch.setattr(packing, "CLOSING", 1.0)
    assert memory.closing == []


@pytest.fixture
def filled(memory: Memory, shelf: Path) -> Memory:
    for number in (0, 1):
        memory.take(Lesson.load(place_of(shelf, number)))
    return memory


def test_no_row_is_drawn_again_before_the_others_of_its_scenes(filled: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "ALIKE", 1)  # a scene that is drawn twice at once may have a row twice
    for _ in range(200):
        for _ in filled.batches(1, TARGETS, 3):
            pass
    plain = [number for target, number in NUMBER.items() if target != "rationale"]
    for group in range(filled.groups):
        for kinds in (plain, [NUMBER["rationale"]]):
            spans = [(int(filled.first[group, kind]), int(filled.told[group, kind])) for kind in kinds]
            drawn = torch.cat([filled.drawn[first : first + told] for first, told in spans])
            assert not len(drawn) or drawn.max() - drawn.min() <= 1
    assert filled.drawn.max() > 1


@pytest.fixture(scope="module")
def reader(fresh_student: Path) -> Any:
    return load_base(fresh_student, "float32")


@pytest.mark.parametrize("teach", [TARGETS, ("answer",), ("answer", "instruction")])
def test_a_row_in_a_pack_is_what_it_is_alone(filled: Memory, reader: Any, teach: tuple[str, ...]) -> None:
    """Each row and its scenes, taken out of a pack and shown to the student, lose what they lose in it."""
    model, processor = reader
    each, image = model.config.image_seq_length, processor.tokenizer.convert_tokens_to_ids(student.IMAGE)
    for packs in itertools.islice(filled.batches(3, teach, 5), 2):
        alone: dict[str, list[Tensor]] = {"plain": [], "rationale": []}
        scenes = iter(packs["pixel_values"].split(1))
        for tokens, labels, row, explains in zip(
            packs["input_ids"], packs["labels"], packs["row"], packs["explains"], strict=True
        ):
            before = row == 0
            shown = [next(scenes) for _ in range(int((tokens[before] == image).sum()) // each)]
            assert len(shown) in (1, 2, 3)
            for number in range(1, int(row.max()) + 1):
                ids = torch.cat((tokens[before], tokens[row == number]))
                said = functional.pad(labels[row == number], (int(before.sum()), 0), value=-100)
                assert ids[said != -100].numel()
                assert ("Explain the rationale" in processor.decode(ids)) == bool(explains[number - 1])
                hidden = model.model(input_ids=ids[None], pixel_values=torch.cat(shown)).last_hidden_state[0]
                lost = functional.cross_entropy(model.lm_head(hidden), said)
                alone["rationale" if explains[number - 1] else "plain"].append(lost)
        assert next(scenes, None) is None
        together = losses(model, packs)
        assert set(together) == {name for name, some in alone.items() if some}
        assert ("rationale" in together) == ("rationale" in teach)
        for name, loss in together.items():
            assert loss.item() == pytest.approx(torch.stack(alone[name]).mean().item(), abs=1e-4)


def test_scenes_about_which_nothing_of_the_kind_is_said_are_not_drawn(filled: Memory) -> None:
    silent = TARGETS.index("instruction")
    filled.told[0, silent] = 0
    for packs in filled.batches(3, ("instruction",), 5):
        assert ((packs["row"] == 1) & (packs["labels"] != -100)).any(1).all()


def test_each_pack_has_a_rationale(filled: Memory) -> None:
    explained = [
        bool(explains[row[labels != -100] - 1].any())
        for packs in filled.batches(3, TARGETS, 5)
        for explains, row, labels in zip(packs["explains"], packs["row"], packs["labels"], strict=True)
    ]
    assert explained == [True] * 3 * ALIKE


def test_things_are_numbered_anew_in_each_pack(filled: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    """What points at a thing points at the same one, which has another number."""
    packed: list[tuple[dict[str, Tensor], Tensor]] = []
    renumbered = Memory._renumbered

    def keep(memory: Memory, pack: dict[str, Tensor], scenes: Tensor, numbers: Tensor) -> dict[str, Tensor]:
        packed.append((pack, scenes))
        return renumbered(memory, pack, scenes, numbers)

    monkeypatch.setattr(Memory, "_renumbered", keep)
    first, size = filled.pointers.start, len(filled.pointers)
    orders, pointed = set(), 0
    for after in filled.batches(8, TARGETS, 5):
        before, scenes = packed.pop()
        was, now = before["pixel_values"], after["pixel_values"]
        assert torch.equal(was[..., :-size], now[..., :-size])
        owner = torch.arange(len(scenes)).repeat_interleave(scenes)
        for pack in range(len(scenes)):
            numbered = was[owner == pack][..., -size:].flatten(0, 1), now[owner == pack][..., -size:].flatten(0, 1)
            there = numbered[0].amax(1) > 0
            assert torch.equal(there, numbered[1].amax(1) > 0)
            old, new = (one[there].argmax(1).tolist() for one in numbered)
            order = dict(zip(old, new, strict=True))
            assert [order[number] for number in old] == new  # the same in all its scenes
            orders.add(tuple(order.items()))
            for name in ("input_ids", "labels"):
                for then, token in zip(before[name][pack].tolist(), after[name][pack].tolist(), strict=True):
                    pointed += then in filled.pointers
                    assert token == (first + order[then - first] if then in filled.pointers else then)
            for name, tokens in (("named", "input_ids"), ("sought", "labels")):
                where = torch.isin(after[tokens][pack], torch.tensor(filled.pointers)) & (scenes[pack] == 1)
                assert torch.equal(after[name][pack] >= 0, where)
                things, said = after[name][pack][where], after[tokens][pack][where]
                assert torch.equal(now[owner == pack][0, things, -size:].argmax(1), said - first)
    assert len(orders) > ALIKE
    assert pointed


def test_no_row_stands_twice_in_a_pack(filled: Memory) -> None:
    for packs in filled.batches(4, TARGETS, 30):
        for tokens, row in zip(packs["input_ids"], packs["row"], strict=True):
            rows = [tuple(tokens[row == number].tolist()) for number in range(1, int(row.max()) + 1)]
            rows = [one for one in rows if one]
            assert len(rows) > 20
            assert len(rows) - len(set(rows)) <= 2  # a scene is now and then asked the same twice


def test_a_twin_without_rationales_has_the_same_answers(fresh_student: Path, shelf: Path) -> None:
    seen = {}
    for teach in (TARGETS, ("answer", "instruction")):
        memory = memory_for(fresh_student)
        torch.manual_seed(len(teach))
        steps = itertools.islice(Course(memory, Shelf(shelf), 8, teach), 2 * ALIKE)
        seen[teach] = Counter(
            tuple(tokens[row == number].tolist())
            for step in steps
            for tokens, row in zip(step["input_ids"], step["row"], strict=True)
            for number in range(1, 9)
        )
    whole, twin = seen.values()
    assert whole == twin
    assert sum(twin.values()) == 8 * 2 * ALIKE
