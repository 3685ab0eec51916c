"""Which wordings the planner still gets wrong: the ones asked, and what counts as wrong, on a tiny random Llama."""

from array import array
from pathlib import Path

import pytest
import torch
from torch import nn

from distill import hard_wordings
from distill.hard_wordings import each_wording, would_write
from distill.planner_training import Row, read_hard
from distill.questions import boxes
from distill.questions.grammar import BY_NAME, training_samples

from transformers import LlamaConfig, LlamaForCausalLM  # isort: skip


def test_each_wording_that_came_last_is_asked_once() -> None:
    samples = each_wording()
    templates = [sample.template.rsplit("/", 1) for sample in samples]
    assert len({sample.template for sample in samples}) == len(samples) > 5_000
    for name, index in templates:
        form = BY_NAME[name]
        assert int(index) in form.templates("train")
        assert int(index) >= max(form.trained_from, form.newest)
        assert form.family not in boxes.FAMILIES
    assert [sample.text for sample in each_wording()] == [sample.text for sample in samples]


@pytest.mark.parametrize("lengths", [[9], [5, 12, 7], list(range(4, 44))])
def test_a_program_is_right_if_every_next_token_is_the_most_likely(lengths: list[int]) -> None:
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=64, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4
    )
    model = LlamaForCausalLM(config).eval()
    rows: list[Row] = []
    for number, length in enumerate(lengths):
        prompt = torch.randint(1, 64, (1, 3))
        ids = model.generate(
            prompt, max_length=length, min_length=length, do_sample=False, eos_token_id=None, pad_token_id=0
        )[0].tolist()
        if number % 2:
            ids[-1] = (ids[-1] + 1) % 64
        rows.append({"input_ids": array("i", ids), "prompt": 3, "length": length})
    assert would_write(rows, model) == [number % 2 == 0 for number in range(len(lengths))]


def test_every_second_question_is_of_the_hard_ones() -> None:
    hard = [sample.template for sample in each_wording()[::500]]
    drawn = [sample.template in hard for sample in training_samples(400, seed=2, hard=hard)]
    assert 0.4 < sum(drawn) / len(drawn) < 0.6


def test_what_it_writes_can_be_trained_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = each_wording()[::1000]
    rows = [{"input_ids": array("i", (1, 2, 3)), "prompt": 1, "length": 3} for _ in samples]
    wrong = [number % 3 == 0 for number in range(len(samples))]
    monkeypatch.setattr(hard_wordings, "load_base", lambda: (None, None))
    monkeypatch.setattr(hard_wordings, "load_adapter", lambda base, folder: nn.Module())
    monkeypatch.setattr(nn.Module, "merge_and_unload", lambda self: self, raising=False)
    monkeypatch.setattr(hard_wordings, "each_wording", lambda seed: samples)
    monkeypatch.setattr(hard_wordings, "encode", lambda samples, tokenizer: rows[: len(samples)])
    monkeypatch.setattr(hard_wordings, "would_write", lambda rows, model: [not one for one in wrong[::2]])
    monkeypatch.setattr(
        "sys.argv", ["hard_wordings", "--adapter", "a", "--out", str(tmp_path / "new" / "hard.txt"), "--part", "0/2"]
    )
    hard_wordings.main()
    expected = [sample.template for sample, one in zip(samples[::2], wrong[::2], strict=True) if one]
    assert read_hard(tmp_path / "new" / "hard.txt") == expected
    assert expected


@pytest.mark.parametrize("part", ["2", "2/2", "0/0", "-1/2"])
def test_a_part_that_is_none(part: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["hard_wordings", "--adapter", "a", "--out", "b", f"--part={part}"])
    with pytest.raises(SystemExit):
        hard_wordings.main()
    assert "--part is K/N with K below N" in capsys.readouterr().err
