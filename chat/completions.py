"""The agent as a model behind OpenAI's chat completions, so that any client of those can ask it.

    POST /v1/chat/completions      GET /v1/models      GET /v1/models/{name}

What it does with a conversation is told in `chat/openai_format.py` and in docs/chat.md.
"""

import asyncio
import contextlib
import json
import threading
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from agent.program import Query
from agent.trace import Answer
from chat.access import error_body
from chat.agents import Agents, Choice
from chat.conversation import PERSON_ERRORS, Conversation, Exchange
from chat.enclosed import TooLargeError, read_enclosed
from chat.openai_format import ChatRequest, Options, Talk, in_one_line, talk_of
from chat.uploads import UploadLimits
from models.picture import PictureError

NAME = "sightscript"
"""Of the model, besides the name of its preset."""

AT_ONCE = 32
"""Requests answered at the same time; the others wait."""

WAITING = 256
"""Requests, answered and waiting, at which further ones are sent away."""

MAX_REQUEST_MB = 64
"""Megabytes of one request, base64 included."""

MAX_HELD_MB = 512
"""Megabytes of all requests that wait or are being read, at which further ones are sent away."""


class Refusal(Exception):
    """A request that is not answered, with its HTTP status and OpenAI's error fields."""

    def __init__(self, status: int, message: str, code: str | None = None, param: str | None = None) -> None:
        super().__init__(message)
        kinds = {429: "rate_limit_error", 500: "server_error", 503: "server_error"}
        self.status = status
        self.body = error_body(message, kinds.get(status, "invalid_request_error"), code, param)

    @property
    def response(self) -> Response:
        return JSONResponse(self.body, self.status)


@dataclass(frozen=True)
class Progress:
    """How far the answer to a question is."""

    programs: tuple[str, ...]
    """Source of each, the last of which may still be written."""
    written: int
    """How many of them are complete."""
    ended: Exchange | None = None


News: TypeAlias = "ChatRequest | Progress | Exception"


