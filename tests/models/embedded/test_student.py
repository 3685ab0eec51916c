"""The student that ships: it looks, it is set beside a threshold, and it says why when it is asked."""

import re

import pytest
from PIL import Image

from agent.trace import UNANSWERABLE
from models.embedded.gallery import load_gallery
from models.pointing import box_text
from models.presets import Kit, load_preset
from models.student import Student


@pytest.fixture(scope="module")
def student() -> Student:
    return Kit(load_preset("embedded"), device="cpu").student()


def test_it_answers_the_gallerys_questions_and_not_by_guessing(student: Student) -> None:
    """More than half of them; the same questions about grey are a fifth."""
    pictures = {item.name: item.picture.image for item in load_gallery()}
    asked = [one for item in load_gallery() for one in item.questions]
    right = {}
    for name in ("seen", "grey"):
        shown = (
            pictures if name == "seen" else {key: Image.new("RGB", one.size, "grey") for key, one in pictures.items()}
        )
        replies = student.replies([(one.question, [shown[key] for key in one.pictures]) for one in asked])
        wanted = [one.answer or UNANSWERABLE for one in asked]
        right[name] = sum(one.text == answer for one, answer in zip(replies, wanted, strict=True)) / len(asked)
    print(right)
    assert right["seen"] >= 0.5
    assert right["grey"] <= right["seen"] - 0.1


def test_it_says_why(student: Student) -> None:
    """In sentences that end with an answer."""
    asked = [(one.question, [item.picture.image]) for item in load_gallery()[:6] for one in item.questions[:1]]
    told = student.rationales(asked)
    ended = [text for text in told if "So the answer is" in text or text.endswith("So this is unanswerable.")]
    assert len(ended) >= len(told) - 1
    assert student.threshold is not None
    assert 0 < student.threshold <= 1


def test_it_points_at_things_that_its_tower_sees(student: Student) -> None:
    pictures = {item.name: item.picture.image for item in load_gallery()}
    image = pictures["farm"]
    (why,) = student.rationales([("Are there more sheep than pigs?", [image])])
    pixels = student.processor.image_processor([image], return_tensors="pt")["pixel_values"]
    tower = student.model.model.vision_tower
    (boxes,) = tower.boxes(tower(pixels.to(student.model.device, student.model.dtype)).last_hidden_state)
    there = [box_text(box, (1, 1)) for box in boxes.tolist()]
    told = re.findall(r"\[[^\]]*\]", why)
    assert len(told) > 2
    assert set(told) <= set(there)
