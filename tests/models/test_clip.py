from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from models.clip import Clip
from models.loading import CheckpointError
from models.picture import Region
from models.requests import Embed, Fit, Match, SpecialistError
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


def test_the_vectors_are_those_that_scores_are_made_of(folder: Path) -> None:
    clip = load(folder)
    picture = tiny.picture(1)
    region = Region(picture, (10, 10, 40, 40))
    (scores,) = clip.run([Match(region, ("sky", "a dog"))])
    text, crop, whole = clip.run([Embed("sky"), Embed(region), Embed(picture.whole)])
    assert text.dtype == crop.dtype == np.float32
    assert [float(np.linalg.norm(one)) for one in (text, crop, whole)] == pytest.approx([1, 1, 1], abs=1e-5)
    assert clip.scale * float(text @ crop) == pytest.approx(scores[0], abs=1e-4)
    assert not np.allclose(crop, whole)


def test_the_probability_of_one_text(folder: Path) -> None:
    clip = load(folder)
    region = tiny.picture(1).whole
    ((score,), chance) = clip.run([Match(region, ("a dog",)), Fit(region, "a dog")])
    if clip.model.config.model_type == "clip":
        assert isinstance(chance, SpecialistError)
        assert "calibration: [SLOPE, OFFSET]" in str(chance)
    else:
        bias = clip.model.logit_bias.item()
        assert chance == pytest.approx(1 / (1 + np.exp(-score - bias)), abs=1e-5)
    (chance,) = load(folder, calibration=(2.0, -1.0)).run([Fit(region, "a dog")])
    assert chance == pytest.approx(1 / (1 + np.exp(-2 * score + 1)), abs=1e-4)


def test_several_prompts_make_an_ensemble(folder: Path) -> None:
    one, other = (load(folder, prompt=prompt).run([Embed("dog")])[0] for prompt in ("a photo of a {}", "the {}!"))
    (both,) = load(folder, prompt=("a photo of a {}", "the {}!")).run([Embed("dog")])
    mean = one + other
    assert both == pytest.approx(mean / np.linalg.norm(mean), abs=1e-5)
    many = load(folder, prompt=("a photo of a {}", "the {}!")).run([Embed("dog"), Embed("cat"), Embed("a red car")])
    assert many[0] == pytest.approx(both, abs=1e-5)
