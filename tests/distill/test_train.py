"""Training of students: tiny checkpoints of the true architectures, five steps each, on a data set of thirty rows."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional

from distill import train as training
from distill.checkpoints import load_base, load_trained
from distill.conversation import GREY
from distill.dataset import DatasetError, load, write
from distill.example import Example, rows_of
from distill.samples import TARGETS, Collator, samples_of
from distill.train import Trained, TrainSettings, train
from distill.trainable import TrainError
from distill.trainer import Alike
from models.loading import CheckpointError
from tests.distill.conftest import make_examples
from tests.models import tiny

ARCHITECTURES = ("smolvlm", "qwen3_vl", "llava", "paligemma")
ROOT = Path(__file__).parents[2]
ACCELERATE = Path(training.__file__).parent / "accelerate"

Make = Callable[[str], Path]


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """The folder of a tiny checkpoint, by the name of its maker."""
    made: dict[str, Path] = {}

    def make(name: str) -> Path:
        if name not in made:
            made[name] = getattr(tiny, name)(tmp_path_factory.mktemp(name))
        return made[name]

    return make


def quick(base: Path | str, **more: Any) -> TrainSettings:
    """Five steps at a rate that shows."""
    return TrainSettings(**{"base": str(base), "steps": 5, "batch": 4, "save_every": 2, "rate": 0.02, **more})


def batch_of(folder: Path, processor: Any, model: Any, count: int = 6) -> dict[str, Any]:
    samples = samples_of(load(folder)["train"], ("answer", "rationale"))
    return Collator(processor, model.config.model_type)([samples[place] for place in range(count)])


def logits_of(model: Any, batch: dict[str, Any]) -> torch.Tensor:
    inputs = {name: value for name, value in batch.items() if name not in ("labels", "target")}
    with torch.no_grad():
        return model.eval()(**inputs).logits


def weights_of(folder: Path) -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    (file,) = folder.glob("*model.safetensors")
    return load_file(file)


# ---------------------------------------------------------------------- what is learned from


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_targets_are_what_the_assistant_says_and_nothing_else(name: str, checkpoint: Make, dataset_folder: Path):
    model, processor = load_base(checkpoint(name))
    rows = load(dataset_folder)["train"]
    batch = batch_of(dataset_folder, processor, model, 4)
    for place in range(4):
        ids, labels = batch["input_ids"][place], batch["labels"][place]
        told = processor.tokenizer.decode(ids[labels != -100], skip_special_tokens=True).strip()
        assert told.removeprefix("assistant").strip() == rows[place]["messages"][1]["content"]
        assert ids[labels != -100].tolist().count(processor.tokenizer.eos_token_id) == 1
    assert [TARGETS[place] for place in batch["target"]] == rows["target"][:4]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_no_token_sees_what_comes_after_it(name: str, checkpoint: Make, dataset_folder: Path):
    model, processor = load_base(checkpoint(name))
    batch = batch_of(dataset_folder, processor, model, 4)
    before = logits_of(model, batch)
    changed = {name: value.clone() for name, value in batch.items()}
    last = [int((labels != -100).nonzero()[-1]) for labels in batch["labels"]]
    for row, place in enumerate(last):
        changed["input_ids"][row, place] = processor.tokenizer.convert_tokens_to_ids("x")
    after = logits_of(model, changed)
    for row, place in enumerate(last):
        assert torch.allclose(before[row, :place], after[row, :place], atol=1e-5)
        assert not torch.allclose(before[row, place], after[row, place], atol=1e-5)


def test_a_conversation_is_a_sample_a_turn(tmp_path: Path):
    rows = [row for example in make_examples()[:2] for row in rows_of(example)]
    said = rows[0]["messages"]
    rows[0]["messages"] = [*said, {"role": "user", "content": "And now?"}, {"role": "assistant", "content": "More."}]
    write(tmp_path / "data", rows)
    samples = samples_of(load(tmp_path / "data")["train"], ("answer", "rationale"))
    assert len(samples) == len(rows) + 1
    first, second = samples[0], samples[1]
    assert [part["type"] for part in first["prompt"][0]["content"]] == ["image", "text"]
    assert first["completion"][0]["content"] == [{"type": "text", "text": said[1]["content"]}]
    assert [message["role"] for message in second["prompt"]] == ["user", "assistant", "user"]
    assert second["completion"][0]["content"] == [{"type": "text", "text": "More."}]


def test_the_blind_are_shown_grey(dataset_folder: Path):
    rows = load(dataset_folder)["train"]
    sight, blind = samples_of(rows, ("answer",)), samples_of(rows, ("answer",), blind=True)
    assert blind[0]["images"][0].size == sight[0]["images"][0].size
    assert blind[0]["images"][0].getcolors() == [(blind[0]["images"][0].width * blind[0]["images"][0].height, GREY)]
    assert len(sight[0]["images"][0].getcolors(1 << 20)) > 1
    assert set(sight[:]["target"]) == {"answer"}


# ---------------------------------------------------------------------- the loss


def trainer_of(folder: Path, base: Path, out: Path, **more: Any) -> Any:
    settings = quick(base, lora=0, frozen=(), **more)
    model, processor = load_base(base)
    return training._trainer(
        "main", model, processor, folder, load(folder), settings.targets, out, settings, None, None,
        rate=settings.rate, epochs=1.0, steps=1, minutes=settings.minutes,
    )  # fmt: skip


def test_rows_of_a_batch_are_alike():
    lengths = np.random.default_rng(0).permutation(np.repeat([40, 50, 110, 280], 50)).tolist()
    order = Alike(lengths, 8, seed=1)
    first, again = list(order), list(order)
    order.set_epoch(1)
    second = list(order)
    assert first == again != second
    assert sorted(first) == sorted(second) == list(range(200))
    batches = [[lengths[row] for row in first[start : start + 8]] for start in range(0, 200, 8)]
    padded = sum(len(batch) * max(batch) for batch in batches)
    assert padded < 1.25 * sum(lengths) < 0.7 * 200 * 280
    longest = [max(batch) for batch in batches]
    assert longest != sorted(longest, reverse=True)  # they come at random


def test_the_loss_is_that_of_the_paper(checkpoint: Make, dataset_folder: Path, tmp_path: Path):
    base = checkpoint("llava")
    trainer = trainer_of(dataset_folder, base, tmp_path)
    samples = trainer.train_dataset
    batch = trainer.data_collator([samples[place] for place in range(len(samples))])
    with torch.no_grad():
        found = trainer.compute_loss(trainer.model.eval(), batch)

    model, processor = load_base(base)
    rows = load(dataset_folder)["train"]
    by_example: dict[str, float] = {}
    for row in rows:
        question, said = row["messages"][0]["content"].removeprefix("<image>\n"), row["messages"][1]["content"]
        prompt = f"<|im_start|>user\n<image>{question}<|im_end|>\n<|im_start|>assistant\n"
        whole = processor(images=row["images"][0], text=f"{prompt}{said}<|im_end|>\n", return_tensors="pt")
        start = processor(images=row["images"][0], text=prompt, return_tensors="pt")["input_ids"].shape[1]
        with torch.no_grad():
            logits = model.eval()(**whole).logits
        loss = functional.cross_entropy(logits[0, start - 1 : -1], whole["input_ids"][0, start:], reduction="mean")
        example = row["id"].rpartition("/")[0]
        by_example[example] = by_example.get(example, 0.0) + float(loss)
    assert len(by_example) < len(rows)
    assert float(found) == pytest.approx(sum(by_example.values()) / len(by_example), rel=1e-4)


def test_losses_are_told_by_target(checkpoint: Make, tmp_path: Path):
    rows = [row for example in make_examples()[:3] for row in rows_of(example)]
    rows[0]["target"] = "instruction"
    write(tmp_path / "data", rows)
    trainer = trainer_of(tmp_path / "data", checkpoint("llava"), tmp_path / "out")
    samples = trainer.train_dataset
    batch = trainer.data_collator([samples[place] for place in range(len(samples))])
    with torch.no_grad():
        loss = trainer.compute_loss(trainer.model.eval(), batch)
    told = {name: values for name, values in trainer._metrics["eval"].items() if name.endswith("_loss")}
    said = [row["target"] for row in rows]
    assert {name: len(values) for name, values in told.items()} == {
        f"{target}_loss": said.count(target) for target in TARGETS
    }
    everything = [value for values in told.values() for value in values]
    assert sum(everything) / len(everything) == pytest.approx(float(loss) / trainer.rows_per_example, rel=1e-5)


def test_a_step_is_the_same_however_it_is_cut(checkpoint: Make, dataset_folder: Path, tmp_path: Path):
    base = checkpoint("llava")
    ends = []
    for name, batch, accumulate in (("whole", 6, 1), ("halves", 3, 2), ("uneven", 4, 2)):
        trainer = trainer_of(dataset_folder, base, tmp_path / name, batch=batch, accumulate=accumulate)
        trainer.train_dataset = trainer.train_dataset.select(range(6))
        trainer.train()
        ends.append({key: value.clone() for key, value in trainer.model.state_dict().items()})
    for other in ends[1:]:
        for key, value in ends[0].items():
            assert torch.allclose(value, other[key], atol=2e-4), key


# ---------------------------------------------------------------------- training


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_an_adapter_is_trained_and_reloads(
    name: str, checkpoint: Make, dataset_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    base = checkpoint(name)
    model, processor = load_base(base)
    batch = batch_of(dataset_folder, processor, model)
    seen: list[torch.Tensor] = []
    end = training._end

    def watched(trainer: Any, *args: Any) -> Trained:
        seen.append(logits_of(trainer.model, batch))
        return end(trainer, *args)

    monkeypatch.setattr(training, "_end", watched)
    told: list[int] = []
    found = train(dataset_folder, tmp_path, quick(base), on_log=lambda stage, step, steps, losses: told.append(step))
    assert found.steps == 5
    assert max(told) == 5
    assert {"answer_loss", "rationale_loss", "eval_answer_loss", "eval_rationale_loss"} <= set(found.losses)
    assert found.adapter is not None
    assert found.model is not None

    untrained = logits_of(model, batch)
    assert not torch.allclose(untrained, seen[0], atol=1e-3)
    assert torch.allclose(logits_of(load_trained(found.adapter)[0], batch), seen[0], atol=1e-4)
    reloaded, own = load_trained(tmp_path)
    assert torch.allclose(logits_of(reloaded, batch), seen[0], atol=1e-4)
    assert own.chat_template

    config = json.loads((found.adapter / "adapter_config.json").read_text())
    assert config["r"] == 8
    trained = weights_of(found.adapter)
    assert not any("vision" in key or "visual" in key or "lm_head" in key for key in trained)
    assert all(any(layer in key for key in trained) for layer in ("q_proj", "v_proj", "gate_proj", "down_proj"))
    assert Image.open(tmp_path / "loss.png").size[0] > 500
    card = (tmp_path / "README.md").read_text()
    assert f'base_model: "{base}"' in card
    assert "| train | " in card
    assert not list(tmp_path.rglob("*.part"))


def test_the_model_of_a_training_is_an_ordinary_checkpoint(checkpoint: Make, dataset_folder: Path, tmp_path: Path):
    from models.requests import Ask
    from models.vlm import Vlm

    found = train(dataset_folder, tmp_path, quick(checkpoint("paligemma"), steps=1))
    assert found.model is not None
    vlm = Vlm.load(found.model, torch.device("cpu"), torch.float32, max_new_tokens=3)
    (answer,) = vlm.run([Ask(tiny.picture().whole, "How many?")])
    assert isinstance(answer, str)


def test_weights_are_trained_but_for_what_is_frozen(checkpoint: Make, dataset_folder: Path, tmp_path: Path):
    base = checkpoint("llava")
    found = train(dataset_folder, tmp_path, quick(base, lora=0, frozen=("vision_tower", "embed_tokens")))
    assert found.adapter is None
    assert found.model is not None
    before, after = weights_of(base), weights_of(found.model)
    changed = {name for name in after if not torch.equal(after[name], before[name])}
    assert not any("vision_tower" in name or "embed_tokens" in name for name in changed)
    assert all(
        any(part in name for name in changed) for part in ("projector", "q_proj", "down_proj", "norm", "lm_head")
    )


def test_the_projector_is_aligned_first(checkpoint: Make, dataset_folder: Path, tmp_path: Path):
    base = checkpoint("llava")
    stages: list[str] = []
    found = train(
        dataset_folder, tmp_path, quick(base, align_epochs=0.5), on_log=lambda stage, *rest: stages.append(stage)
    )
    assert list(dict.fromkeys(stages)) == ["align", "main"]
    before, aligned = weights_of(base), weights_of(tmp_path / "aligned")
    changed = {name for name in before if not torch.equal(before[name], aligned[name])}
    assert changed
    assert all("multi_modal_projector" in name for name in changed)
    assert found.adapter is not None
    model, processor = load_base(base)
    batch = batch_of(dataset_folder, processor, model)
    adapted, _ = load_trained(found.adapter)
    assert torch.allclose(logits_of(adapted, batch), logits_of(load_trained(tmp_path)[0], batch), atol=1e-4)
    (saved,) = (value for name, value in aligned.items() if name.endswith("multi_modal_projector.linear_1.weight"))
    assert torch.equal(adapted.model.multi_modal_projector.linear_1.weight, saved)


def test_a_twin_learns_from_labels_alone(checkpoint: Make, dataset_folder: Path, tmp_path: Path):
    found = train(dataset_folder, tmp_path, quick(checkpoint("llava"), targets=("answer",)))
    assert "answer_loss" in found.losses
    assert "rationale_loss" not in found.losses
    assert "| train | 12 |" in (tmp_path / "README.md").read_text()


def test_the_whole_model_can_be_had_later(checkpoint: Make, dataset_folder: Path, tmp_path: Path):
    settings = quick(checkpoint("llava"), steps=1)
    apart = train(dataset_folder, tmp_path, settings, merge=False)
    assert apart.model is None
    assert train(dataset_folder, tmp_path, settings, merge=False) == apart
    merged = train(dataset_folder, tmp_path, settings, on_log=lambda *told: pytest.fail("it had ended"))
    assert merged == replace(apart, model=tmp_path / "model")
    assert load_trained(tmp_path)[0].config.model_type == "llava"


# ---------------------------------------------------------------------- killed


@pytest.mark.parametrize(("name", "lora"), [("smolvlm", 4), ("smolvlm", 0), ("llava", 0)])
def test_a_killed_training_ends_as_if_it_had_not_been(
    name: str, lora: int, checkpoint: Make, dataset_folder: Path, tmp_path: Path
):
    settings = quick(checkpoint(name), lora=lora, steps=7, save_every=3)

    class Killed(BaseException):
        pass

    def kill(stage: str, step: int, steps: int, losses: dict[str, float]) -> None:
        if step == 6:
            raise Killed

    whole, cut = tmp_path / "whole", tmp_path / "cut"
    kind = "adapter" if lora else "model"
    losses: list[dict[str, float]] = []
    train(dataset_folder, whole, settings, on_log=lambda stage, step, steps, told: losses.append(told))
    with pytest.raises(Killed):
        train(dataset_folder, cut, settings, on_log=kill)
    assert not (cut / kind).exists()
    half_written = cut / "checkpoints" / "main" / "checkpoint-6"
    half_written.mkdir(exist_ok=True)
    (half_written / "trainer_state.json").unlink(missing_ok=True)
    with pytest.raises(TrainError, match="not ended"):
        load_trained(cut)
    steps: list[int] = []
    found = train(dataset_folder, cut, settings, on_log=lambda stage, step, steps_, told: steps.append(step))
    assert min(steps) > 3
    assert found.steps == 7
    expected, weights = weights_of(whole / kind), weights_of(cut / kind)
    assert expected.keys() == weights.keys()
    assert all(torch.equal(expected[name], weights[name]) for name in expected)
    again = train(dataset_folder, cut, settings, on_log=lambda *told: pytest.fail("it had ended"))
    assert again == found


def test_a_training_ends_when_its_time_is_spent(checkpoint: Make, dataset_folder: Path, tmp_path: Path):
    settings = quick(checkpoint("llava"), lora=0, steps=10_000, save_every=1_000, minutes=0.002)
    found = train(dataset_folder, tmp_path, settings)
    assert 0 < found.steps < 10_000
    assert json.loads((tmp_path / "training.json").read_text())["ended"]["steps"] == found.steps


def test_the_time_of_earlier_calls_counts(checkpoint: Make, dataset_folder: Path, tmp_path: Path):
    settings = quick(checkpoint("llava"), lora=0, steps=9, save_every=3, minutes=10.0)

    class Killed(BaseException):
        pass

    def kill(stage: str, step: int, steps: int, losses: dict[str, float]) -> None:
        if step == 6:
            raise Killed

    with pytest.raises(Killed):
        train(dataset_folder, tmp_path, settings, on_log=kill)
    file = tmp_path / "checkpoints" / "main" / "checkpoint-3" / "trainer_state.json"
    state = json.loads(file.read_text())
    spent = state["stateful_callbacks"]["Clock"]["attributes"]["spent"]
    assert 0 < spent < 600
    state["stateful_callbacks"]["Clock"]["attributes"]["spent"] = 600.0
    file.write_text(json.dumps(state))
    assert train(dataset_folder, tmp_path, settings).steps == 4


def test_another_training_is_not_gone_on_with(checkpoint: Make, dataset_folder: Path, tmp_path: Path):
    settings = quick(checkpoint("llava"), steps=1)
    train(dataset_folder, tmp_path, settings)
    with pytest.raises(TrainError, match=r"another rate \(0\.02, now 0\.5\)") as error:
        train(dataset_folder, tmp_path, quick(checkpoint("llava"), steps=1, rate=0.5))
    assert "\n" not in str(error.value)
    (tmp_path / "training.json").write_text("{}")
    with pytest.raises(TrainError, match="not the record of a training"):
        train(dataset_folder, tmp_path, settings)


# ---------------------------------------------------------------------- what cannot be


def refused(data: Path, out: Path, settings: TrainSettings, kind: type[Exception] = TrainError) -> str:
    with pytest.raises(kind) as error:
        train(data, out, settings)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_base_without_a_processor_is_refused(checkpoint: Make, dataset_folder: Path, tmp_path: Path):
    base = tmp_path / "base"
    base.mkdir()
    for name in ("config.json", "model.safetensors"):
        (base / name).write_bytes((checkpoint("llava") / name).read_bytes())
    told = refused(dataset_folder, tmp_path / "out", quick(base), CheckpointError)
    assert "processor cannot be read" in told
    told = refused(dataset_folder, tmp_path / "text", quick(checkpoint("llama")))
    assert "no processor for pictures" in told
    told = refused(dataset_folder, tmp_path / "none", quick("./nowhere"), CheckpointError)
    assert "no such file or folder" in told


def test_a_data_set_without_pictures_is_refused(checkpoint: Make, tmp_path: Path):
    write(tmp_path / "data", rows_of(Example("a", "How many?", (), "1", "train")))
    assert "has no picture" in refused(tmp_path / "data", tmp_path / "out", quick(checkpoint("llava")), DatasetError)
    write(tmp_path / "empty", [])
    assert "no row to train on" in refused(tmp_path / "empty", tmp_path / "out2", quick(checkpoint("llava")))
    assert "no data set" in refused(tmp_path / "gone", tmp_path / "out3", quick(checkpoint("llava")), DatasetError)


def test_parts_that_are_not_there_are_refused(checkpoint: Make, dataset_folder: Path, tmp_path: Path):
    told = refused(dataset_folder, tmp_path / "a", quick(checkpoint("llava"), frozen=("eyes",)))
    assert "'eyes'" in told
    assert "vision_tower" in told
    told = refused(dataset_folder, tmp_path / "b", quick(checkpoint("llava"), frozen=("(",)))
    assert "regular expression" in told
    told = refused(dataset_folder, tmp_path / "c", quick(checkpoint("llava"), lora=0, frozen=(".",)))
    assert "frozen" in told


def test_a_full_disk_is_told_in_one_line(
    checkpoint: Make, dataset_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    settings = quick(checkpoint("llava"))
    whole = torch.save

    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "optimizer.pt")

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("[enforce fail at inline_container.cc:672] . unexpected pos 42368 vs 42260")

    for fails in (full, broken):
        monkeypatch.setattr(torch, "save", fails)
        assert "disk is full" in refused(dataset_folder, tmp_path, settings)
    monkeypatch.setattr(torch, "save", whole)
    assert train(dataset_folder, tmp_path, settings).steps == 5


# ---------------------------------------------------------------------- several processes


@pytest.mark.parametrize("name", ["fsdp", "deepspeed", "several_gpus"])
def test_the_configs_of_accelerate_are_read(name: str):
    from accelerate.commands.config.config_args import load_config_from_file

    config = load_config_from_file(str(ACCELERATE / f"{name}.yaml"))
    assert str(config.distributed_type).rpartition(".")[2] == {
        "fsdp": "FSDP", "deepspeed": "DEEPSPEED", "several_gpus": "MULTI_GPU",
    }[name]  # fmt: skip
    assert config.mixed_precision == "bf16"


@pytest.mark.slow
def test_two_processes_make_the_steps_of_one(checkpoint: Make, tmp_path: Path):
    rows = [row for example in make_examples() if example.split == "train" for row in rows_of(example)][:8]
    write(tmp_path / "data", rows)
    command = ["-m", "sight", "distill", "train", str(tmp_path / "data"), "--base", str(checkpoint("llava"))]
    command += ["--lora", "0", "--freeze-nothing", "--rate", "0.001", "--steps", "3", "-q"]
    alone = [sys.executable, *command, "--batch", "8", "--out", str(tmp_path / "alone")]
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", "2"]
    together = [*torchrun, *command, "--batch", "4", "--out", str(tmp_path / "together")]
    for one in (alone, together):
        environment = os.environ | {"ACCELERATE_USE_CPU": "true", "OMP_NUM_THREADS": "1"}
        subprocess.run(one, check=True, cwd=ROOT, env=environment, timeout=600)
    expected, found = weights_of(tmp_path / "alone" / "model"), weights_of(tmp_path / "together" / "model")
    for name, value in expected.items():
        assert torch.allclose(value, found[name], atol=2e-4), name
