"""Presets: which checkpoint fills which role. Reading one loads no model; a `Kit` loads each when it is asked for."""

import difflib
import importlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import ValidationError

from models.loading import LOADING, CheckpointError
from models.presets.settings import ChatSettings, LlmSettings, Preset, Settings
from models.requests import ROLES, Specialist

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from models.student import Student

__all__ = ["CheckpointError", "Kit", "Preset", "PresetError", "RoleState", "load_preset", "shipped_presets"]

FOLDER = Path(__file__).parent
_ADAPTERS = {
    "detector": "models.detector:Detector",
    "clip": "models.clip:Clip",
    "segmenter": "models.segmenter:Segmenter",
    "vlm": "models.vlm:Vlm",
    "depth": "models.depth:DepthEstimator",
    "ocr": "models.ocr:Ocr",
    "inpaint": "models.inpaint:Inpainter",
    "text_to_image": "models.generate:Generator",
    "ChatVlm": "models.chat_vlm:ChatVlm",
    "student": "models.student:Student",
}


class PresetError(ValueError):
    """A preset that does not exist or cannot be read, or a role that one does not fill. The message is one line."""


class MissingRole(PresetError, KeyError):
    """A kit was asked for a role that it does not fill."""

    def __str__(self) -> str:  # KeyError would print its text in quotes
        return str(self.args[0])