class Completions:
    """The two endpoints over a pool of agents.

    Args:
        agents: answers come from one of them.
        choice: which.
        limits: of the pictures of a request.
    """

    def __init__(self, agents: Agents, choice: Choice | None = None, limits: UploadLimits | None = None) -> None:
        self.agents, self.choice, self.limits = agents, choice or Choice(), limits or UploadLimits()
        self.names = tuple(dict.fromkeys((NAME, self.choice.preset)))
        self._since = int(time.time())
        self._threads = ThreadPoolExecutor(AT_ONCE, "sightscript-completions")
        self._under_way = 0
        self._held = 0
        """Bytes of the requests under way."""

    def routes(self) -> list[Route]:
        """What an application adds to its own."""
        return [
            Route("/v1/chat/completions", self._complete, methods=["POST"]),
            Route("/v1/models", self._models, methods=["GET"]),
            Route("/v1/models/{name:path}", self._model, methods=["GET"]),
        ]

    # ------------------------------------------------------------------ endpoints

    async def _models(self, request: Request) -> Response:
        return JSONResponse({"object": "list", "data": [self._described(name) for name in self.names]})

    async def _model(self, request: Request) -> Response:
        name = request.path_params["name"]
        return JSONResponse(self._described(name)) if name in self.names else self._unknown(name).response

    async def _complete(self, request: Request) -> Response:
        try:
            news = self._ask(await self._body(request))
            asked = await anext(news)
            assert isinstance(asked, ChatRequest)
            told = _Told(asked)
            if asked.stream:
                return StreamingResponse(_streamed(told, news), media_type="text/event-stream", headers=UNCACHED)
            return JSONResponse(await _awaited(request, told, news))
        except Refusal as refusal:
            return refusal.response
        except (_Disconnected, ClientDisconnect):
            return Response(status_code=499)  # nobody reads it; the number is nginx's for this in a log

    async def _body(self, request: Request) -> bytes:
        """The body of a request, to be counted off `_held` when it is done with. Raises Refusal when there is too much
        of it, before it is all read."""
        large = Refusal(413, f"the request is too large; at most {MAX_REQUEST_MB} MB are taken", "request_too_large")
        declared = request.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > MAX_REQUEST_MB << 20:
            raise large
        body = bytearray()
        try:
            async for piece in request.stream():
                body += piece
                self._held += len(piece)
                if len(body) > MAX_REQUEST_MB << 20:
                    raise large
                if self._held > MAX_HELD_MB << 20:
                    raise Refusal(429, "too many large questions are under way; try again in a while", "busy")
        except BaseException:
            self._held -= len(body)
            raise
        return bytes(body)

    def _described(self, name: str) -> dict[str, Any]:
        return {"id": name, "object": "model", "created": self._since, "owned_by": NAME}

    def _unknown(self, name: str) -> Refusal:
        names = " and ".join(repr(one) for one in self.names)
        return Refusal(404, f"there is no model {name[:100]!r} here; there is {names}", "model_not_found", "model")

    # ------------------------------------------------------------------ answering

    async def _ask(self, body: bytes) -> AsyncGenerator[ChatRequest | Progress]:
        """The request as it was understood, then how far the answer is, whenever there is more of it. Leaving the
        iteration stops the program. Raises Refusal."""
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[News | None] = asyncio.Queue()
        conversation, left = Conversation(), threading.Event()

        def work() -> None:
            try:
                with contextlib.closing(self._answer(body, conversation)) as answering:
                    for one in answering:
                        if left.is_set():
                            return
                        loop.call_soon_threadsafe(queue.put_nowait, one)
                loop.call_soon_threadsafe(queue.put_nowait, None)
            except Exception as error:
                with contextlib.suppress(RuntimeError):  # the server has ended
                    loop.call_soon_threadsafe(queue.put_nowait, error)

        working: Future[None] | None = None
        self._under_way += 1
        try:
            if self._under_way > WAITING:
                raise Refusal(429, f"{WAITING} questions are under way already; try again in a while", "busy")
            working = self._threads.submit(work)
            while (news := await queue.get()) is not None:
                if isinstance(news, Refusal):
                    raise news
                if isinstance(news, PERSON_ERRORS):
                    raise Refusal(503, str(news), "unavailable") from news
                if isinstance(news, Exception):
                    raise Refusal(500, _unexpected(news), "unexpected") from news
                yield news
        finally:
            self._under_way -= 1
            self._held -= len(body)
            left.set()
            conversation.stop()
            if working is not None:
                working.cancel()

    def _answer(self, body: bytes, conversation: Conversation) -> Generator[ChatRequest | Progress]:
        """In a thread of its own. Raises Refusal."""
        asked, exchange = self._read(body)
        yield asked
        with (
            self.agents.using(self.choice) as agent,
            contextlib.closing(conversation.ask(agent, exchange)) as asking,  # type: ignore[type-var]
        ):
            for one in asking:
                written = tuple(program.source for program in one.programs)
                yield Progress((*written, one.writing) if one.writing else written, len(written))
        yield Progress(tuple(program.source for program in exchange.programs), len(exchange.programs), exchange)

    def _read(self, body: bytes) -> tuple[ChatRequest, Exchange]:
        """What is asked, with its pictures decoded. Raises Refusal."""
        try:
            asked = ChatRequest.model_validate_json(body)
        except ValidationError as error:
            message, param = in_one_line(error)
            raise Refusal(400, message, None, param or None) from None
        if asked.model not in self.names:
            raise self._unknown(asked.model)
        try:
            talk = talk_of(asked.messages)
            pictures = self._pictures(talk)
            query = Query(talk.question, pictures, history=talk.history)
        except ValueError as error:  # QueryError is one
            raise Refusal(400, str(error), None, "messages") from None
        return asked, Exchange(query.question, pictures, history=query.history)

    def _pictures(self, talk: Talk) -> tuple[Any, ...]:
        if not talk.pictures:
            text = "there is no picture; add a part of type image_url with a data: URL to a user's message"
            raise Refusal(400, text, "no_picture", "messages")
        if len(talk.pictures) > self.limits.pictures:
            text = f"{len(talk.pictures)} pictures are too many for one question; at most {self.limits.pictures}"
            raise Refusal(400, text, "too_many_pictures", "messages")
        pictures = []
        for number, enclosed in enumerate(talk.pictures, 1):
            try:
                pictures.append(read_enclosed(enclosed.url, f"picture {number}", self.limits))
            except TooLargeError as error:
                raise Refusal(413, str(error), "picture_too_large", enclosed.place) from None
            except PictureError as error:
                raise Refusal(400, str(error), "invalid_image", enclosed.place) from None
        return tuple(pictures)


# ---------------------------------------------------------------------- what is sent

UNCACHED = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


