"""The planner's training: pairs, loss, schedule, resuming and the adapter that comes out, on a tiny random Llama."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer, models, pre_tokenizers
from torch.nn import functional

from distill import planner_training
from distill.clock import Clock
from distill.planner_training import (
    Mixed,
    Pairs,
    PlannerTrainer,
    TrainingError,
    add_adapter,
    collate,
    draw_pairs,
    encode,
    load_adapter,
    read_hard,
    save_adapter,
    train,
    train_upper,
)
from distill.questions.grammar import BY_NAME, training_samples
from models.planner_format import END, encode_prompt

from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast  # isort: skip


COUNT = BY_NAME["count"].templates("train")
HELD_OUT = BY_NAME["count"].templates("test")[0]


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerFast:
    letters = {chr(code): code - 9 for code in range(9, 127)} | {END: 118, "?": 119}
    core = Tokenizer(models.WordLevel(letters, unk_token="?"))
    core.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    return PreTrainedTokenizerFast(tokenizer_object=core, eos_token=END)


@pytest.fixture
def model():
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=128, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=512, tie_word_embeddings=True,
    )  # fmt: skip
    return add_adapter(LlamaForCausalLM(config), rank=4)


@pytest.fixture(scope="module")
def pairs(tokenizer: PreTrainedTokenizerFast) -> Pairs:
    return Pairs(encode(training_samples(12, seed=1), tokenizer))


def test_pairs_hold_prompt_body_and_end(pairs: Pairs, tokenizer: PreTrainedTokenizerFast) -> None:
    sample, row = training_samples(12, seed=1)[3], pairs[3]
    text = encode_prompt(sample.text, sample.subject)
    assert row["prompt"] == len(text)
    assert row["length"] == len(text) + len(sample.program) + 1
    assert row["input_ids"][-1] == tokenizer.convert_tokens_to_ids(END)


def test_several_processes_draw_as_many_pairs(tokenizer: PreTrainedTokenizerFast) -> None:
    alone, together = draw_pairs(25, tokenizer, seed=3), draw_pairs(25, tokenizer, seed=3, workers=2)
    assert len(alone) == len(together) == 25
    assert alone.rows == encode(training_samples(25, seed=3), tokenizer)
    assert together.rows[:13] == encode(training_samples(13, seed=3000), tokenizer)
    assert together.rows[13:] == encode(training_samples(13, seed=3001), tokenizer)[:12]


def test_hard_wordings_are_read_from_the_first_column(tmp_path: Path) -> None:
    (tmp_path / "hard.txt").write_text(f"count/{COUNT[0]}\thow many?\t'return 1'\ncount/{COUNT[1]}\n")
    assert read_hard(tmp_path / "hard.txt") == [f"count/{COUNT[0]}", f"count/{COUNT[1]}"]


@pytest.mark.parametrize("line", ["", "count", "count/x", "counts/0", "count/9999", f"count/{HELD_OUT}"])
def test_a_line_that_names_no_wording_for_training(line: str, tmp_path: Path) -> None:
    (tmp_path / "hard.txt").write_text(f"count/{COUNT[0]}\n{line}\n")
    with pytest.raises(TrainingError, match=r"hard\.txt, line 2: .* is no template that is trained on"):
        read_hard(tmp_path / "hard.txt")


def test_no_file_of_hard_wordings(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"no such file; `python -m distill\.hard_wordings` writes one"):
        read_hard(tmp_path / "hard.txt")


def test_an_empty_file_of_hard_wordings(tmp_path: Path) -> None:
    (tmp_path / "hard.txt").write_text("")
    with pytest.raises(TrainingError, match=r"no wording is in it; train without --hard"):
        read_hard(tmp_path / "hard.txt")


def test_what_is_no_text_is_no_file_of_hard_wordings(tmp_path: Path) -> None:
    (tmp_path / "hard.txt").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(TrainingError, match=r"line 1: .* is no template"):
        read_hard(tmp_path / "hard.txt")


def test_a_mistake_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distill.planner_training.load_base", lambda: (None, None))
    monkeypatch.setattr("sys.argv", ["planner_training", "--hard", "nowhere.txt", "--work", str(tmp_path)])
    with pytest.raises(SystemExit, match=r"^error: nowhere\.txt: no such file"):
        planner_training.main()


def test_labels_are_bodies_only(pairs: Pairs) -> None:
    batch = collate([pairs[0], pairs[1]])
    for i in range(2):
        row = pairs[i]
        labels = batch["labels"][i]
        assert labels[: row["prompt"]].eq(-100).all()
        assert labels[row["prompt"] : row["length"]].tolist() == row["input_ids"][row["prompt"] :].tolist()
        assert labels[row["length"] :].eq(-100).all()


def test_loss_is_that_of_the_full_model(model, pairs: Pairs) -> None:
    batch = collate([pairs[0], pairs[1], pairs[2]])
    loss = PlannerTrainer.compute_loss(None, model, batch)  # type: ignore[arg-type]
    logits = model(input_ids=batch["input_ids"]).logits[:, :-1]
    whole = functional.cross_entropy(
        logits.reshape(-1, logits.shape[-1]), batch["labels"][:, 1:].reshape(-1), ignore_index=-100
    )
    assert torch.allclose(loss, whole, atol=1e-5)


def test_only_the_adapter_trains(model) -> None:
    names = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
    assert names
    assert all("lora_" in name for name in names)


def test_two_steps_a_checkpoint_and_two_more(model, pairs: Pairs, tmp_path: Path) -> None:
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    trainer = train(model, pairs, tmp_path, minutes=5, batch=6, save_steps=1, bf16=False)
    assert trainer.state.global_step == 2
    moved = [name for name, p in model.named_parameters() if not torch.equal(p, before[name])]
    assert moved
    assert all("lora_" in name for name in moved)
    again = train(model, pairs, tmp_path, minutes=5, batch=3, parts=1, save_steps=2, bf16=False)
    assert again.state.global_step == 4
    save_adapter(tmp_path / "checkpoint-4", tmp_path / "out")
    tensors = load_file(tmp_path / "out" / "adapter_model.safetensors")
    assert all(tensor.dtype == torch.float16 for tensor in tensors.values())
    config = json.loads((tmp_path / "out" / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == "HuggingFaceTB/SmolLM2-135M-Instruct"
    assert config["r"] == 4


def test_an_earlier_adapter_is_trained_further(model, pairs: Pairs, tmp_path: Path) -> None:
    train(model, pairs, tmp_path / "run", minutes=5, batch=6, save_steps=2)
    save_adapter(tmp_path / "run" / "checkpoint-2", tmp_path / "out")
    again = load_adapter(model.unload(), tmp_path / "out")
    trained = {name: p for name, p in again.named_parameters() if p.requires_grad}
    assert trained
    assert all("lora_" in name and p.dtype == torch.float32 for name, p in trained.items())
    saved = load_file(tmp_path / "out" / "adapter_model.safetensors")
    loaded = {name.replace(".default", ""): p for name, p in trained.items()}
    assert all(torch.allclose(loaded[name], tensor.float()) for name, tensor in saved.items())


def test_only_the_upper_blocks_train(model) -> None:
    train_upper(model, 1)
    names = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
    assert names
    assert all(".layers.1." in name for name in names)


def test_no_adapter_to_go_on_from(model, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"holds adapter_config\.json"):
        load_adapter(model.unload(), tmp_path)


def test_the_rate_warms_up_and_ends_low_by_steps_or_by_time(model, pairs: Pairs, tmp_path: Path) -> None:
    trainer = train(model, pairs, tmp_path, minutes=5, batch=6, save_steps=2)
    (rate,) = trainer.lr_scheduler.lr_lambdas
    steps = trainer.state.max_steps
    assert rate(0) < rate(1)
    assert rate(steps + PlannerTrainer.warm_up) == pytest.approx(0.02)
    (clock,) = [one for one in trainer.callback_handler.callbacks if isinstance(one, Clock)]
    clock.spent = 300.0
    assert rate(1) == pytest.approx(0.02 * 2 / PlannerTrainer.warm_up)


def test_the_minutes_of_earlier_calls_count(model, pairs: Pairs, tmp_path: Path) -> None:
    train(model, pairs, tmp_path, minutes=5, batch=6, save_steps=1)
    shutil.rmtree(tmp_path / "checkpoint-2")
    file = tmp_path / "checkpoint-1" / "trainer_state.json"
    state = json.loads(file.read_text())
    kept = state["stateful_callbacks"]["Clock"]["attributes"]
    assert 0 < kept["spent"] < 300
    kept["spent"] = 300.0
    file.write_text(json.dumps(state))
    again = train(model, pairs, tmp_path, minutes=5, batch=3, parts=1)
    assert again.state.global_step == 2


def test_batches_are_random_but_sorted_inside() -> None:
    lengths = [(7 * i) % 23 + 5 for i in range(50)]
    order = list(Mixed(lengths, 8, seed=1))
    assert len(order) == len(set(order)) == 48
    for start in range(0, 48, 8):
        batch = [lengths[i] for i in order[start : start + 8]]
        assert batch == sorted(batch)
    means = [sum(lengths[i] for i in order[start : start + 8]) for start in range(0, 48, 8)]
    assert means != sorted(means)
    assert order != list(Mixed(lengths, 8, seed=2))
