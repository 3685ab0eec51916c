"""Training of the embedded specialists: words that are added, captions, questions, stages. No art is needed."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from transformers import PreTrainedTokenizerFast

from models.embedded.phrases import build_tokenizer, world_words
from models.embedded.training import questions
from models.embedded.training.captions import caption, wrong_caption
from models.embedded.training.clip import cut
from models.embedded.training.questions import about_scene, about_thing
from models.embedded.training.scenes import any_spec
from models.embedded.training.start import Start, grown, grown_embedding
from models.embedded.training.vlm import Stages, freeze
from models.embedded.world.lexicon import NOUNS, canonical, describes, forms
from models.embedded.world.scene import make_scene

WEIGHTS = Path("models/embedded/weights").resolve()


@pytest.mark.parametrize("role", ["detector", "vlm"])
def test_a_tokenizer_grows_and_keeps_what_it_had(role: str) -> None:
    old = PreTrainedTokenizerFast.from_pretrained(WEIGHTS / role)
    data = old.get_vocab()
    larger, pieces = grown(old)
    assert len(larger) == len(old) + len(pieces)
    assert {word: larger.get_vocab()[word] for word in data} == data
    for word in world_words():
        assert len(larger(word, add_special_tokens=False)["input_ids"]) == 1, word
    assert larger.chat_template == old.chat_template
    assert larger.special_tokens_map == old.special_tokens_map


def test_new_words_start_as_the_mean_of_their_pieces() -> None:
    tokenizer = build_tokenizer(pad_token="[PAD]")
    vocabulary = tokenizer.get_vocab()
    weight = torch.arange(12.0).view(6, 2)
    larger = grown_embedding(weight, [[0, 2], [5]])
    assert torch.equal(larger[:6], weight)
    assert larger[6:].tolist() == [[2.0, 3.0], [10.0, 11.0]]
    assert torch.equal(grown_embedding(weight, []), weight)
    same, pieces = grown(tokenizer)
    assert (pieces, same.get_vocab()) == ([], vocabulary)


def test_the_shipped_detector_has_a_token_for_every_word_of_the_world() -> None:
    tokenizer = PreTrainedTokenizerFast.from_pretrained(WEIGHTS / "detector")
    for noun in NOUNS:
        for form in forms(noun.name):
            assert tokenizer.unk_token_id not in tokenizer(form)["input_ids"], form


def test_weights_tell_which_nouns_they_have_not_seen(tmp_path: Path) -> None:
    (tmp_path / "training.json").write_text(f'{{"minutes": 3, "nouns": {len(NOUNS) - 2}}}')
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    start = Start(tmp_path)
    assert start.new_nouns == tuple(noun.name for noun in NOUNS[-2:])
    assert start.describe()["minutes"] == 3
    assert len(start.describe()["sha256"]) == 16


def test_favoured_nouns_come_more_often() -> None:
    favoured = tuple(noun.name for noun in NOUNS[-20:])
    counts: Counter[bool] = Counter()
    for some in ((), favoured):
        random = np.random.default_rng(0)
        for _ in range(80):
            for name, *_ in any_spec(random, favoured=some).things:
                counts[bool(some)] += name in favoured
    assert counts[True] > 3 * counts[False]


def test_captions_are_true_and_wrong_ones_are_not() -> None:
    random = np.random.default_rng(1)
    for seed in range(60):
        scene = make_scene(seed, "val")
        said, other, wrong = caption(scene, random), caption(scene, random, held_out=True), wrong_caption(scene, random)
        assert scene.background in said
        assert scene.background in other
        largest = max(scene.things, key=lambda thing: thing.area).noun
        assert any(form in said for form in forms(largest))
        names = {thing.noun for thing in scene.things}
        other_background = scene.background not in wrong
        strangers = [noun.name for noun in NOUNS if noun.name not in names and f" {noun.name}" in f" {wrong}"]
        assert other_background or strangers, (said, wrong)


def test_questions_have_true_answers_and_held_out_wordings_stay_apart() -> None:
    random = np.random.default_rng(2)
    kinds: Counter[str] = Counter()
    asked: dict[bool, set[str]] = {False: set(), True: set()}
    for seed in range(150):
        scene = make_scene(seed, "val")
        thing = scene.things[0]
        for held_out in (False, True):
            one, whole = about_thing(thing, random, held_out), about_scene(scene, random, held_out)
            kinds.update((one.kind, f"scene {whole.kind}"))
            asked[held_out] |= {one.question, whole.question}
            if one.kind == "what":
                assert one.answer == thing.noun
            if whole.kind == "size":
                (meant,) = [t for t in scene.things if t.noun in whole.question and t.size == whole.answer][:1]
                assert len(scene.find(meant.noun)) >= 1
            if whole.question.startswith("is there a "):
                read = canonical(whole.question.removeprefix("is there a ").rstrip("?"))
                assert read is not None
                assert whole.answer == ("yes" if any(describes(read, t) for t in scene.things) else "no")
    assert {"what", "colour", "yes-no", "scene size", "scene place", "scene yes-no"} <= set(kinds)
    seen, kept = (set().union(*table.values()) for table in (questions._WORDINGS, questions._HELD_OUT))
    assert not seen & kept
    assert not asked[False] & asked[True]


class _Parts(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.model = nn.ModuleDict(
            {name: nn.Linear(1, 1) for name in ("language_model", "multi_modal_projector", "vision_tower")}
        )


@pytest.mark.parametrize(
    ("fresh", "progress", "stage", "learning"),
    [
        (True, 0.0, "language", {"language_model"}),
        (True, 0.1, "projector", {"multi_modal_projector"}),
        (False, 0.0, "projector", {"multi_modal_projector"}),
        (False, 0.5, "questions", {"language_model", "multi_modal_projector"}),
        (True, 1.0, "questions", {"language_model", "multi_modal_projector"}),
    ],
)
def test_each_stage_trains_its_parts_and_never_the_tower(
    fresh: bool, progress: float, stage: str, learning: set[str]
) -> None:
    stages, parts = Stages(fresh), _Parts()
    assert stages.at(progress) == stage
    freeze(parts, stage)
    assert {name.split(".")[1] for name, p in parts.named_parameters() if p.requires_grad} == learning


def test_regions_are_fitted_into_their_square_without_stretching() -> None:
    image = np.full((60, 100, 3), 200, np.uint8)
    square = cut(image, (10, 10, 90, 30), side=32)
    assert square.shape == (32, 32, 3)
    assert (square[12:20] == 200).all()
    assert (square[:12] == 127).all()
    assert (square[20:] == 127).all()
    assert cut(image, (40, 20, 41, 21)).shape == (32, 32, 3)
