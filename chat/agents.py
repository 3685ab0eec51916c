"""The agents that answer: one for each choice of preset, planner and limits, shared by all people."""

import contextlib
import gc
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from agent.agent import VisualAgent
from agent.planning.chat_models import planner_model
from agent.planning.planner import Planner
from agent.running.sandbox import Limits
from agent.student import By, check_student
from models.device import choose_device
from models.picture import Picture
from models.presets import Kit, load_preset
from tools import default_vocabulary

MAX_AGENTS = 6
"""Agents kept. They share models, and one that is at rest takes little memory."""

MAX_PRESETS = 2
"""Presets whose models are kept."""

SPECIALISTS = ("detector", "clip", "vlm")
"""Loaded ahead; the others are seldom asked."""


class BusyError(RuntimeError):
    """No agent can be made for a choice at the moment. The message is one line."""


@dataclass(frozen=True)
class Choice:
    """Who answers a person's questions."""

    preset: str = "embedded"
    planner: str | None = None
    """None for the preset's own."""
    limits: Limits = field(default_factory=Limits)
    by: By = "program"
    explain: bool = False
    """The student says why, too."""


@dataclass
class _Kept:
    agent: Any
    users: int = 0


class Agents:
    """A bounded pool. Models of a preset are loaded once, whatever the planner and the limits.

    Args:
        device, dtype: for all models; as `VisualAgent.from_preset` takes them.
    """

    def __init__(self, device: str | None = None, dtype: str | None = None) -> None:
        self._device, self._dtype = device, dtype
        self._kept: OrderedDict[Choice, _Kept] = OrderedDict()
        self._kits: OrderedDict[str, Kit] = OrderedDict()
        self._planners: dict[tuple[str, str | None], Planner] = {}
        self._lock = threading.RLock()
        self._planning = threading.Lock()

    @classmethod
    def of(cls, agent: VisualAgent, choice: Choice | None = None) -> "Agents":
        """A pool that has one agent already, whatever it was made of."""
        agents = cls()
        agents._kept[choice or Choice()] = _Kept(agent)
        return agents

    @contextlib.contextmanager
    def using(self, choice: Choice) -> "Iterator[VisualAgent]":
        """The agent for a choice, kept at least as long as it is in use.

        Raises:
            PresetError, PlannerError, DeviceError: it cannot be made.
            BusyError: as many as there may be are in use for other choices.
        """
        with self._lock:
            if choice not in self._kept:
                self._make_room(choice)
                self._kept[choice] = _Kept(self._make(choice))
            self._kept.move_to_end(choice)
            kept = self._kept[choice]
            kept.users += 1
        try:
            yield kept.agent
        finally:
            with self._lock:
                kept.users -= 1

    def _make(self, choice: Choice) -> VisualAgent:
        check_student(load_preset(choice.preset), choice.by)
        if choice.preset not in self._kits:
            self._kits[choice.preset] = Kit(load_preset(choice.preset), self._device, self._dtype)
        self._kits.move_to_end(choice.preset)
        kit, vocabulary = self._kits[choice.preset], default_vocabulary()

        def planner() -> Planner:
            with self._planning:
                key = (choice.preset, choice.planner)
                if key not in self._planners:
                    found = planner_model(choice.planner, kit, self._device, self._dtype)
                    self._planners[key] = Planner(found.model, vocabulary, found.style, found.name)
                return self._planners[key]

        chosen: Any = planner if choice.planner in (None, "embedded") else planner()
        return VisualAgent(kit, chosen, vocabulary, choice.limits, by=choice.by, explain=choice.explain)

    def _make_room(self, choice: Choice) -> None:
        presets = {*self._kits, choice.preset}
        if len(presets) > MAX_PRESETS:
            busy = {one.preset for one, kept in self._kept.items() if kept.users}
            idle = next((name for name in self._kits if name not in busy and name != choice.preset), None)
            if idle is None:
                names = " and ".join(sorted(busy))
                raise BusyError(f"the models of {names} are in use; wait until they are free, or choose one of them")
            for one in [one for one in self._kept if one.preset == idle]:
                self._kept.pop(one).agent.close()
            self._planners = {key: kept for key, kept in self._planners.items() if key[0] != idle}
            del self._kits[idle]
            gc.collect()
        if len(self._kept) >= MAX_AGENTS:
            resting = next((one for one, kept in self._kept.items() if not kept.users), None)
            if resting is None:
                raise BusyError("too many different settings are in use at the moment; try again in a minute")
            self._kept.pop(resting).agent.close()

    # ------------------------------------------------------------------ what is there

    def preload(self, choice: Choice) -> None:
        """Load planner and specialists, and let them do their work once, so that the first question finds them ready.

        Raises:
            PresetError, CheckpointError, DeviceError: what is missing.
        """
        with self.using(choice) as agent:
            for role in SPECIALISTS:
                if role in agent.kit:
                    _ = agent.kit[role]
            blank = Picture.from_image(_blank(), "blank")
            agent.ask("How many dogs are there?", blank)
            agent.run(_WARM_UP, blank)

    def badge(self, choice: Choice) -> dict[str, str]:
        """Role to checkpoint, and `device`, for a choice whose agent is there. Loads nothing."""
        with self._lock:
            kept = self._kept.get(choice)
        if kept is None:
            return {}
        kit = kept.agent.kit
        told: dict[str, str] = kit.checkpoints() if isinstance(kit, Kit) else {}
        if choice.planner not in (None, "embedded"):
            told = told | {"planner": str(choice.planner)}
        return told | {"device": str(choose_device(self._device))}

    def close(self) -> None:
        with self._lock:
            for kept in self._kept.values():
                kept.agent.close()
            self._kept.clear()
            self._planners.clear()
            self._kits.clear()


_WARM_UP = """def execute_command(image):
    patch = ImagePatch(image)
    return [patch.simple_query("What is this?"), patch.best_text_match(["a dog", "a cat"])]
"""


def _blank() -> Any:
    import numpy as np

    return np.full((64, 64, 3), 255, np.uint8)
