"""Painting with tiny random checkpoints of the true architectures: UNets of nine and of four channels."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from models.generate import Generator
from models.inpaint import Inpainter, edge_weights, window_around
from models.loading import CheckpointError
from models.picture import Picture
from models.requests import Generate, Inpaint, SpecialistError
from tests.models import tiny

CPU = torch.device("cpu")
OPTIONS: dict[str, Any] = {"side": 32, "steps": 2}


@pytest.fixture(scope="module")
def nine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.stable_diffusion(tmp_path_factory.mktemp("nine"), channels=9)


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.stable_diffusion(tmp_path_factory.mktemp("four"), channels=4)


@pytest.fixture(scope="module", params=["nine", "four"])
def inpainter(request: pytest.FixtureRequest) -> Inpainter:
    return Inpainter.load(request.getfixturevalue(request.param), CPU, torch.float32, **OPTIONS)


def asked(seed: int = 0, prompt: str = "a cat", width: int = 60, height: int = 40) -> Inpaint:
    mask = np.zeros((height, width), bool)
    mask[10:30, 30:60] = True
    return Inpaint(tiny.picture(1, width, height), mask, prompt, seed)


def test_only_the_mask_changes(inpainter: Inpainter) -> None:
    request = asked()
    [result] = inpainter.run([request])
    assert isinstance(result, Picture)
    old, new = np.asarray(request.picture.image), np.asarray(result.image)
    assert new.shape == old.shape
    assert (new[~request.mask] == old[~request.mask]).all()
    assert (new[request.mask] != old[request.mask]).any()


def test_the_seed_decides(inpainter: Inpainter) -> None:
    once, again, other = (inpainter.run([asked(seed)])[0] for seed in (1, 1, 2))
    assert once == again
    assert once != other


def test_a_batch_gives_what_single_calls_give(nine: Path) -> None:
    inpainter = Inpainter.load(nine, CPU, torch.float32, batch_size=4, **OPTIONS)
    requests = [asked(1), asked(2, "a dog"), asked(3, width=80)]
    together = inpainter.run(requests)
    assert inpainter.last_forward == 3
    for request, one in zip(requests, together, strict=True):
        [alone] = inpainter.run([request])
        assert isinstance(alone, Picture)
        assert isinstance(one, Picture)
        assert np.abs(np.asarray(one.image).astype(int) - np.asarray(alone.image)).max() <= 1


def test_requests_that_make_no_sense(inpainter: Inpainter) -> None:
    good = asked()
    empty = Inpaint(good.picture, np.zeros_like(good.mask), "a cat")
    small = Inpaint(good.picture, good.mask[:20], "a cat")
    wordless = Inpaint(good.picture, good.mask, "  ")
    results = inpainter.run([empty, good, small, wordless])
    assert [type(one) for one in results] == [SpecialistError, Picture, SpecialistError, SpecialistError]
    assert [str(results[at]).split(",")[0] for at in (0, 2, 3)] == [
        "the mask to paint in is empty",
        "the mask to paint in has not the size of its picture",
        "painting needs a prompt",
    ]


def test_a_size_that_the_model_cannot_paint_is_one_line(nine: Path) -> None:
    inpainter = Inpainter.load(nine, CPU, torch.float32, side=36, steps=2)
    inpainter.side = 33
    [result] = inpainter.run([asked()])
    assert isinstance(result, SpecialistError)
    assert "\n" not in str(result)


def test_equal_requests_are_equal() -> None:
    assert asked() == asked()
    assert hash(asked()) == hash(asked())
    assert asked() != asked(1)
    assert asked() != asked(prompt="a dog")


def test_the_window_is_round_the_mask() -> None:
    mask = np.zeros((50, 50), bool)
    mask[20:30, 10:30] = True
    assert window_around(mask, 2.0) == (0, 5, 40)
    assert window_around(mask, 3.0) == (-10, -5, 60)


def test_the_edge_is_soft_on_the_inside() -> None:
    mask = np.zeros((200, 200), bool)
    mask[50:150, 20:180] = True
    share = edge_weights(mask)
    assert (share[~mask] == 0).all()
    assert 0 < share[50, 100] < share[52, 100] < 1
    assert share[100, 100] == 1


def test_generated_pictures(four: Path) -> None:
    generator = Generator.load(four, CPU, torch.float32, side=32, steps=2)
    once, again, wordless, other = generator.run(
        [Generate("a cat"), Generate("a cat"), Generate(" "), Generate("a", 1)]
    )
    assert isinstance(once, Picture)
    assert (once.width, once.height) == (32, 32)
    assert once == again
    assert once != other
    assert isinstance(wordless, SpecialistError)


def test_checkpoints_that_are_none(tmp_path: Path, four: Path) -> None:
    with pytest.raises(CheckpointError, match="no diffusers pipeline"):
        Inpainter.load(tmp_path, CPU, torch.float32)
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "NoPipeline"}))
    with pytest.raises(CheckpointError, match="cannot be read as AutoPipelineForInpainting"):
        Inpainter.load(tmp_path, CPU, torch.float32)


def test_without_diffusers_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, four: Path) -> None:
    monkeypatch.setitem(__import__("sys").modules, "diffusers", None)
    with pytest.raises(CheckpointError, match="pip install diffusers"):
        Inpainter.load(four, CPU, torch.float32)


def test_a_model_that_answers_in_grey_is_taken(inpainter: Inpainter, monkeypatch: pytest.MonkeyPatch) -> None:
    class Grey:
        def __call__(self, prompt: Any, image: Any, mask_image: Any, generator: Any, output_type: str) -> Any:
            return type("Output", (), {"images": [Image.new("L", (32, 32), 7) for _ in prompt]})

    monkeypatch.setattr(inpainter, "pipeline", Grey())
    request = asked()
    [result] = inpainter.run([request])
    assert isinstance(result, Picture)
    assert (np.asarray(result.image)[20, 45] == 7).all()
