"""The chat window: drop pictures, ask, and watch a program being written and run.

    python app.py --preset embedded        then open http://127.0.0.1:7860

It listens on this computer alone and asks nothing of the network.
"""

import contextlib
import ipaddress
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

from sight.options import Answerer, Device, Dtype, Engine, Explain, InputError, LimitList, Planner, Preset, parse_limits

if TYPE_CHECKING:
    from chat.window import Window


def parse_auth(text: str) -> tuple[str, str] | None:
    """The name and password of `--auth`. Raises InputError."""
    name, colon, password = text.partition(":")
    if not text:
        return None
    if not colon or not name or not password:
        raise InputError("--auth: write USER:PASSWORD, for example --auth ann:correct-horse")
    return name, password


def is_loopback(host: str) -> bool:
    """Whether only this computer reaches an address."""
    if host == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


def chat(
    preset: Preset = "embedded",
    planner: Planner = None,
    engine: Answerer = Engine.program,
    explain: Explain = False,
    limits: LimitList = "",
    device: Device = None,
    dtype: Dtype = None,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="To listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65535, help="To listen on; 0 for one that is free.")
    ] = 7860,
    auth: Annotated[str, typer.Option("--auth", metavar="USER:PASSWORD", help="Ask people for these.")] = "",
    share: Annotated[bool, typer.Option("--share", help="A public address through Gradio's servers.")] = False,
    open_browser: Annotated[bool, typer.Option("--open", help="Open a browser.")] = False,
    keep_minutes: Annotated[
        float, typer.Option("--keep-minutes", metavar="N", min=0.1, help="Delete people's pictures after so long.")
    ] = 60,
    feedback: Annotated[
        Path | None, typer.Option("--feedback", metavar="RUN", help="Folder of the run that feedback is kept in.")
    ] = None,
) -> None:
    """Open the chat window on this computer."""
    from agent.runs.run_error import RunError
    from chat.conversation import PERSON_ERRORS
    from chat.serving import ServingError

    try:
        trusted = is_loopback(host) and not share
        window = made(preset, planner, limits, device, dtype, keep_minutes, feedback, trusted, engine.value, explain)
        password = parse_auth(auth)
    except (*PERSON_ERRORS, InputError, RunError) as error:
        typer.echo(f"app: {error}", err=True)
        raise typer.Exit(2) from None
    if password is None and (share or not is_loopback(host)):
        where = "everybody who has the address" if share else f"everybody who reaches {host}"
        typer.echo(f"app: warning: {where} can use this window; --auth USER:PASSWORD asks for a password", err=True)
    window.preload()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that people's pictures are deleted at that end too
    try:
        launched(window, host, port or None, password, share, open_browser).block_thread()
    except ServingError as error:
        typer.echo(f"app: {error}", err=True)
        raise typer.Exit(2) from None
    finally:
        window.close()


def made(
    preset: str,
    planner: str | None,
    limits: str,
    device: str | None,
    dtype: str | None,
    keep_minutes: float,
    feedback: Path | None,
    trusted: bool,
    by: Any = "program",
    explain: bool = False,
) -> "Window":
    """The window that the options describe. Raises PresetError, PlannerError, DeviceError, InputError and RunError."""
    from agent.running.sandbox import Limits
    from chat.agents import Agents, Choice
    from chat.feedback import Feedback
    from chat.window import Window, WindowOptions
    from models.device import choose_device, choose_dtype

    choose_dtype(choose_device(device), dtype)
    choice = Choice(preset, planner, parse_limits(limits) or Limits(), by, explain)
    agents, kept = Agents(device, dtype), Feedback(feedback)
    with agents.using(choice):
        kept.check()
    return Window(agents, kept, WindowOptions(choice, keep_minutes, trusted=trusted))


def launched(
    window: "Window",
    host: str = "127.0.0.1",
    port: int | None = None,
    auth: tuple[str, str] | None = None,
    share: bool = False,
    open_browser: bool = False,
) -> Any:
    """The window as `gradio.Blocks`, served from threads of its own until it is closed. Raises ServingError.

    Args:
        port: None for one that is free; `local_url` of what is returned tells which.
    """
    from chat.doors import doors
    from chat.serving import serve
    from chat.window import launch_options
    from models.embedded import gallery

    choice, login = window.options.choice, ":".join(auth) if auth else None
    blocks = window.blocks().queue(default_concurrency_limit=16)
    serve(
        blocks,
        host,
        port,
        auth=auth,
        share=share,
        inbrowser=open_browser,
        allowed_paths=[str(gallery.FOLDER), str(window.shelf.folder)],
        max_file_size=f"{window.options.uploads.megabytes}mb",
        max_threads=100,
        **launch_options(),
        **doors(window.agents, choice, window.options.uploads, login, is_loopback(host) and not share),
    )
    return blocks


if __name__ == "__main__":
    typer.run(chat)
