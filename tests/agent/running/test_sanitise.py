"""What the host lets out: no paths, secrets, addresses or names, and only the words of errors made for programs."""

# ruff: noqa: E501

import getpass
import socket

import pytest

from agent.running.sandbox import MAX_ERROR, Limits, Surface, sanitise, sanitise_error
from models.requests import SpecialistError
from tools.declaration import Abstention, ToolError

HIDDEN = [
    "/home/anna/models/weights.bin",
    "/opt",
    "/etc/passwd:3",
    "~/.ssh/id_rsa",
    "../../secrets.txt",
    "./run.sh",
    "C:\\Users\\anna\\token.txt",
    "\\\\server\\share\\file",
    "models/embedded/weights/clip.safetensors",
    "file:///home/anna/x",
    "https://anna:pw@internal.example.com:8080/v1?key=1",
    "s3://bucket/key",
    "anna@example.com",
    "10.0.3.17:8000",
    "192.168.0.1",
    "fe80:0:0:0:1:2:3:4",
    "0x7f3a5c21d0f0",
    "hf_abcdefghijklmnopqrstuvwxyz",
    "sk-proj-abcdefghijklmnop1234",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "AKIAIOSFODNN7EXAMPLE",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
    "5f4dcc3b5aa765d61d8327deb882cf99",
    "dGhpcyBpcyBhIHNlY3JldCBrZXk0NTY3ODk=",
]
KEPT = [
    "there is no dog in the picture",
    "left must be smaller than right: 40 >= 12.5",
    "expected 3 of 10 options, got 1/2",
    "the question has 2,001 characters; at most 2,000 are allowed",
    "find() got an unexpected keyword argument 'colour'",
    "yes/no questions only",
    "the box (0, 0, 10, 20) lies outside the picture (640 x 480)",
    "ratio 16:9, time 12:30",
    "object_name must be a text, not list",
    "bool_to_yesno(True) gives 'yes'",
]


@pytest.mark.parametrize("secret", HIDDEN)
@pytest.mark.parametrize("text", ["{}", "cannot open {}", "open('{}') failed", "bad value: {}, try again", 'x="{}"'])
def test_hidden(secret: str, text: str) -> None:
    clean = sanitise(text.format(secret))
    assert secret not in clean
    for word in ("anna", "passwd", "id_rsa", "secrets", "token.txt", "clip.safetensors", "internal", "share", "bucket"):
        assert word not in clean
    assert "[" in clean
    if text.startswith("cannot open"):
        assert clean.startswith("cannot open [")


@pytest.mark.parametrize("text", KEPT)
def test_kept(text: str) -> None:
    assert sanitise(text) == text


def test_values_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGHT_KEY", "open sesame")
    monkeypatch.setenv("SIGHT_SHORT", "the")
    assert sanitise("the key is open sesame, again: open sesame") == "the key is [hidden], again: [hidden]"


def test_named_secrets() -> None:
    assert sanitise("password=hunter2 and api_key: 'abc'") == "password=[hidden] and api_key: [hidden]"
    assert "abcdefgh" not in sanitise("Authorization: Bearer abcdefgh.ijkl")


def test_names_of_host_and_user(monkeypatch: pytest.MonkeyPatch) -> None:
    from agent.running import sandbox

    monkeypatch.setattr(socket, "gethostname", lambda: "workhorse.lab")
    monkeypatch.setattr(getpass, "getuser", lambda: "annabel")
    sandbox._identity.cache_clear()
    try:
        assert sanitise("annabel on workhorse.lab and workhorse, not annabella") == (
            "[user] on [host] and [host], not annabella"
        )
    finally:
        sandbox._identity.cache_clear()


def test_one_line_that_ends() -> None:
    assert sanitise("a\n\tb   c\r\n") == "a b c"
    assert len(sanitise("word " * 1000)) == MAX_ERROR
    assert sanitise("word " * 1000).endswith("...")
    assert sanitise("") == ""


class OwnToolError(ToolError):
    pass


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ToolError("ask about one object"), "ask about one object"),
        (OwnToolError("ask in /tmp/x.txt"), "ask in [path]"),
        (SpecialistError("the detector is not there"), "the detector is not there"),
        (Abstention("no dog"), "no dog"),
        (ToolError(""), "the tool failed"),
        (ValueError("/home/anna"), "the tool failed (ValueError)"),
        (KeyError("secret"), "the tool failed (KeyError)"),
        (type("P/etc/passwd", (Exception,), {})("x"), "the tool failed ([path])"),
    ],
)
def test_errors(error: Exception, text: str) -> None:
    assert sanitise_error(error) == text


@pytest.mark.parametrize("limits", [{"seconds": 0}, {"calls": -1}, {"memory_mb": 1.5}, {"recursion": True}, {"seconds": "2"},
                                    {"seconds": float("nan")}, {"output_kb": None}, {"seconds": float("inf")}])  # fmt: skip
def test_limits_are_positive_numbers(limits: dict[str, object]) -> None:
    (name,) = limits
    with pytest.raises(ValueError, match=f"the limit {name} must be a positive number"):
        Limits(**limits)  # type: ignore[arg-type]


def test_surface_of_a_vocabulary() -> None:
    from tools import default_vocabulary

    vocabulary = default_vocabulary()
    surface = Surface.of(vocabulary)
    assert "llm_query" in surface.functions
    assert "distance" not in surface.functions
    assert "def distance(" in surface.prelude
    assert surface.classes["ImagePatch"].constructible
    assert {"find", "exists", "llm_query", "segment"} <= surface.tools