def shipped_presets() -> list[str]:
    """Names of the presets that come with the package."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load_preset(name: str | Path) -> Preset:
    """Read and validate a preset.

    Args:
        name: one of `shipped_presets()`, or the path of a YAML file. A file may say `extends: NAME` (or a path) and
            name only the roles that differ; a role set to null is left out.

    Raises:
        PresetError: there is no such preset, or something in it is wrong.
    """
    return _read(str(name), Path.cwd(), ())


def _read(name: str, folder: Path, seen: tuple[Path, ...]) -> Preset:
    path = FOLDER / f"{name}.yaml" if name in shipped_presets() else folder / Path(name).expanduser()
    if path.suffix not in (".yaml", ".yml"):
        raise PresetError(
            f"there is no preset {name!r}{_suggestion(name, shipped_presets())}; "
            f"choose one of {', '.join(shipped_presets())}, or name a .yaml file"
        )
    path = path.resolve()
    if path in seen:
        raise PresetError(f"preset {name}: it extends itself")
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PresetError(f"preset {name}: there is no such file") from None
    except OSError as error:
        raise PresetError(f"preset {name}: cannot be read ({error.strerror})") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PresetError(f"preset {name}: not valid YAML ({' '.join(str(error).split())[:160]})") from None
    if not isinstance(data, dict):
        raise PresetError(f"preset {name}: it must be a mapping of roles, such as `detector: {{checkpoint: ...}}`")
    data = {"name": path.stem, **{str(key): value for key, value in data.items()}}
    base = data.pop("extends", None)
    if base is not None:
        inherited = _read(str(base), path.parent, (*seen, path)).model_dump(by_alias=True)
        data = {**inherited, "description": "", **data}
    for role in (*ROLES, "planner", "student"):
        _anchor(data.get(role), path.parent)
    try:
        return Preset.model_validate(data)
    except ValidationError as error:
        raise PresetError(f"preset {name}: {_explain(error)}") from None


def _anchor(settings: Any, folder: Path) -> None:
    """Make paths in a role's settings that start from the preset's folder absolute."""
    if isinstance(settings, dict):
        for key in ("checkpoint", "adapter"):
            value = settings.get(key)
            if isinstance(value, str) and value and ":" not in value and (value[0] == "." or (folder / value).exists()):
                settings[key] = str((folder / value).resolve())


def _suggestion(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _explain(error: ValidationError) -> str:
    """The first thing that is wrong, in one line."""
    first = error.errors()[0]
    place = [str(part) for part in first["loc"]]
    where = ".".join(place)
    if first["type"] == "extra_forbidden":
        if len(place) == 1:
            known = [*ROLES, "planner", "student", "name", "description", "extends"]
            return f"unknown key or role {where!r}{_suggestion(where, known)}; known are {', '.join(known)}"
        settings = Preset.settings_of(place[0])
        known = [field.alias or key for key, field in settings.model_fields.items()]
        return f"{place[0]}: unknown key {place[-1]!r}{_suggestion(place[-1], known)}; known are {', '.join(known)}"
    if first["type"] == "missing":
        return f"{'.'.join(place[:-1]) or 'the file'} lacks the key {place[-1]!r}"
    text = first["msg"].removeprefix("Value error, ")
    return f"{where}: {text[:1].lower()}{text[1:]}"


def _import_transformers() -> None:
    """Import what adapters take from transformers, in one thread at a time: its modules are made when they are first
    asked for, and two threads that load models at once find them half made."""
    from models import torchvision_ops

    with LOADING:
        torchvision_ops.install()
        from transformers import (  # noqa: F401
            AutoModel,
            AutoModelForDepthEstimation,
            AutoModelForImageTextToText,
            AutoModelForZeroShotObjectDetection,
            AutoProcessor,
        )


@dataclass(frozen=True)
class RoleState:
    """How a role of a preset is filled, for `sight doctor`."""

    role: str
    kind: str
    """Name of the class that will run it."""
    checkpoint: str
    revision: str | None
    licence: str
    memory_mb: int | None
    found: bool
    detail: str
    """Where the checkpoint is, or why it cannot be used."""
    note: str


class Kit(Mapping[str, Specialist[Any, Any]]):
    """The specialists of a preset by role. Each is loaded when it is first asked for; threads may share a kit."""

    def __init__(self, preset: Preset | str | Path, device: str | None = None, dtype: str | None = None) -> None:
        """
        Args:
            preset: a preset, or the name or path of one.
            device: `cpu`, `cuda`, `cuda:N` or `mps`; the best one that is here if None.
            dtype: for all models, whatever the preset says.

        Raises:
            PresetError: see `load_preset`.
        """
        self.preset = preset if isinstance(preset, Preset) else load_preset(preset)
        self._device = device
        self._dtype = dtype
        self._loaded: dict[str, Any] = {}
        self._locks = {role: threading.Lock() for role in (*ROLES, "planner", "student")}

    def __getitem__(self, role: str) -> Specialist[Any, Any]:
        """The specialist of a role.

        Raises:
            PresetError: the preset does not fill the role (also a KeyError).
            CheckpointError: its checkpoint is not here or cannot be read.
            DeviceError: the device or dtype cannot be had.
        """
        settings = getattr(self.preset, role, None) if role in ROLES else None
        if settings is None:
            raise MissingRole(
                f"preset {self.preset.name} has no {role}; add a `{role}:` line to a preset of your own"
                if role in ROLES
                else f"there is no role {role!r}{_suggestion(role, list(ROLES))}; roles are {', '.join(ROLES)}"
            )
        specialist: Specialist[Any, Any] = self._load(role, settings)
        return specialist

    def planner(self) -> "BaseChatModel":
        """The chat model that writes programs (`self.preset.planner.style` says how it is to be asked).

        Raises:
            PresetError: the preset has no planner.
            CheckpointError: its checkpoint is not here or cannot be read.
        """
        if self.preset.planner is None:
            raise MissingRole(f"preset {self.preset.name} has no planner; name one, for example openai:gpt-5")
        model: BaseChatModel = self._load("planner", self.preset.planner)
        return model

    def student(self) -> "Student":
        """The model that answers in one go, without a program.

        Raises:
            PresetError: the preset has no student.
            CheckpointError: its checkpoint is not here or cannot be read.
        """
        if self.preset.student is None:
            raise MissingRole(
                f"preset {self.preset.name} has no student; add a `student:` line to a preset of your own"
            )
        model: Student = self._load("student", self.preset.student)
        return model

    def _load(self, role: str, settings: Settings) -> Any:
        with self._locks[role]:
            if role not in self._loaded:
                from models.device import choose_device, choose_dtype

                device = choose_device(self._device)
                dtype = choose_dtype(device, self._dtype or settings.dtype)
                if isinstance(settings, ChatSettings):
                    from models.llm import Llm, load_chat

                    chat = load_chat(settings, device, dtype)
                    if isinstance(settings, LlmSettings):
                        self._loaded[role] = Llm(chat, batch_size=settings.batch_size, cache_mb=settings.cache_mb)
                    else:
                        self._loaded[role] = chat
                else:
                    module, _, name = _ADAPTERS.get(settings.kind, _ADAPTERS[role]).partition(":")
                    _import_transformers()
                    adapter = getattr(importlib.import_module(module), name)
                    self._loaded[role] = adapter.load(settings.locate(), device, dtype, **settings.options())
            return self._loaded[role]

    def __iter__(self) -> Iterator[str]:
        return (role for role in ROLES if getattr(self.preset, role) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, role: object) -> bool:
        """Whether the preset fills the role. Loads nothing."""
        return role in ROLES and getattr(self.preset, str(role)) is not None

    def checkpoints(self) -> dict[str, str]:
        """Role to checkpoint, planner included, as a trace names them."""
        return {role: settings.label for role, settings in self.preset.filled()}

    def describe(self) -> list[RoleState]:
        """How each role is filled, and whether its checkpoint is on this computer. Loads no model."""
        states = []
        for role, settings in self.preset.filled():
            try:
                found, detail = True, str(settings.locate())
            except CheckpointError as error:
                found, detail = False, str(error)
            states.append(
                RoleState(
                    role=role,
                    kind=settings.kind,
                    checkpoint=settings.label,
                    revision=settings.revision,
                    licence=settings.licence,
                    memory_mb=settings.memory_mb,
                    found=found,
                    detail=detail,
                    note=settings.note,
                )
            )
        return states
