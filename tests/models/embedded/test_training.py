"""Training of the embedded specialists: words that are added, captions, questions, stages. No art is needed."""

import itertools
import multiprocessing
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from transformers import AutoModel, PreTrainedTokenizerFast, VisionTextDualEncoderModel

import models.embedded.architectures  # noqa: F401
from models.embedded.clip import LONGEST_TEXT, brought_up, build_clip, save_processor
from models.embedded.phrases import build_tokenizer, world_words
from models.embedded.training import clip, questions
from models.embedded.training.captions import caption, wrong_caption
from models.embedded.training.clip import cut
from models.embedded.training.questions import Asked, about_scene, about_thing, question_words, teach_scene
from models.embedded.training.scenes import Replay, Sample, any_spec, cells
from models.embedded.training.sheets import mixed, sheets
from models.embedded.training.start import Start, grown, grown_embedding
from models.embedded.training.timed import save, train_only
from models.embedded.training.vlm import Batches, Stages, freeze, grid_alone
from models.embedded.vlm import answer_tokenizer, vlm_processor
from models.embedded.world.art import Art
from models.embedded.world.lexicon import NOUNS, canonical, describes, forms
from models.embedded.world.render import Rendered
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
                read = canonical(whole.question.removeprefix("is there a ").rstrip("?").removesuffix(" in the image"))
                assert read is not None
                assert whole.answer == ("yes" if any(describes(read, t) for t in scene.things) else "no")
    assert {"what", "colour", "yes-no", "scene size", "scene place", "scene yes-no"} <= set(kinds)
    seen, kept = (set().union(*table.values()) for table in (questions._WORDINGS, questions._HELD_OUT))
    assert not seen & kept
    assert not asked[False] & asked[True]


def test_made_up_wordings_say_no_telling_word_of_the_held_out_ones() -> None:
    random = np.random.default_rng(4)
    scene = make_scene(3, "train")
    said = {caption(scene, random) for _ in range(400)}
    kept = {"you", "can", "see", "drawing", "background"}
    assert not kept & {word for one in said for word in re.findall(r"\w+", one)}
    assert len({re.sub(r"\b(a|the|in|on|at)\b|[^\w]", "", one)[:12] for one in said}) > 150  # no handful of wordings


def test_a_tower_that_looks_once_teaches_the_same() -> None:
    """The losses of a batch are the same whether the model sees pixels or what its tower has told of them."""
    torch.manual_seed(0)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(WEIGHTS / "clip")
    model = VisionTextDualEncoderModel.from_pretrained(WEIGHTS / "clip").eval()
    shown = []
    for seed, wholes in ((1, 1), (2, 0), (3, 1)):
        scene = make_scene(seed, "train")
        many = len(scene.things)
        cuts, whole = (
            torch.randint(0, 256, shape, dtype=torch.uint8) for shape in ((many, 32, 32, 3), (wholes, 192, 192, 3))
        )
        at = torch.randint(0, 576, (2 * wholes,))
        shown.append(clip.Shown(scene, cuts, whole, at, torch.arange(2 * wholes)))
    looked = [clip._looked(model.vision_model, one) for one in shown]
    assert [one.cells.shape for one in looked] == [(2, 256), (0, 256), (2, 256)]
    pixels, vectors = (
        clip.losses(model, clip.Batches(Art({}), 5, tokenizer).batch(some), 0.5) for some in (shown, looked)
    )
    assert pixels.keys() == vectors.keys()
    for name in pixels:
        assert torch.allclose(pixels[name], vectors[name], atol=2e-3, rtol=1e-3), name


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
        (False, 0.5, "questions", {"language_model", "multi_modal_projector", "vision_tower"}),
        (True, 1.0, "questions", {"language_model", "multi_modal_projector", "vision_tower"}),
    ],
)
def test_each_stage_trains_its_parts(fresh: bool, progress: float, stage: str, learning: set[str]) -> None:
    stages, parts = Stages(fresh), _Parts()
    assert stages.at(progress) == stage
    freeze(parts, stage)
    assert {name.split(".")[1] for name, p in parts.named_parameters() if p.requires_grad} == learning


