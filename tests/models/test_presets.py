import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from models.loading import CheckpointError
from models.presets import Kit, PresetError, load_preset, shipped_presets
from models.requests import ROLES, Detect, Match
from tests.models import tiny


@pytest.mark.parametrize("name", shipped_presets())
def test_shipped_presets(name: str) -> None:
    preset = load_preset(name)
    assert preset.name == name
    assert preset.description
    painters = {"inpaint", "text_to_image"}
    own = {"student"} if name == "embedded" else set()
    assert {role for role, _ in preset.filled()} | painters == {*ROLES, "planner", *own}
    for _, settings in preset.filled():
        assert settings.licence != "unknown"
        assert settings.memory_mb
        local = settings.checkpoint.startswith(("embedded:", "package:")) or settings.checkpoint == "smollm2"
        assert (settings.revision is None) == local


def test_the_three_are_shipped() -> None:
    assert shipped_presets() == ["embedded", "hub-cpu", "hub-gpu"]


@pytest.mark.parametrize("name", ["hub-cpu", "hub-gpu"])
def test_a_hub_preset_says_what_is_missing(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    states = {state.role: state for state in Kit(name).describe()}
    assert set(states) == {*ROLES, "planner"}
    assert states["ocr"].found
    assert not states["detector"].found
    assert f"hf download {states['detector'].checkpoint}" in states["detector"].detail
    with pytest.raises(CheckpointError, match="hf download"):
        Kit(name, device="cpu")["detector"]


def wrong(tmp_path: Path, text: str) -> str:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(PresetError) as error:
        load_preset(file)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("detectr: {checkpoint: a/b}", "unknown key or role 'detectr' (did you mean 'detector'?)"),
        ("detector: {checkpoint: a/b, treshold: 1}", "detector: unknown key 'treshold' (did you mean 'threshold'?)"),
        ("detector: {threshold: 0.5}", "detector lacks the key 'checkpoint'"),
        ("detector: {checkpoint: a/b, threshold: 2}", "detector.threshold: input should be less than or equal to 1"),
        ("detector: {checkpoint: a/b, look: there}", "detector.look: input should be 'picture' or 'region'"),
        ("detector: {checkpoint: a/b, prompt: a photo}", "detector.prompt: the text must hold {} once"),
        ("detector: {checkpoint: a/b, class: Clip}", "detector.class: input should be 'Detector'"),
        ("detector: {checkpoint: ''}", "detector.checkpoint"),
        ("llm: {checkpoint: a/b}", "llm lacks the key 'class'"),
        ("clip: {checkpoint: a/b, dtype: float8}", "clip.dtype"),
        ("detector: a/b", "detector: input should be a valid dictionary"),
        ("- a", "it must be a mapping"),
        ("", "it must be a mapping"),
        ("a: [", "not valid YAML"),
        ("extends: embeded", "there is no preset 'embeded' (did you mean 'embedded'?)"),
        ("extends: mine.yaml", "it extends itself"),
    ],
)
def test_what_is_wrong_with_a_preset(tmp_path: Path, text: str, says: str) -> None:
    assert says in wrong(tmp_path, text)


def test_presets_that_do_not_exist(tmp_path: Path) -> None:
    with pytest.raises(PresetError, match=r"no preset 'hub-gpuu' \(did you mean 'hub-gpu'\?\); choose one of embedded"):
        load_preset("hub-gpuu")
    with pytest.raises(PresetError, match="no such file"):
        load_preset(tmp_path / "none.yaml")


def test_a_preset_that_extends_another(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    (tmp_path / "weights").mkdir()
    file.write_text("extends: embedded\ndetector: {checkpoint: weights, nms: 0.7}\nclip: null\n")
    preset = load_preset(file)
    assert preset.name == "mine"
    assert preset.detector is not None
    assert preset.detector.checkpoint == str(tmp_path / "weights")
    assert preset.detector.nms == 0.7
    assert preset.detector.prompt == "a photo of a {}"  # nothing of the role it replaces is left
    assert preset.clip is None
    assert preset.depth == load_preset("embedded").depth


def test_a_kit_loads_a_role_when_it_is_asked_for_and_once(tmp_path: Path, checkpoint: Callable[..., Path]) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f"detector: {{checkpoint: {checkpoint('owl', 2)}}}\nclip: {{checkpoint: {checkpoint('clip')}}}\n")
    kit = Kit(file, device="cpu")
    assert list(kit) == ["detector", "clip"]
    assert "detector" in kit
    assert "depth" not in kit
    assert kit.get("depth") is None
    assert kit._loaded == {}
    found = []
    threads = [threading.Thread(target=lambda: found.append(kit["detector"])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len({id(one) for one in found}) == 1
    assert list(kit._loaded) == ["detector"]
    picture = tiny.picture(1)
    assert len(kit["detector"].run([Detect(picture.whole, "dog")])) == 1
    assert len(kit["clip"].run([Match(picture.whole, ("dog",))])) == 1
    with pytest.raises(PresetError, match="preset mine has no depth; add"):
        kit["depth"]
    with pytest.raises(PresetError, match=r"no role 'detectr' \(did you mean 'detector'\?\)"):
        kit["detectr"]
    with pytest.raises(PresetError, match="preset mine has no planner"):
        kit.planner()
    assert kit.checkpoints() == {"detector": str(checkpoint("owl", 2)), "clip": str(checkpoint("clip"))}
    assert [(state.role, state.kind, state.found) for state in kit.describe()] == [
        ("detector", "Detector", True),
        ("clip", "Clip", True),
    ]


def test_reading_presets_loads_no_framework() -> None:
    code = "import sys; from models.presets import Kit; Kit('hub-gpu').describe(); print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_the_example_of_a_domain_is_a_preset() -> None:
    preset = load_preset(Path(__file__).parents[2] / "docs" / "domain-clip.yaml")
    assert preset.clip is not None
    assert len(preset.clip.prompt) == 3
    assert preset.detector == load_preset("hub-cpu").detector


def test_several_prompts_need_one_place_each(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("clip:\n  checkpoint: a/b\n  prompt: ['a {}', 'nothing']\n")
    with pytest.raises(PresetError, match=r"clip\.prompt"):
        load_preset(file)
