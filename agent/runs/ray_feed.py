"""The rows of a batch on Ray: read by Ray Data in a process of its own, ahead of those who answer them."""

import contextlib
import logging
import pickle
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import TypeAlias

import pyarrow as pa
import ray.data
from ray.data.block import BlockMetadata

from agent.runs.row import BadRow, Row

Read: TypeAlias = Callable[[], Iterable[Row | BadRow]]
"""Gives the rows in the order of their file; it is called in another process, so it must be picklable."""

ROWS = 64
"""Of a block at most."""

BYTES = 8 << 20
"""Of a block, about: rows may bring their pictures with them."""

_SCHEMA = pa.schema([("position", pa.int64()), ("row", pa.large_binary())])


def feed(read: Read, limit: int | None = None, folder: str | None = None) -> Iterator[tuple[int, Row | BadRow]]:
    """Rows with their positions, in order.

    They are read on this machine, a few blocks ahead. Ray must be connected.

    Args:
        read: how.
        limit: take so many at most.
        folder: working folder for `read`, for relative paths.

    Raises:
        Exception: whatever `read` raised, after the rows that it gave.
    """
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # it tells what is raised anyway, and how it goes
    here = ray.get_runtime_context().get_node_id()
    dataset = ray.data.read_datasource(
        _Rows(partial(_blocks, read, limit, folder)),
        num_cpus=0,  # the workers have them all
        override_num_blocks=1,
        label_selector={"ray.io/node-id": here},
    )
    context = dataset.context
    context.target_max_block_size = BYTES
    context.enable_progress_bars = context.print_on_execution_start = False
    for table in dataset.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=2):
        for position, packed in zip(table["position"], table["row"], strict=True):
            row = pickle.loads(packed.as_py())
            if isinstance(row, Exception):
                raise row
            yield position.as_py(), row


class _Rows(ray.data.Datasource):
    """One task that gives blocks as it reads."""

    def __init__(self, blocks: Callable[[], Iterator[pa.Table]]) -> None:
        self._blocks = blocks

    def get_name(self) -> str:
        return "Questions"

    def estimate_inmemory_data_size(self) -> None:
        return None

    def get_read_tasks(self, parallelism: int, *args: object, **more: object) -> list[ray.data.ReadTask]:
        unknown = BlockMetadata(num_rows=None, size_bytes=None, input_files=None, exec_stats=None)
        return [ray.data.ReadTask(self._blocks, unknown)]


def _blocks(read: Read, limit: int | None, folder: str | None) -> Iterator[pa.Table]:
    positions: list[int] = []
    packed: list[bytes] = []
    for position, row in enumerate(_told(read, limit, folder)):
        positions.append(position)
        packed.append(pickle.dumps(row))
        if len(packed) == ROWS or sum(map(len, packed)) >= BYTES:
            yield pa.table([positions, packed], schema=_SCHEMA)
            positions, packed = [], []
    yield pa.table([positions, packed], schema=_SCHEMA)


def _told(read: Read, limit: int | None, folder: str | None) -> Iterator[Row | BadRow | Exception]:
    """The rows, and last what was raised: Ray would tell it with the story of all its own processes."""
    try:
        with contextlib.chdir(folder or "."):
            yield from islice(read(), limit)
    except Exception as error:
        yield error
