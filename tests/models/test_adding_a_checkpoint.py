"""What docs/adding_a_checkpoint.md says, done."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from models.presets import load_preset
from models.presets.settings import Preset
from tests.models import tiny

PAGE = Path(__file__).parents[2] / "docs" / "adding_a_checkpoint.md"


def block(language: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(found) == 1
    return str(found[0])


@pytest.mark.parametrize("place", ["hub", "folder"])
def test_the_page(place: str, checkpoint: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    text = block("yaml")
    weights = checkpoint("grounding_dino")
    if place == "hub":  # as `hf download` leaves it
        repository = tmp_path / "hub" / "models--IDEA-Research--grounding-dino-tiny"
        shutil.copytree(weights, repository / "snapshots" / ("0" * 40))
        (repository / "refs").mkdir()
        (repository / "refs" / "main").write_text("0" * 40)
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    else:
        shutil.copytree(weights, tmp_path / "weights")
        text = text.replace("IDEA-Research/grounding-dino-tiny", "./weights")
    (tmp_path / "mine.yaml").write_text(text.replace("threshold: 0.3", "threshold: 0.0"))
    tiny.picture(1).image.save(tmp_path / "picture.png")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(block("python"), names)
    assert names["detections"]
    assert load_preset("mine.yaml").depth == load_preset("embedded").depth


def test_the_page_names_every_role_and_only_options_that_exist() -> None:
    rows = re.findall(
        r"^\| (`[a-z_]+`(?:, `[a-z_]+`)*) \|.*\| (.*) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    roles = {role: options for names, options in rows for role in re.findall(r"`(\w+)`", names)}
    assert set(roles) == set(Preset.model_fields) - {"name", "description"}
    for role, options in roles.items():
        known = {field.alias or name for name, field in Preset.settings_of(role).model_fields.items()}
        values = {"region", "vit_l", "vit_h"}
        assert set(re.findall(r"`(\w+)[`:]", options)) - values <= known
