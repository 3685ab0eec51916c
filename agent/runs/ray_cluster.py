"""The Ray cluster that a batch runs on: a local one that lives as long as the batch, or one that is there already.

Importing this raises RunError where Ray is not installed; it is an optional extra.
"""

import logging
import os
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

from agent.runs.run_error import RunError

try:
    import ray
    import ray.data
except ModuleNotFoundError as missing:
    raise RunError(
        f"--ray needs a package that is not installed ({missing.name}): pip install 'sightscript[ray]'"
    ) from None

CPUS = 4
"""Of a worker without a GPU, if nobody says how many workers there are to be: the embedded models gain little from
more."""

KNOCK = 5.0
"""Seconds for a cluster to say that it is there."""

_HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
"""How an HTTP/2 client begins (RFC 9113, 3.4), with empty settings. The server answers with its own: type 4."""


@dataclass(frozen=True)
class Share:
    """How many workers there are, and what each gets."""

    workers: int
    cpus: int
    gpus: int
    """0 or 1."""


@contextmanager
def connected(address: str | None = None, workers: int | None = None) -> Iterator[None]:
    """Be connected to a cluster. Where this process is connected already, that one is used, and kept.

    Args:
        address: `auto` for the one that runs on this machine or that `RAY_ADDRESS` names, or `HOST:PORT` of its head.
            None starts one here, which ends at the end: nobody else can use it, and it opens no dashboard.
        workers: that a local one must have room for, though there are fewer cores.

    Raises:
        RunError: there is no such cluster, or it runs another version of Ray or Python, or Ray cannot be started.
    """
    if ray.is_initialized():
        yield
        return
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    options: dict[str, Any] = {"address": address, "log_to_driver": False, "logging_level": logging.CRITICAL}
    if address is None:
        cores = workers if workers and workers > (os.cpu_count() or 1) else None
        options |= {"address": "local", "include_dashboard": False, "num_cpus": cores}
    else:
        check_address(address)
    try:
        # Ray remembers the streams that it finds for the end of the process, when a progress bar's are gone.
        with redirect_stdout(sys.__stdout__), redirect_stderr(sys.__stderr__):
            ray.init(**options)
    except (ray.exceptions.RayError, OSError, RuntimeError, ValueError) as error:
        told = _told(error)
        if address is None:
            raise RunError(f"Ray cannot be started here ({told})") from error
        if address == "auto" and "any running Ray instance" in told:
            raise RunError(
                "--ray auto: no cluster runs on this machine; start one with `ray start --head`, or leave `auto` out"
            ) from None
        raise RunError(f"--ray {address}: no connection ({told})") from error
    try:
        yield
    finally:
        ray.shutdown()


def _told(error: BaseException) -> str:
    """The first cause, in a line."""
    while error.__cause__ is not None:
        error = error.__cause__
    told = " ".join(str(error).split())
    if "AuthToken" in told or isinstance(error, ray.exceptions.AuthenticationError):
        return "it asks for a token: set RAY_AUTH_MODE=token, and have the token in ~/.ray/auth_token or RAY_AUTH_TOKEN"
    return told[:300]


def check_address(address: str) -> None:
    """Find out whether a cluster can be there, in a few seconds where Ray itself tries for minutes.

    Raises:
        RunError: this is no address that can be used, or nobody answers there, or somebody else.
    """
    if address == "auto":
        address = os.environ.get("RAY_ADDRESS", "auto")
        if address == "auto":
            return  # Ray looks for its processes on this machine, which is quick
    if address.startswith("ray://"):
        raise RunError(
            f"--ray {address}: Ray Data does not run through Ray's client; call this on a machine of the cluster with "
            "--ray auto, or send it there with `ray job submit`"
        )
    host, colon, port = address.rpartition(":")
    if not (colon and host and port.isdigit() and int(port) < 1 << 16):
        raise RunError(f"--ray {address}: this is no address; write auto, or HOST:PORT of the cluster's head")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=KNOCK) as connection:
            connection.settimeout(KNOCK)
            connection.sendall(_HELLO)
            answer = connection.recv(9)
    except OSError as error:
        raise RunError(f"--ray {address}: nobody answers there ({error.strerror or error})") from None
    encrypted = os.environ.get("RAY_USE_TLS", "0").lower() in ("1", "true")
    if answer[3:4] != b"\x04" and not encrypted:
        raise RunError(f"--ray {address}: what answers there is not Ray; the port of a cluster's head is mostly 6379")


def share_of_cluster(workers: int | None, device: str | None) -> Share:
    """How the connected cluster is shared out. Raises as `share_of`."""
    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    return share_of(nodes, workers, device != "cpu" and any(node.get("GPU") for node in nodes))


def share_of(nodes: Sequence[Mapping[str, float]], workers: int | None, on_gpu: bool) -> Share:
    """As many CPUs for each worker as all of them can have, on GPUs one GPU each.

    Args:
        nodes: `CPU` and `GPU` of each machine.
        workers: one a GPU, or one for every four CPUs, if None.
        on_gpu: they run on GPUs.

    Raises:
        RunError: there is no room for so many.
    """
    cpus = [int(node.get("CPU", 0)) for node in nodes]
    gpus = [int(node.get("GPU", 0)) for node in nodes]
    if workers is None:
        workers = sum(gpus) if on_gpu else max(1, sum(one // CPUS for one in cpus))

    def room(each: int) -> int:
        return sum(min(cpu // each, gpu) if on_gpu else cpu // each for cpu, gpu in zip(cpus, gpus, strict=True))

    fits = [each for each in range(1, max(cpus, default=0) + 1) if room(each) >= workers]
    if not fits:
        have = f"{sum(gpus)} GPUs and {sum(cpus)} CPUs" if on_gpu else f"{sum(cpus)} CPUs"
        needs = "a GPU and a CPU" if on_gpu else "a CPU"
        raise RunError(f"--workers {workers}: each needs {needs}, and the cluster has {have}; name fewer")
    return Share(workers, max(fits), int(on_gpu))