class _Told:
    """Says the news of one answer in OpenAI's words."""

    def __init__(self, asked: ChatRequest) -> None:
        self.options, self.model = asked.sightscript, asked.model
        self.stops = [asked.stop] if isinstance(asked.stop, str) else asked.stop or []
        self._head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": self.model}
        self._program = 0
        self._said = ""

    def whole(self, exchange: Exchange) -> dict[str, Any]:
        """A `chat.completion`."""
        message: dict[str, Any] = {"role": "assistant", "content": content_of(exchange, self.stops), "refusal": None}
        if self.options.reasoning and exchange.programs:
            message["reasoning_content"] = exchange.programs[-1].source
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        told = extension_of(exchange, self.options)
        return {**self._head, "object": "chat.completion", "choices": [choice], "usage": None, NAME: told}

    def chunk(self, delta: dict[str, str], finish: str | None = None, **more: Any) -> dict[str, Any]:
        """A `chat.completion.chunk`."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {**self._head, "object": "chat.completion.chunk", "choices": [choice], **more}

    def reasoning(self, progress: Progress) -> str:
        """What there is more of the programs than was said. What was said cannot be taken back: a program whose end
        differs from what was told of it is told again whole."""
        more = ""
        for number in range(self._program, len(progress.programs)):
            source = progress.programs[number]
            if number > self._program:
                self._program, self._said = number, ""
                more += f"\n\n# program {number + 1}\n"
            if source.startswith(self._said):
                more += source[len(self._said) :]
                self._said = source
            elif number < progress.written:
                more += f"\n\n# in full\n{source}"
                self._said = source
        return more


async def _awaited(request: Request, told: _Told, news: AsyncGenerator[ChatRequest | Progress]) -> dict[str, Any]:
    """The whole answer. Raises Refusal, and _Disconnected when nobody waits for it any more."""

    async def last() -> Exchange:
        async with contextlib.aclosing(news) as following:
            async for one in following:
                if isinstance(one, Progress) and one.ended is not None:
                    return one.ended
        raise Refusal(500, "the answer did not come", "unexpected")

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    answering, leaving = asyncio.create_task(last()), asyncio.create_task(gone())
    try:
        await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():
            raise _Disconnected
        return told.whole(answering.result())
    finally:
        for task in (answering, leaving):
            task.cancel()
        await asyncio.gather(answering, leaving, return_exceptions=True)


async def _streamed(told: _Told, news: AsyncGenerator[ChatRequest | Progress]) -> AsyncIterator[str]:
    """The answer as server-sent events. What goes wrong on the way is told as OpenAI's clients expect it there."""
    async with contextlib.aclosing(news) as following:
        yield _event(told.chunk({"role": "assistant", "content": ""}))
        try:
            async for one in following:
                assert isinstance(one, Progress)
                if told.options.reasoning and (more := told.reasoning(one)):
                    yield _event(told.chunk({"reasoning_content": more}))
                if one.ended is not None:
                    yield _event(told.chunk({"content": content_of(one.ended, told.stops)}))
                    yield _event(told.chunk({}, "stop", **{NAME: extension_of(one.ended, told.options)}))
                    yield "data: [DONE]\n\n"
                    return
        except Refusal as refusal:
            yield _event(refusal.body)


def content_of(exchange: Exchange, stops: Sequence[str] = ()) -> str:
    """The answer in words, up to the first of `stops` in it, or why there is none."""
    answer = exchange.answer
    if answer is None or answer.status == "failed":
        return f"Failed: {exchange.in_words}"
    if answer.status == "abstained":
        return f"No answer: {exchange.in_words}"
    ends = [place for stop in stops if stop and (place := exchange.in_words.find(stop)) >= 0]
    return exchange.in_words[: min(ends, default=None)]


def extension_of(exchange: Exchange, options: Options) -> dict[str, Any]:
    """The field `sightscript` of a response: what OpenAI's format has no place for."""
    answer: Answer | None = exchange.answer
    told = answer.model_dump(mode="json") if answer else {}
    return {
        "status": told.get("status", "failed"),
        "reason": told.get("reason", exchange.refused),
        "value": told.get("value"),
        "program": answer.program if answer else "",
        "notes": list(exchange.notes),
        "trace": told.get("trace") if options.trace else None,
    }


class _Disconnected(Exception):
    """The client has gone."""


def _event(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"


def _unexpected(error: Exception) -> str:
    lines = str(error).strip().splitlines() or ["no message"]
    return f"unexpected {type(error).__name__}: {lines[0][:300]}"
