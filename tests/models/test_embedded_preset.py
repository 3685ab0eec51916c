"""The ordinary adapters on the embedded architectures: with fresh weights, and with those that ship."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from models.clip import Clip
from models.depth import DepthEstimator
from models.picture import Picture, Region
from models.presets import Kit
from models.requests import Ask, Depth, Detect, Inpaint, Match, Prompt, Read, Segment, SpecialistError
from models.segmenter import Segmenter
from models.vlm import Vlm
from tests.models import tiny

CPU = torch.device("cpu")
GALLERY = Path(__file__).parents[2] / "models" / "embedded" / "gallery"


def test_clip(tmp_path: Path) -> None:
    from models.embedded import architectures
    from models.embedded.clip import build_clip, save_processor

    assert architectures

    tokenizer = tiny.chat_tokenizer(template=None)
    tiny.save(tmp_path, build_clip(len(tokenizer)))
    save_processor(tmp_path, tokenizer)
    requests = [
        Match(tiny.picture(1).whole, ("dog", "a red cat", "word " * 40)),
        Match(Region(tiny.picture(1), (1, 1, 9, 30)), ("dog",)),
    ]
    clip = Clip.load(tmp_path, CPU, torch.float32)
    found = clip.run(requests)
    assert [len(scores) for scores in found] == [3, 1]
    assert clip.last_forward == 2
    assert found[1] == pytest.approx(Clip.load(tmp_path, CPU, torch.float32).run(requests[1:])[0], abs=1e-4)


def test_segmenter(tmp_path: Path) -> None:
    from models.embedded.segmenter import CONFIG, build_sam

    config = {**CONFIG, "image_size": 64, "widths": [8, 8, 8, 8], "prompt_embed_dim": 8, "decoder_mlp_dim": 8}
    torch.manual_seed(0)
    save_file(build_sam(config).state_dict(), tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text(json.dumps(config))
    segmenter = Segmenter.load(tmp_path, CPU, torch.float32)
    whole, part = segmenter.run(
        [Segment(tiny.picture(2, 80, 40).whole), Segment(Region(tiny.picture(1), (4, 4, 30, 30)))]
    )
    assert whole.pixels.shape == (40, 80)
    assert part.pixels.shape == (48, 64)


def test_depth(tmp_path: Path) -> None:
    from models.embedded.depth import SightDepthConfig, SightDepthForDepthEstimation, image_processor

    model = SightDepthForDepthEstimation(SightDepthConfig(widths=[8, 8, 8, 8], head=8))
    tiny.save(tmp_path, model, image_processor())
    (depth,) = DepthEstimator.load(tmp_path, CPU, torch.float32).run([Depth(tiny.picture(2, 80, 40))])
    assert depth.shape == (40, 80)
    assert np.isfinite(depth).all()


def test_vlm(tmp_path: Path) -> None:
    from models.embedded.vlm import answer_tokenizer, build_vlm, vlm_processor

    tokenizer = answer_tokenizer()
    torch.manual_seed(0)
    tiny.save(tmp_path, build_vlm(tokenizer, width=32, layers=1), vlm_processor(tokenizer))
    requests = [
        Ask(tiny.picture(1).whole, "what is this?"),
        Ask(tiny.picture(2, 80, 40).whole, "which colour is the dog?"),
    ]
    options = {"max_new_tokens": 5, "min_new_tokens": 2, "prompt": "{}"}
    together = Vlm.load(tmp_path, CPU, torch.float32, **options).run(requests)
    assert all(isinstance(text, str) for text in together)
    assert together == [Vlm.load(tmp_path, CPU, torch.float32, **options).run([request])[0] for request in requests]


@pytest.fixture(scope="module")
def kit() -> Kit:
    return Kit("embedded", device="cpu")


@pytest.fixture(scope="module")
def scene() -> Picture:
    return Picture.open(sorted(GALLERY.rglob("*.webp"))[0])


@pytest.mark.parametrize("role", list(Kit("embedded")))
def test_the_weights_that_ship(role: str, kit: Kit, scene: Picture) -> None:
    mask = np.zeros((scene.height, scene.width), bool)
    mask[scene.height // 3 : scene.height // 2, scene.width // 3 : scene.width // 2] = True
    region = Region(scene, (scene.width / 4, scene.height / 4, scene.width / 2, scene.height / 2))
    requests = {
        "detector": [Detect(scene.whole, "dog"), Detect(region, "red ball")],
        "clip": [Match(scene.whole, ("a dog", "a cat")), Match(region, ("sky",))],
        "segmenter": [Segment(region), Segment(scene.whole)],
        "vlm": [Ask(scene.whole, "what is this?"), Ask(region, "what colour is it?")],
        "depth": [Depth(scene)],
        "ocr": [Read(scene.whole)],
        "llm": [Prompt("What is two plus two?")],
        "inpaint": [Inpaint(scene, mask, "a cat")],
    }[role]
    answers = kit[role].run(requests)
    assert len(answers) == len(requests)
    assert not any(isinstance(answer, SpecialistError) for answer in answers)


def test_the_planner_that_ships(kit: Kit) -> None:
    text = str(kit.planner().invoke("How many dogs are there?").content)
    assert "dog" in text
