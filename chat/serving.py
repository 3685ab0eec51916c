"""A window put on a port of this machine."""

import socket
from typing import Any

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

ATTEMPTS = 3
"""At a port of our own choice: between choosing it and listening, another program may take it."""


class ServingError(RuntimeError):
    """Nothing can listen where it was asked to; the message is one line that says what to do."""


def free_port(host: str) -> int:
    """A port that nobody listens on."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def serve(blocks: Any, host: str = "127.0.0.1", port: int | None = None, **options: Any) -> str:
    """Serves a `gradio.Blocks` from threads of its own until it is closed.

    Gradio's own search for a port is not used: it starts the same app again at the next port, but the MCP server inside
    starts only once, so that a lost race for the first port, or five seconds of a busy machine, would fail at all of
    the hundred others.

    Args:
        port: None for one that is free.
        options: of `gradio.Blocks.launch`.

    Returns:
        The address.

    Raises:
        ServingError: the port is taken, or the host is not of this machine.
    """

    def launched() -> str:
        fresh = options | {"app_kwargs": dict(options.get("app_kwargs", {}))}  # Gradio writes into them
        _, address, _ = blocks.launch(
            server_name=host, server_port=port or free_port(host), prevent_thread_lock=True, **fresh
        )
        return str(address).rstrip("/")

    attempts = stop_after_attempt(1 if port else ATTEMPTS)
    try:
        return Retrying(retry=retry_if_exception_type(OSError), stop=attempts, reraise=True)(launched)
    except OSError:
        if port is None:
            raise ServingError(f"cannot listen on {host}: give an address of this machine, such as 127.0.0.1") from None
        raise ServingError(
            f"cannot listen on port {port} of {host}: another program may use it (try {port + 1}), "
            "or the address is not of this machine"
        ) from None
