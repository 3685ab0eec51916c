"""One person's talk: the pictures, what was asked of them, and how each answer came about."""

import contextlib
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, TypeAlias

from agent.agent import VisualAgent
from agent.pipeline import Event, Stop, Task, Writing
from agent.planning.chat_models import PlannerError
from agent.program import MAX_QUESTION, Program, Query, QueryError, Turn
from agent.running.recording import Recording
from agent.trace import Answer, Step, text_of
from agent.values import is_kept
from chat.agents import BusyError
from chat.follow_up import in_full, refers_back, spoken_of
from chat.uploads import looks_like_photograph
from models.device import DeviceError
from models.picture import Picture, PictureError
from models.presets import CheckpointError, PresetError

PERSON_ERRORS = (PictureError, QueryError, PlannerError, PresetError, CheckpointError, DeviceError, BusyError)
"""Whose message is one line for the person who asked."""

MAX_EXCHANGES = 100
"""Of one conversation; the oldest go."""

MAX_PICTURE_BYTES = 400 << 20
"""Of decoded pictures in one conversation; exchanges before that keep their words alone."""

MAX_TURNS = 8
"""Earlier questions that a planner is told of."""

PICTURE_BOOK = (
    "The embedded models know picture-book scenes only, and this looks like a photograph: do not trust the answer. For "
    "photographs choose the preset hub-cpu in the settings."
)

PICTURE_BOOK_ABSTAINED = (
    "The embedded models know picture-book scenes only; for photographs, and for things they never saw, choose the "
    "preset hub-cpu in the settings."
)


SMALL_PLANNER = (
    "The embedded planner is small and understands plain questions; word it more simply, or name a larger planner in "
    "the settings."
)


@dataclass(eq=False)
class Exchange:
    """A question, and all that came of it so far."""

    question: str
    pictures: tuple[Picture, ...]
    brought: bool = False
    """The pictures came with this question, and not with one before it."""
    source: str | None = None
    """A program that the person wrote or changed; nothing was planned."""
    history: tuple[Turn, ...] = ()
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    writing: str = ""
    """What there is of a program that is being written."""
    programs: list[Program] = field(default_factory=list)
    steps: list[list[Step]] = field(default_factory=list)
    """Of each program."""
    answer: Answer | None = None
    refused: str = ""
    """Why it was not asked, or broke off; one line."""
    offers: tuple[str, ...] = ()
    """The question asked in full, for the person to choose."""
    notes: tuple[str, ...] = ()
    """What the person should know beside the answer."""
    stopped: bool = False
    ended: bool = False
    settled: bool = False
    """The window has been told of its end."""
    verdict: str = ""
    """`right`, `wrong`, or nothing yet."""
    correction: str = ""
    drawn: dict[Any, Any] = field(default_factory=dict)
    """Where what shows the exchange keeps what it has drawn."""

    def take(self, event: Event) -> None:
        """Note what happened. An answer brings the programs with it that were repaired silently."""
        if isinstance(event, Writing):
            self.writing = event.source
        elif isinstance(event, Program):
            self.writing = ""
            self.programs.append(event)
            self.steps.append([])
        elif isinstance(event, Step):
            self.steps[-1].append(event)
        elif isinstance(event, Answer):
            self.writing = ""
            self.answer = event
            self.programs = [Program(one.program, one.author) for one in event.trace.attempts]
            self.steps = [list(one.steps) for one in event.trace.attempts]

    @property
    def in_words(self) -> str:
        """The answer, or why there is none."""
        if self.answer is None:
            return self.refused or "stopped by the person"
        return text_of(self.answer.value) if self.answer.status == "answered" else self.answer.reason


Asking: TypeAlias = Iterator[Exchange]


