"""Windows put on a port: a free one, a taken one, and one that is taken between choosing it and listening."""

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

import app
from chat.serving import ATTEMPTS, ServingError, free_port, serve
from chat.window import Window
from tests.chat.server import oracle_agent, serving

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # uvicorn's own ends


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield int(other.getsockname()[1])


def test_a_free_port_can_be_listened_on() -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", free_port("127.0.0.1")))


def test_a_port_that_is_taken_meanwhile_is_given_up_for_another(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ports = [taken, free_port("127.0.0.1")]
    monkeypatch.setattr("chat.serving.free_port", lambda host: ports.pop(0))
    with serving(oracle_agent()) as address:
        assert httpx.get(f"{address}/v1/models").status_code == 200
    assert ports == []


def test_a_start_that_takes_too_long_is_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gradio gives up after five seconds, when the MCP server inside has begun already."""
    from gradio import http_server

    begin, begun = http_server.Server.run_in_thread, []

    def run_in_thread(self: http_server.Server) -> None:
        begin(self)
        begun.append(self)
        if len(begun) == 1:
            raise http_server.ServerFailedToStartError

    monkeypatch.setattr(http_server.Server, "run_in_thread", run_in_thread)
    with serving(oracle_agent()) as address:
        assert httpx.get(f"{address}/v1/models").status_code == 200
        assert httpx.get(f"{address}/gradio_api/mcp/schema").status_code == 200
    begun[0].close()
    assert len(begun) == 2


def test_attempts_end(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    import gradio as gr

    asked = []
    monkeypatch.setattr("chat.serving.free_port", lambda host: asked.append(host) or taken)
    with gr.Blocks(analytics_enabled=False) as window:
        gr.Textbox()
    with pytest.raises(ServingError, match=r"cannot listen on 127\.0\.0\.1: give an address of this machine"):
        serve(window, quiet=True)
    assert len(asked) == ATTEMPTS


def test_a_taken_port_is_told_in_a_line(taken: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import typer

    monkeypatch.setattr(Window, "preload", lambda self: None)
    program = typer.Typer()
    program.command()(app.chat)
    result = CliRunner().invoke(program, ["--port", str(taken), "--feedback", str(tmp_path / "run")])
    assert result.exit_code == 2
    assert result.stderr == (
        f"app: cannot listen on port {taken} of 127.0.0.1: another program may use it (try {taken + 1}), "
        "or the address is not of this machine\n"
    )


@pytest.mark.parametrize("port", ["-1", "65536", "many"])
def test_no_port_at_all(port: str) -> None:
    import typer

    program = typer.Typer()
    program.command()(app.chat)
    result = CliRunner().invoke(program, ["--port", port])
    assert result.exit_code == 2
    assert "Invalid value for '--port'" in result.stderr
