"""A worker of a batch on Ray: an agent in a process of its own, which is handed rows and gives back answers."""

import os
import platform
import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from agent.runs.row import Row

if TYPE_CHECKING:
    from agent.agent import VisualAgent
    from agent.running.sandbox import Limits
    from agent.student import By
    from agent.trace import Answer, Trace

PATIENCE = 0.5
"""Seconds that a worker waits for an answer before it says that it has none, and can be handed more rows."""

MANY = 64
"""Answers that are given back at once at most."""


@dataclass(frozen=True)
class AgentSettings:
    """An agent as plain data, to be made where it is to work. The fields are those of `VisualAgent.from_preset`."""

    preset: str = "embedded"
    planner: str | None = None
    limits: "Limits | None" = None
    device: str | None = None
    dtype: str | None = None
    repairs: int = 2
    tools: tuple[str, ...] = ()
    live: int | None = None
    """Programs that an agent keeps alive at once; `agent.running.engine.LIVE` if None."""
    folder: str | None = None
    """Working folder, where relative paths of pictures, presets and tools begin."""
    mode: str | None = None
    """A task set of VisProg whose programs the planner writes."""
    by: "By" = "program"

    def agent(self, threads: int) -> "VisualAgent":
        """The agent, with models that use so many threads of the CPU.

        Raises:
            DeclarationError, PresetError, PlannerError: as `VisualAgent.from_preset`.
            DeviceError: the device or dtype cannot be had.
        """
        from agent.agent import VisualAgent
        from models.device import choose_device, choose_dtype

        choose_dtype(choose_device(self.device), self.dtype)
        agent = VisualAgent.from_preset(
            self.preset,
            self.planner,
            self.limits,
            self.device,
            self.dtype,
            self.repairs,
            self.tools,
            mode=self.mode,
            by=self.by,
        )
        if self.live is not None:
            agent.engine.live = self.live
        _limit_planner(agent, threads)
        return agent


@dataclass(frozen=True)
class Reply:
    """An answer on its way from a worker."""

    position: int
    """Of the row in its file."""
    trace: "Trace"
    made: dict[str, tuple[str, bytes]]
    """The pictures that programs made, by key: name, and a file that holds it without loss. Those of the question are
    where they were."""


class Worker:
    """To be made a Ray actor. Whatever a method raises for a person is raised where its result is fetched."""

    def __init__(self, settings: AgentSettings, threads: int) -> None:
        # Read by libraries when they are loaded, and by what they start: an environment of the whole machine does not
        # know how many workers share it.
        os.environ["OMP_NUM_THREADS"] = str(threads)
        self._settings, self._threads = settings, threads
        self._news: SimpleQueue[Reply | BaseException] = SimpleQueue()
        self._broken: BaseException | None = None

    def load(self) -> None:
        """Make the agent. Its models are loaded when programs ask for them.

        Raises:
            RunError: the working folder is not on this machine.
            DeclarationError, DeviceError, PresetError, PlannerError: see `AgentSettings.agent`.
        """
        import torch

        from agent.runs.run_error import RunError

        if self._settings.folder is not None:
            try:
                os.chdir(self._settings.folder)
            except OSError as error:
                raise RunError(
                    f"a worker on {platform.node()} cannot use {self._settings.folder} ({error.strerror}); all "
                    "machines must see the folder in which the batch is started"
                ) from None
        torch.set_num_threads(self._threads)
        self._agent = self._settings.agent(self._threads)

    def exchange(self, rows: Sequence[tuple[int, Row]]) -> list[Reply]:
        """Take in rows, each with its position, to be answered beside those that are here already; and give back the
        answers that are ready, or none if there are none for a while.

        Raises:
            PresetError, CheckpointError: the planner cannot be loaded.
        """
        if self._broken is not None:
            raise self._broken
        if rows:
            threading.Thread(target=self._ask, args=(rows,), name="sightscript-ask", daemon=True).start()
        replies: list[Reply] = []
        try:
            news = self._news.get(timeout=PATIENCE)
            while isinstance(news, Reply):
                replies.append(news)
                if len(replies) == MANY:
                    return replies
                news = self._news.get_nowait()
            self._broken = news
        except Empty:
            pass
        return replies

    def _ask(self, rows: Sequence[tuple[int, Row]]) -> None:
        from agent.runs.batch import task_of

        try:
            with closing(self._agent.answers(task_of(row, position) for position, row in rows)) as answers:
                for task, answer in answers:
                    self._news.put(_reply(task.tag, answer))
        except BaseException as error:
            self._news.put(error)


def _reply(position: int, answer: "Answer") -> Reply:
    from agent.runs.picture_folder import encoded

    made = [record.key for record in answer.trace.pictures if record.source == "program" and not record.frame]
    pictures = {key: answer.pictures[key] for key in made if key in answer.pictures}
    return Reply(position, answer.trace, {key: (one.name, encoded(one)[1]) for key, one in pictures.items()})


def _limit_planner(agent: "VisualAgent", threads: int) -> None:
    """A planner that runs in llama.cpp takes all cores of the machine, unless its settings say how many."""
    from models.presets import Kit

    kit = agent.kit
    if isinstance(kit, Kit) and kit.preset.planner is not None and not kit.preset.planner.threads:
        planner = kit.preset.planner.model_copy(update={"threads": threads})
        kit.preset = kit.preset.model_copy(update={"planner": planner})