def test_worker_processes_see_which_stage_is_on() -> None:
    stages, fork = Stages(fresh=True), multiprocessing.get_context("fork")
    asked, told = fork.Queue(), fork.Queue()

    def work() -> None:
        while asked.get():
            told.put(stages.now)

    worker = fork.Process(target=work)
    worker.start()
    seen = []
    for progress in (0.0, 0.08, 1.0):
        stages.at(progress)
        asked.put(True)
        seen.append(told.get(timeout=20))
    asked.put(False)
    worker.join(20)
    assert seen == ["language", "projector", "questions"]


def test_scenes_are_shown_again_at_other_moments_and_then_given_up() -> None:
    drawn = iter(range(10_000))
    replay = Replay(drawn, 3, np.random.default_rng(0))  # type: ignore[arg-type]
    batches = [replay.take(12) for _ in range(60)]
    counts = Counter(one for batch in batches for one in batch)
    assert all(len(set(batch)) == 12 for batch in batches)
    assert max(counts.values()) == 3
    assert len(counts) == pytest.approx(60 * 12 / 3, rel=0.15)
    once = Replay(iter(range(100)), 1, np.random.default_rng(0))  # type: ignore[arg-type]
    assert [once.take(5), once.take(5)] == [list(range(5)), list(range(5, 10))]


def test_a_fifth_of_the_pictures_are_plain_sheets() -> None:
    plain = Rendered(make_scene(1, "val"), np.zeros((9, 9, 3), np.uint8), np.zeros((9, 9), np.int16))
    scenes = itertools.repeat(Sample(plain.scene, plain.image, plain))
    some = list(itertools.islice(mixed(scenes, 3), 500))
    assert 0.15 < np.mean([sample.scene.background == "plain" for sample in some]) < 0.25
    assert all(sample.things for sample in some)


def test_cells_lie_where_the_fitted_picture_shows_the_things() -> None:
    for sample in itertools.islice(sheets(5), 40):
        height, width = sample.image.shape[:2]
        grid = cells(sample, 128)
        owners = np.repeat((sample.rendered.owner + 2).astype(np.uint8)[..., None], 3, 2)
        shown = cut(owners, (0, 0, width, height), 128)[..., 0].astype(int)
        middles = shown[4::8, 4::8]
        clear = (np.abs(shown[3::8, 3::8] - middles) + np.abs(shown[5::8, 5::8] - middles)) == 0  # no edge is there
        beside = middles == 127
        assert np.mean((grid == -2) == beside) > 0.9  # its edge may lie in the middles of a row of cells
        both = clear & ~beside & (grid != -2)
        assert np.mean(grid[both] == middles[both] - 2) > 0.95


def test_questions_of_a_training_have_true_answers() -> None:
    random = np.random.default_rng(4)
    kinds: Counter[str] = Counter()
    scenes = [make_scene(seed, "val") for seed in range(80)]
    scenes += [sample.scene for sample in itertools.islice(sheets(6), 80) if sample.things]
    for scene in scenes:
        for _ in range(8):
            asked = teach_scene(scene, random)
            kinds[asked.kind] += 1
            words = asked.question.rstrip("?")
            if asked.kind == "count":
                name = re.sub(r".*(?:how many|number of|count the) ", "", words)
                name = re.sub(r" (are there|can you see|does the picture show|are in the image)$", "", name)
                assert len(scene.find(name)) == int(asked.answer), asked
            elif asked.kind == "colour":
                assert asked.answer in {t.colour or questions.UNSURE_COLOUR for t in scene.things}
            elif asked.kind == "kind":
                assert scene.find(asked.answer)
            elif asked.kind == "place":
                assert scene.background != "plain"
    assert set(kinds) == {"place", "yes-no", "size", "caption", "colour", "kind", "count"}


@pytest.mark.parametrize("word", ["yo-yo", "a red t-shirt", "four-leaf clover", "no"])
def test_what_the_vlm_says_is_spelt_as_words_are(word: str) -> None:
    shipped = PreTrainedTokenizerFast.from_pretrained(WEIGHTS / "vlm")
    for tokenizer in (answer_tokenizer(), shipped):
        assert tokenizer.decode(tokenizer(word, add_special_tokens=False)["input_ids"]) == word


def test_words_of_questions_are_tokens_of_their_own() -> None:
    old = PreTrainedTokenizerFast.from_pretrained(WEIGHTS / "vlm")
    larger, pieces = grown(old, question_words())
    assert len(larger) == len(old) + len(pieces)
    for word in ("size", "place", "background", "setting"):
        assert len(larger(word, add_special_tokens=False)["input_ids"]) == 1, word


