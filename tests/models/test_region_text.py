import pytest

from models.region_text import DIALECTS, read_regions

SEEN = (200, 100)


@pytest.mark.parametrize(
    ("family", "text", "found"),
    [
        ("paligemma", "<loc0256><loc0512><loc0512><loc0768> dog", [("dog", (0.5, 0.25, 0.75, 0.5))]),
        (
            "paligemma",
            "<loc0000><loc0000><loc0512><loc0512> red car ; <loc0512><loc0512><loc1023><loc1023> dog",
            [("red car", (0, 0, 0.5, 0.5)), ("dog", (0.5, 0.5, 1023 / 1024, 1023 / 1024))],
        ),
        ("paligemma", "<loc0256><loc0512> dog", []),
        (
            "florence",
            "</s><s>dog<loc_100><loc_200><loc_300><loc_400>cat<loc_0><loc_0><loc_500><loc_500></s><pad>",
            [("dog", (0.1, 0.2, 0.3, 0.4)), ("cat", (0, 0, 0.5, 0.5))],
        ),
        (
            "florence",
            "dog<loc_0><loc_0><loc_100><loc_100><loc_500><loc_500><loc_900><loc_900><loc_7>",
            [("dog", (0, 0, 0.1, 0.1)), ("dog", (0.5, 0.5, 0.9, 0.9))],
        ),
        (
            "qwen2",
            '```json\n[{"bbox_2d": [20, 10, 100, 50], "label": "dog"}]\n```',
            [("dog", (0.1, 0.1, 0.5, 0.5))],
        ),
        ("qwen3", '[{"bbox_2d": [100, 200, 300, 400], "label": "dog"}]', [("dog", (0.1, 0.2, 0.3, 0.4))]),
        (
            "qwen3",
            '[{"bbox_2d": [100, 200, 300, 400], "label": "dog"}, {"bbox_2d": [1, 2',  # cut off
            [("dog", (0.1, 0.2, 0.3, 0.4))],
        ),
        ("qwen3", "[]", []),
        ("qwen3", "There is no dog.", []),
        ("qwen3", '[{"bbox_2d": "everywhere"}, {"bbox_2d": [1, 2, 3]}, {"bbox_2d": [300, 200, 100, 400]}]', []),
        ("qwen3", '{"bbox_2d": [-50, 200, 3000, 400]}', [("", (0, 0.2, 1, 0.4))]),
        ("gemini", '[{"box_2d": [200, 100, 400, 300], "label": "a  dog"}]', [("a dog", (0.1, 0.2, 0.3, 0.4))]),
        ("percent", "[12, 40, 88, 100], [1, 2, 3, 4]", [("", (0.12, 0.4, 0.88, 1)), ("", (0.01, 0.02, 0.03, 0.04))]),
        ("percent", "none", []),
    ],
)
def test_boxes_as_models_write_them(family, text, found):
    read = read_regions(text, family, SEEN)
    assert [label for label, _ in read] == [label for label, _ in found]
    for (_, box), (_, expected) in zip(read, found, strict=True):
        assert box == pytest.approx(expected)


def test_every_family_can_be_asked():
    for dialect in DIALECTS.values():
        assert dialect.detect.count("{}") == dialect.ground.count("{}") == 1
        assert not dialect.bare or dialect.caption
