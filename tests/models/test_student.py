"""Students: replies to several pictures, and how sure they are."""

import json
import math
import re
from pathlib import Path

import pytest
import torch

from models.embedded.gallery import FOLDER as GALLERY
from models.loading import WEIGHTS, CheckpointError
from models.picture import Picture
from models.requests import Ask, Caption
from models.student import CONFIDENCE, RATIONALE_TOKENS, Student
from models.vlm import Vlm
from tests.models import tiny

PROMPT = "{}\nAnswer."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.llava(tmp_path_factory.mktemp("student"))


def load(folder: Path, **options: object) -> Student:
    return Student.load(folder, torch.device("cpu"), torch.float32, prompt=PROMPT, max_new_tokens=4, **options)


def test_replies_do_not_depend_on_who_is_asked_along(folder: Path):
    student = load(folder, batch_size=4)
    asked = [
        ("How many?", [tiny.picture(1).image]),
        ("Which of the two pictures has more in it?", [tiny.picture(2).image, tiny.picture(3).image]),
    ]
    together = student.replies(asked)
    assert student.last_forward == 2
    for one, reply in zip(asked, together, strict=True):
        (alone,) = student.replies([one])
        assert alone.text == reply.text
        assert alone.confidence == pytest.approx(reply.confidence, rel=1e-3)
        assert 0 < reply.confidence < 1
    assert student.run([Ask(tiny.picture(1).whole, "How many?")]) == [together[0].text]


def test_the_confidence_is_the_chance_of_all_its_tokens(folder: Path):
    student = load(folder)
    picture = tiny.picture(1).image
    (reply,) = student.replies([("How many?", [picture])])
    text = student.processor.apply_chat_template(
        [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "How many?\nAnswer."}]}],
        add_generation_prompt=True,
    )
    inputs = student.processor(text=[text], images=[[picture]], return_tensors="pt", add_special_tokens=False)
    chances = []
    end = student.model.generation_config.eos_token_id
    ids = inputs["input_ids"]
    with torch.inference_mode():
        for _ in range(4):
            logits = student.model(input_ids=ids, pixel_values=inputs["pixel_values"]).logits[0, -1]
            best = int(logits.argmax())
            chances.append(float(logits.log_softmax(-1)[best]))
            ids = torch.cat((ids, torch.tensor([[best]])), 1)
            if best == end:
                break
    assert reply.confidence == pytest.approx(math.exp(sum(chances)), rel=1e-3)


def test_a_token_that_closes_ends_a_reply_without_another_pass(folder: Path, monkeypatch: pytest.MonkeyPatch):
    student = load(folder)
    asked = [("How many?", [tiny.picture(1).image])]
    whole = student.replies(asked)[0]
    passes: list[int] = []
    student.model.register_forward_hook(lambda model, given, output: passes.append(output.logits.shape[1]))
    student.replies(asked)
    many, passes[:] = len(passes), []
    words = student.processor.tokenizer
    first = words(whole.text, add_special_tokens=False)["input_ids"][0]
    monkeypatch.setattr(student.model.generation_config, "eos_token_id", [words.eos_token_id, first])
    (reply,) = student.replies(asked)
    assert reply.text == words.decode([first]).strip()
    assert len(passes) == 1 < many


def test_it_is_asked_why_with_words_of_its_own(folder: Path):
    student = load(folder, rationale="{}\nWhy?")
    picture = tiny.picture(1).image
    (why,) = student.rationales([("How many?", [picture])])
    asked_so = load(folder, rationale="{}\nAnswer.")
    asked_so_long = Student.load(
        folder, torch.device("cpu"), torch.float32, prompt="{}\nWhy?", max_new_tokens=RATIONALE_TOKENS
    )
    assert why == asked_so_long.replies([("How many?", [picture])])[0].text
    assert asked_so.rationales([("How many?", [picture])])[0].startswith(
        asked_so.replies([("How many?", [picture])])[0].text
    )


def test_as_any_vlm_it_tells_boxes_for_what_it_points_at():
    vlm = Vlm.load(WEIGHTS / "student", torch.device("cpu"), torch.float32, caption="Describe this picture in detail.")
    (told,) = vlm.run([Caption(Picture.open(GALLERY / "farm.webp").whole)])
    assert "<thing" not in told
    assert re.search(r"\[\d+, \d+, \d+, \d+\]", told)


def test_the_threshold_stands_beside_the_checkpoint(folder: Path):
    assert load(folder).threshold is None
    assert load(folder, threshold=0.25).threshold == 0.25
    file = folder / CONFIDENCE
    try:
        file.write_text(json.dumps({"threshold": 0.75}))
        assert load(folder).threshold == 0.75
        assert load(folder, threshold=0.25).threshold == 0.25
        file.write_text("{}")
        with pytest.raises(CheckpointError, match="calibrate the student again"):
            load(folder)
    finally:
        file.unlink()
