import pytest
import torch

from models.device import DeviceError, bfloat16_is_fast, choose_device, choose_dtype

CPU = torch.device("cpu")


def test_the_best_device_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert choose_device() == choose_device("auto") == CPU
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_device() == torch.device("mps")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert choose_device() == torch.device("cuda")
    assert choose_device("cuda:1") == torch.device("cuda:1")
    assert choose_device("cpu") == CPU
    with pytest.raises(DeviceError, match="there are 2 CUDA devices"):
        choose_device("cuda:2")


def test_devices_that_cannot_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    for name, says in (
        ("cuda", "there is no CUDA device"),
        ("mps", "no Apple GPU"),
        ("gpu", "unknown device 'gpu'"),
        ("meta", "do not run on 'meta'"),
    ):
        with pytest.raises(DeviceError, match=says):
            choose_device(name)


def test_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose_dtype(CPU) == choose_dtype(CPU, "auto") == torch.float32
    assert choose_dtype(CPU, "bfloat16") == torch.bfloat16
    assert choose_dtype(torch.device("mps")) == torch.float16
    for has, expected in ((True, torch.bfloat16), (False, torch.float16)):
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda has=has: has)
        assert choose_dtype(torch.device("cuda")) == expected
    with pytest.raises(DeviceError, match="unknown dtype 'int3'"):
        choose_dtype(CPU, "int3")


@pytest.mark.parametrize(("name", "fast"), [("avx2", False), ("avx512_bf16", True), ("amx_bf16", True), ("bf16", True)])
def test_bfloat16_where_the_processor_has_it(monkeypatch: pytest.MonkeyPatch, name: str, fast: bool) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"architecture": "x86_64", name: True})
    assert bfloat16_is_fast(torch.device("cpu")) is fast
    assert bfloat16_is_fast(torch.device("cuda"))