class Conversation:
    """What one person has asked. One question at a time; `stop` may come from another thread.

    A copy is a new conversation: Gradio copies what every person's state begins with.

    Args:
        begun: is told of every conversation that begins so.
    """

    def __init__(self, begun: "Callable[[Conversation], object] | None" = None) -> None:
        self._begun = begun
        self.id = uuid.uuid4().hex
        self.exchanges: list[Exchange] = []
        self.touched = time.monotonic()
        self._lock = threading.Lock()
        self._running: _Pump | None = None
        self._forgot = False
        if begun is not None:
            begun(self)

    def __deepcopy__(self, memo: object) -> "Conversation":
        return Conversation(self._begun)

    @property
    def latest(self) -> Exchange | None:
        """The latest exchange that came to a program or an answer."""
        return next((one for one in reversed(self.exchanges) if one.answer is not None), None)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Those that a question without pictures is about."""
        return next((one.pictures for one in reversed(self.exchanges) if one.pictures), ())

    def find(self, id: str) -> Exchange | None:
        return next((one for one in self.exchanges if one.id == id), None)

    # ------------------------------------------------------------------ asking

    def begin(self, question: str, pictures: Sequence[Picture] = (), refused: str = "") -> Exchange:
        """Take a question in, without asking it yet; one that is refused has ended with it."""
        self.touched = time.monotonic()
        history = () if pictures else self._turns()
        exchange = Exchange(question, tuple(pictures) or self.pictures, bool(pictures), history=history)
        if refused:
            exchange.refused, exchange.ended = refused, True
            exchange.pictures = tuple(pictures)
        self._add(exchange)
        return exchange

    def begin_again(self, before: Exchange, source: str) -> Exchange:
        """Take in a program that a person changed, to be run on the pictures of an earlier question."""
        self.touched = time.monotonic()
        exchange = Exchange(before.question, before.pictures, source=source, history=before.history)
        self._add(exchange)
        return exchange

    def _add(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)
        del self.exchanges[:-MAX_EXCHANGES]
        held: dict[int, int] = {}
        for one in reversed(self.exchanges):
            here = {**(one.answer.pictures if one.answer else {}), **{p.key: p for p in one.pictures}}
            held |= {id(picture): picture.width * picture.height * 3 for picture in here.values()}
            if one is not exchange and sum(held.values()) > MAX_PICTURE_BYTES:
                _forget(one)
                held = {key: size for key, size in held.items() if key not in {id(p) for p in here.values()}}

    def ask(self, agent: VisualAgent, exchange: Exchange) -> Asking:
        """Answer a question that was taken in, and tell the exchange whenever there is more of it.

        Whatever goes wrong is told in the exchange. Leaving the iteration early stops the program.
        """
        if exchange.ended:
            yield exchange
            return
        try:
            query = self._query(exchange)
            self._warn(agent, exchange)
            if exchange.history and refers_back(query.question) and agent.planner.style == "question":
                self._decline(exchange)
                return
            yield from self._follow(exchange, lambda stop: agent.stream(query, stop=stop))
            self._explain(agent, exchange)
        except PERSON_ERRORS as error:
            exchange.refused = str(error)
        finally:
            exchange.ended = True
            self.touched = time.monotonic()
        yield exchange

    def run(self, agent: VisualAgent, exchange: Exchange, before: Exchange | None = None) -> Asking:
        """Run a program that a person changed. Tool calls that were made before are taken from the record."""
        recording = None
        if before is not None and before.answer is not None:
            tools = agent.vocabulary.tools
            unkept = [name for name, tool in tools.items() if not is_kept(tool.signature.return_annotation)]
            pictures = {**before.answer.pictures, **{one.key: one for one in before.pictures}}
            recording = Recording.of(before.answer.trace, pictures, unkept=unkept)
        program = Program(exchange.source or "", "hand")
        task = Task(exchange.question, exchange.pictures, program, recording)
        try:
            if not exchange.pictures:
                raise QueryError("the pictures of this question are not kept any more; bring them again")
            yield from self._follow(exchange, lambda stop: agent.stream(task, stop=stop))
        except PERSON_ERRORS as error:
            exchange.refused = str(error)
        finally:
            exchange.ended = True
            self.touched = time.monotonic()
        yield exchange

    def stop(self) -> None:
        """Stop what is running, if anything is."""
        with self._lock:
            if self._running is not None:
                self._running.stop()

    def _query(self, exchange: Exchange) -> Query:
        length = len(exchange.question)
        if length > MAX_QUESTION:
            raise QueryError(f"the question has {length} characters; at most {MAX_QUESTION} are allowed")
        if not exchange.question.strip():
            raise QueryError("the question is empty; ask something about the picture")
        if not exchange.pictures:
            raise QueryError(
                "the pictures were deleted after their time; bring them again"
                if self._forgot
                else "there is no picture yet; add one below, or take an example"
            )
        return Query(exchange.question, exchange.pictures, exchange.id, exchange.history)

    def _follow(self, exchange: Exchange, source: Callable[[Stop], Iterator[Event]]) -> Asking:
        pump = _Pump(source)
        with self._lock:
            self._running = pump
        try:
            for events in pump:
                for event in events:
                    exchange.take(event)
                yield exchange
            exchange.stopped = pump.stopped and exchange.answer is None
        finally:
            pump.stop()
            with self._lock:
                if self._running is pump:
                    self._running = None

    def _turns(self) -> tuple[Turn, ...]:
        """What was asked about the pictures that are talked of, oldest first."""
        turns: list[Turn] = []
        for one in reversed(self.exchanges):
            if one.answer is not None and one.pictures:
                turns.append(Turn(one.question, one.answer.program, one.in_words))
            if one.brought:
                break
        return tuple(reversed(turns[:MAX_TURNS]))

    def _decline(self, exchange: Exchange) -> None:
        before = next((one for one in reversed(self.exchanges) if one.answer is not None), None)
        exchange.refused = (
            "this planner reads every question by itself, and this one speaks of something said before; please ask "
            "it in full"
        )
        if before is not None:
            exchange.offers = in_full(exchange.question, before.question, _things(before))

    def _warn(self, agent: VisualAgent, exchange: Exchange) -> None:
        if _picture_book(agent) and any(looks_like_photograph(picture) for picture in exchange.pictures):
            exchange.notes = (PICTURE_BOOK,)

    def _explain(self, agent: VisualAgent, exchange: Exchange) -> None:
        answer = exchange.answer
        if answer is None or answer.status == "answered" or exchange.notes:
            return
        if answer.status == "failed" and exchange.programs and agent.planner.style == "question":
            exchange.notes = (SMALL_PLANNER,)
        elif answer.status == "abstained" and _picture_book(agent) and not self._told(PICTURE_BOOK_ABSTAINED):
            exchange.notes = (PICTURE_BOOK_ABSTAINED,)

    def _told(self, note: str) -> bool:
        return any(note in one.notes for one in self.exchanges)

    # ------------------------------------------------------------------ forgetting

    def forget(self) -> None:
        """Let go of all pictures; the words stay."""
        self._forgot = self._forgot or bool(self.pictures)
        for one in self.exchanges:
            _forget(one)

    def clear(self) -> None:
        """Begin anew."""
        self.stop()
        self.exchanges = []
        self._forgot = False


def _forget(exchange: Exchange) -> None:
    exchange.pictures = ()
    exchange.drawn = {}
    if exchange.answer is not None:
        exchange.answer.pictures.clear()


def _picture_book(agent: VisualAgent) -> bool:
    """Whether its specialists are the embedded ones."""
    checkpoints: Mapping[str, str] = getattr(agent.kit, "checkpoints", dict)()
    return checkpoints.get("detector", "").startswith("embedded:")


def _things(exchange: Exchange) -> tuple[str, ...]:
    return spoken_of([step for steps in exchange.steps[-1:] for step in steps])


class _Pump:
    """Runs a stream of events in a thread of its own, so that it can be left while it waits. Iterating gives the events
    that have come since, several at a time."""

    def __init__(self, source: Callable[[Stop], Iterator[Any]]) -> None:
        self.stopped = False
        self._source = source
        self._news: SimpleQueue[Any] = SimpleQueue()
        self._stop = Stop()
        self._over = False

    def __iter__(self) -> Iterator[list[Event]]:
        threading.Thread(target=self._run, name="sightscript-chat", daemon=True).start()
        while True:
            batch = [self._news.get()]
            while not self._news.empty():
                batch.append(self._news.get())
            events = [one for one in batch if not isinstance(one, _End)]
            if events and not self.stopped:
                yield events
            end = next((one for one in batch if isinstance(one, _End)), None)
            if end is not None:
                if end.error is not None and not self.stopped:
                    raise end.error
                return

    def _run(self) -> None:
        try:
            with contextlib.closing(self._source(self._stop)) as events:  # type: ignore[type-var]
                for event in events:
                    if self.stopped:
                        return
                    self._news.put(event)
            self._over = True
            self._news.put(_End())
        except BaseException as error:
            self._news.put(_End(error))

    def stop(self) -> None:
        if not self._over:
            self.stopped = True
            self._stop()
            self._news.put(_End())


@dataclass
class _End:
    error: BaseException | None = None
