import base64
import math
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from PIL import Image

from models.chat_vlm import LONGEST, ChatVlm, message, yes_chance
from models.picture import Region
from models.presets import Kit, PresetError, load_preset
from models.requests import Ask, Caption, Confirm, Detection, Locate, SpecialistError
from tests.models import tiny


class Chat(GenericFakeChatModel):
    """Answers from a list, and keeps what it was told."""

    told: list[Any] = []

    def _generate(self, messages: Any, *args: Any, **kwargs: Any) -> Any:
        self.told.append(messages)
        return super()._generate(messages, *args, **kwargs)


def vlm(*replies: Any, **options: Any) -> ChatVlm:
    return ChatVlm(Chat(messages=iter(replies), told=[]), batch_size=1, **options)


PICTURE = tiny.picture(1, 100, 50)


def test_a_question_and_its_picture_are_sent() -> None:
    model = vlm(AIMessage(" a dog\n"))
    assert model.run([Ask(Region(PICTURE, (10, 10, 40, 30)), "What is this?")]) == ["a dog"]
    ((sent,),) = model.chat.told
    image, text = sent.content
    assert text == {"type": "text", "text": "What is this? Answer with one word or a short phrase."}
    assert Image.open(BytesIO(base64.b64decode(image["base64"]))).size == (30, 20)


def test_answers_are_kept_and_errors_are_not() -> None:
    model = vlm(AIMessage("yes"), RuntimeError("busy\nsecond line"), AIMessage("a dog"))
    asked = Ask(PICTURE.whole, "What?")
    assert model.run([Confirm(PICTURE.whole, "Is it?")]) == [1.0]
    assert model.run([Confirm(PICTURE.whole, "Is it?")]) == [1.0]
    (error,) = model.run([asked])
    assert isinstance(error, SpecialistError)
    assert "\n" not in str(error)


def test_captions_and_boxes() -> None:
    model = vlm(
        AIMessage("Two dogs."),
        AIMessage('[{"box_2d": [200, 100, 400, 300], "label": "dog"}, {"box_2d": [0, 0, 1000, 1000]}]'),
        AIMessage('[{"box_2d": [200, 100, 400, 300], "label": "dog"}, {"box_2d": [0, 0, 1000, 1000]}]'),
        boxes="gemini",
    )
    half = Region(PICTURE, (50, 0, 100, 50))
    assert model.run([Caption(half)]) == ["Two dogs."]
    first = Detection(pytest.approx((55, 10, 65, 20)), 1.0)  # type: ignore[arg-type]
    assert model.run([Locate(half, "dog")]) == [[first, Detection((50, 0, 100, 50), 1.0)]]
    assert model.run([Locate(half, "the left dog", True)]) == [[first]]


def test_without_a_way_to_write_boxes_one_line_says_so() -> None:
    (error,) = vlm().run([Locate(PICTURE.whole, "dog")])
    assert "`boxes:`" in str(error)


@pytest.mark.parametrize(
    ("text", "tokens", "chance"),
    [
        ("Yes.", None, 1.0),
        ("no", None, 0.0),
        ("**Yes**", None, 1.0),
        ("perhaps", None, 0.5),
        ("Yes", {"Yes": 0.6, " yes": 0.2, "No": 0.2}, 0.8),
        ("It is", {"It": 0.9}, 0.5),
    ],
)
def test_how_likely_a_yes_is(text: str, tokens: dict[str, float] | None, chance: float) -> None:
    top = [{"token": token, "logprob": math.log(value)} for token, value in (tokens or {}).items()]
    logprobs = None if tokens is None else {"content": [{"top_logprobs": top}]}
    assert yes_chance(text, logprobs) == pytest.approx(chance)


def test_large_pictures_are_made_smaller() -> None:
    sent = message(tiny.picture(1, 2048, 64).whole, "what?").content[0]
    assert Image.open(BytesIO(base64.b64decode(sent["base64"]))).size == (LONGEST, 32)  # type: ignore[index]


@pytest.mark.parametrize(
    ("checkpoint", "message_"),
    [
        ("openai:", "a ChatVlm's checkpoint is SERVICE:MODEL"),
        ("nobody:x", "a ChatVlm's checkpoint is SERVICE:MODEL"),
        ("google:gemini-2.5-flash", "needs a package; `pip install langchain-google-genai`"),
    ],
)
def test_a_preset_that_names_a_service(tmp_path: Path, checkpoint: str, message_: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f"vlm:\n  class: ChatVlm\n  checkpoint: '{checkpoint}'\n  boxes: gemini\n")
    kit = Kit(load_preset(file))
    (state,) = kit.describe()
    assert not state.found
    assert message_ in state.detail
    with pytest.raises((PresetError, RuntimeError), match=message_[:20]):
        kit["vlm"]
