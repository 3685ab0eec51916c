from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from models.clip import Clip
from models.loading import CheckpointError
from models.picture import Region
from models.requests import Match, SpecialistError
from tests.models import tiny

CPU = torch.device("cpu")


@pytest.fixture(params=["clip", "siglip2"])
def folder(request: pytest.FixtureRequest, checkpoint: Callable[..., Path]) -> Path:
    return checkpoint(request.param)


def load(folder: Path, **options: Any) -> Clip:
    return Clip.load(folder, CPU, torch.float32, **options)


def requests() -> list[Match]:
    one, other = tiny.picture(1), tiny.picture(2, 80, 40)
    return [
        Match(one.whole, ("a dog", "a very red cat", "sky")),
        Match(other.whole, ("a dog",)),
        Match(Region(one, (10, 10, 40, 40)), ("sky", "a dog")),
    ]


def test_scores_are_what_the_whole_model_gives(folder: Path) -> None:
    clip = load(folder)
    request = requests()[0]
    images = clip.processor.image_processor(images=[request.region.crop()], return_tensors="pt")
    padding = "max_length" if clip.model.config.model_type == "siglip2" else True
    texts = clip.processor.tokenizer(list(request.texts), padding=padding, max_length=24, return_tensors="pt")
    with torch.no_grad():
        logits = clip.model(**images, **texts).logits_per_image[0]
    logits = logits - getattr(clip.model, "logit_bias", torch.zeros(1)).item()
    assert clip.run([request])[0] == pytest.approx(logits.tolist(), abs=1e-4)


def test_a_batch_gives_what_single_calls_give(folder: Path) -> None:
    together = load(folder).run(requests())
    assert [len(scores) for scores in together] == [3, 1, 2]
    for request, scores in zip(requests(), together, strict=True):
        assert scores == pytest.approx(load(folder).run([request])[0], abs=1e-4)
        assert scores == pytest.approx(load(folder, batch_size=1).run([request])[0], abs=1e-4)


def test_features_are_kept(folder: Path) -> None:
    clip = load(folder)
    first = clip.run(requests())
    assert clip.last_forward == 3
    assert clip.run(requests()) == first
    assert clip.last_forward == 0
    clip.run([Match(tiny.picture(1).whole, ("a new text",))])
    assert clip.last_forward == 0
    clip.run([Match(tiny.picture(9).whole, ("a dog",))])
    assert clip.last_forward == 1


def test_slivers_long_texts_and_empty_ones(folder: Path) -> None:
    clip = load(folder, prompt="a photo of {}")
    picture = tiny.picture(1)
    found = clip.run(
        [
            Match(Region(picture, (5, 5, 6, 6)), ("dog",)),
            Match(Region(picture, (5, 0, 6, 48)), ("dog " * 50,)),
            Match(picture.whole, ()),
            Match(picture.whole, ("dog", " ")),
        ]
    )
    assert [type(answer) for answer in found] == [list, list, SpecialistError, SpecialistError]


def test_another_kind_of_model_is_refused(checkpoint: Callable[..., Path]) -> None:
    with pytest.raises(CheckpointError, match="does not match texts with pictures"):
        load(checkpoint("llama"))
