from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from models.loading import CheckpointError
from models.picture import Region
from models.requests import Ask, Caption, Confirm, Locate, SpecialistError
from models.vlm import LEAST_SIDE, Vlm, grounded
from tests.models import tiny

CPU = torch.device("cpu")


@pytest.fixture(params=["smolvlm", "qwen3_vl", "llava"])
def folder(request: pytest.FixtureRequest, checkpoint: Callable[..., Path]) -> Path:
    return checkpoint(request.param)


def load(folder: Path, **options: Any) -> Vlm:
    return Vlm.load(folder, CPU, torch.float32, **{"max_new_tokens": 6, "min_new_tokens": 3, "prompt": "{}", **options})


def requests() -> list[Ask]:
    one, wide = tiny.picture(1), tiny.picture(2, 80, 40)
    return [
        Ask(one.whole, "what is this?"),
        Ask(wide.whole, "and what is that over there, left of the tree?"),
        Ask(Region(one, (3, 3, 40, 40)), "what?"),
    ]


def test_a_batch_gives_what_single_calls_give(folder: Path) -> None:
    together = load(folder).run(requests())
    assert all(isinstance(text, str) and text for text in together)
    assert together == [load(folder).run([request])[0] for request in requests()]
    assert together == load(folder, batch_size=2).run(requests())


def test_answers_are_kept(folder: Path) -> None:
    vlm = load(folder)
    first = vlm.run([*requests(), requests()[0]])
    assert vlm.last_forward == 3
    assert first[3] == first[0]
    assert vlm.run(requests()) == first[:3]
    assert vlm.last_forward == 0


def test_the_picture_and_the_question_matter(folder: Path) -> None:
    seen = []
    vlm = load(folder)
    generate = vlm.model.generate
    vlm.model.generate = lambda **inputs: seen.append(inputs) or generate(**inputs)
    vlm.run([Ask(tiny.picture(1).whole, "what?")])
    vlm.run([Ask(tiny.picture(2).whole, "what?")])
    vlm.run([Ask(tiny.picture(2).whole, "which colour is it?")])
    assert not torch.equal(seen[0]["pixel_values"], seen[1]["pixel_values"])
    assert torch.equal(seen[0]["input_ids"], seen[1]["input_ids"])
    assert seen[1]["input_ids"].shape != seen[2]["input_ids"].shape


def test_slivers_and_empty_questions(folder: Path) -> None:
    picture = tiny.picture(1, 300, 300)
    thin, small = Region(picture, (5, 0, 6, 300)), Region(picture, (5, 5, 6, 6))
    sliver, dot, empty = load(folder).run([Ask(thin, "what?"), Ask(small, "what?"), Ask(picture.whole, " ")])
    assert isinstance(sliver, str)
    assert isinstance(dot, str)
    assert isinstance(empty, SpecialistError)


def test_grounded_keeps_what_is_large_enough() -> None:
    image = tiny.picture(1).image
    assert grounded(image) is image
    assert grounded(image.crop((0, 0, 2, 40))).size == (LEAST_SIDE, 40)


def test_a_model_without_chat_template_is_refused(checkpoint: Callable[..., Path]) -> None:
    with pytest.raises(CheckpointError, match="chat template"):
        load(checkpoint("clip"))


def test_how_likely_a_yes_is(folder: Path) -> None:
    vlm = load(folder)
    one, wide = tiny.picture(1), tiny.picture(2, 80, 40)
    asked = [Confirm(one.whole, "is this a dog?"), Confirm(wide.whole, "is it?"), Confirm(one.whole, "is it?")]
    chances = vlm.run(asked)
    assert all(0 <= chance <= 1 for chance in chances)
    assert chances == pytest.approx([load(folder).run([request])[0] for request in asked], abs=1e-4)
    vlm.model.generate = None  # what was asked before is kept
    assert vlm.run(asked) == chances


def test_captions(folder: Path) -> None:
    vlm = load(folder, caption="describe this")
    caption, answer = vlm.run([Caption(tiny.picture(1).whole), Ask(tiny.picture(1).whole, "describe this")])
    assert isinstance(caption, str)
    assert caption.startswith(answer[:1])  # the same words lead to the same beginning, a caption may be longer


def test_a_model_that_was_not_taught_boxes_says_so(folder: Path) -> None:
    vlm = load(folder)
    (found,) = vlm.run([Locate(tiny.picture(1).whole, "dog")])
    if vlm.family is None:
        assert "was not taught to write boxes" in str(found)
    else:
        assert isinstance(found, list)


def test_boxes_are_read_from_what_the_model_writes(checkpoint: Callable[..., Path]) -> None:
    vlm = load(checkpoint("qwen3_vl"))
    assert vlm.family == "qwen3"
    vlm._decoded = lambda *_, **__: ['[{"bbox_2d": [0, 500, 500, 1000]}, {"bbox_2d": [0, 0, 9, 9]}]']
    region = Region(tiny.picture(1, 100, 80), (20, 0, 100, 80))
    (found,) = vlm.run([Locate(region, "dog")])
    assert len(found) == 2
    assert found[0].box == pytest.approx((20, 40, 60, 80))
    assert found[1].box == pytest.approx((20, 0, 20.72, 0.72))
    assert all(0 < one.score <= 1 for one in found)
    (single,) = vlm.run([Locate(region, "the dog", True)])
    assert len(single) == 1


def test_paligemma_needs_no_chat_template(checkpoint: Callable[..., Path]) -> None:
    vlm = load(checkpoint("paligemma"))
    answer, caption, boxes = vlm.run(
        [Ask(tiny.picture(1).whole, "what?"), Caption(tiny.picture(1).whole), Locate(tiny.picture(1).whole, "dog")]
    )
    assert isinstance(answer, str)
    assert isinstance(caption, str)
    assert isinstance(boxes, list)