def test_a_vlms_rows_are_what_its_processor_makes() -> None:
    start = WEIGHTS / "vlm"
    tokenizer = PreTrainedTokenizerFast.from_pretrained(start)
    batches = Batches(Art.none(), 0, tokenizer, Stages(fresh=False))
    asked = Asked("what", "what is this?", "dog"), Asked("size", "what size is the small cat?", "big")
    rows = batches.encode(list(asked), 16)
    processor = vlm_processor(tokenizer)
    for one, ids, labels in zip(asked, rows["input_ids"].tolist(), rows["labels"].tolist(), strict=True):
        said = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": one.question}]}]
        prompt = processor.apply_chat_template(said, add_generation_prompt=True)
        image = Image.new("RGB", (32, 32))
        wanted = processor(text=[prompt], images=[[image]], return_tensors="pt")["input_ids"][0].tolist()
        assert ids[: len(wanted)] == wanted
        answer = [token for token in labels if token != -100]
        assert tokenizer.decode(answer, skip_special_tokens=True) == one.answer
        assert ids[len(wanted) : len(wanted) + len(answer)] == answer


def test_a_tower_that_gathers_starts_as_the_one_without() -> None:
    old = VisionTextDualEncoderModel.from_pretrained(WEIGHTS / "clip").eval()
    pixels, ids = torch.randn(2, 3, 64, 96), torch.tensor([[5, 6, 7]])
    before = old.get_image_features(pixels).pooler_output, old.get_text_features(ids).pooler_output
    new = brought_up(old).eval()
    assert torch.allclose(new.get_image_features(pixels).pooler_output, before[0], atol=1e-5)
    assert torch.allclose(new.get_text_features(ids).pooler_output, before[1], atol=1e-5)
    assert (
        new.get_text_features(torch.ones(1, LONGEST_TEXT, dtype=torch.long)).pooler_output.shape == before[1][:1].shape
    )
    tower = new.vision_model
    nn.init.normal_(tower.gather.leave.weight)
    assert not torch.allclose(new.get_image_features(pixels).pooler_output, before[0], atol=1e-2)
    assert {name for name in grid_alone(tower.state_dict()) if "gather" in name} == set()


def test_a_clip_that_gathers_is_read_by_the_ordinary_classes(tmp_path: Path) -> None:
    model = build_clip(vocab_size=40).eval()
    nn.init.normal_(model.vision_model.gather.leave.weight)
    save(model, tmp_path)
    save_processor(tmp_path, build_tokenizer(pad_token="[PAD]", model_max_length=24))
    loaded = AutoModel.from_pretrained(tmp_path).eval()
    pixels = torch.randn(2, 3, 32, 32)
    given, made = (m.get_image_features(pixels).pooler_output for m in (loaded, model))
    assert torch.allclose(given, made, atol=0.02 * float(made.detach().abs().max()))
    assert loaded.config.text_config.max_length == LONGEST_TEXT
    assert loaded.config.vision_config.gather_width > 0
    assert PreTrainedTokenizerFast.from_pretrained(tmp_path).model_max_length == LONGEST_TEXT


def test_captions_are_not_cut() -> None:
    tokenizer, random = PreTrainedTokenizerFast.from_pretrained(WEIGHTS / "clip"), np.random.default_rng(5)
    said = [caption(make_scene(seed, "val"), random, held_out=bool(seed % 2)) for seed in range(150)]
    assert max(map(len, tokenizer(said, truncation=False)["input_ids"])) <= LONGEST_TEXT


def test_regions_are_fitted_into_their_square_without_stretching() -> None:
    image = np.full((60, 100, 3), 200, np.uint8)
    square = cut(image, (10, 10, 90, 30), side=32)
    assert square.shape == (32, 32, 3)
    assert (square[12:20] == 200).all()
    assert (square[:12] == 127).all()
    assert (square[20:] == 127).all()
    assert cut(image, (40, 20, 41, 21)).shape == (32, 32, 3)


def test_only_some_parts_learn() -> None:
    model = nn.ModuleDict({"eyes": nn.Linear(2, 2), "words": nn.Linear(2, 2), "still": nn.Linear(2, 2)})
    model["still"].requires_grad_(False)
    train_only(model, ["words", "still"])
    assert [name for name, p in model.named_parameters() if p.requires_grad] == ["words.weight", "words.bias"]
    with pytest.raises(ValueError, match="begins with ears; there are eyes, still, words"):
        train_only(model, ["ears"])
