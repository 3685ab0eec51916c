"""The embedded student base: ordinary loading, a vision tower that is taken over, training, a preset that names it."""

import re
from pathlib import Path

import pytest
import torch
from PIL import Image
from transformers import AutoModelForZeroShotObjectDetection

from distill.checkpoints import load_base, load_trained
from distill.dataset import load
from distill.example import SUFFIXES, prompt
from distill.samples import Collator, samples_of
from distill.seeing import KEPT, look, tower_of
from distill.shipping import ship
from distill.student import StudentSize, build_student
from distill.train import TrainSettings, train
from distill.trainable import TrainError
from models.embedded.company import LOUD
from models.embedded.gallery import gallery_item
from models.embedded.regions import GROUND, PLACE, THERE, SightRegionsModel, picture_sizes
from models.folding import fold_norms
from models.loading import WEIGHTS, CheckpointError, load_model
from models.pointing import POINTER
from models.presets import Kit, PresetError, load_preset
from models.requests import Ask
from models.student import CONFIDENCE, Student
from models.vlm import Vlm
from tests.models import tiny

SMALL = StudentSize(regions=6, ground=2, width=64, layers=2, heads=2, vocabulary=400)
TEXTS = ["How many circles are there? There are 2 circles: [3, 14, 15, 92]. So the answer is 2."] * 20


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("student")
    model, processor = build_student(TEXTS, SMALL)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def test_it_loads_as_any_checkpoint(base: Path):
    vlm = Vlm.load(base, torch.device("cpu"), torch.float32, max_new_tokens=4)
    answers = vlm.run([Ask(tiny.picture(seed).whole, "How many circles are there?") for seed in (1, 2)])
    assert all(isinstance(answer, str) for answer in answers)
    inputs = vlm.processor(text="<user><image>Hi<assistant>", images=tiny.picture().image, return_tensors="pt")
    places = inputs["input_ids"] == vlm.model.config.image_token_index
    assert int(places.sum()) == SMALL.regions + SMALL.ground**2 == 10


def test_its_tokenizer_writes_anything_and_digit_by_digit(base: Path):
    _, processor = load_base(base)
    tokenizer = processor.tokenizer
    for text in (TEXTS[0], "Ünïcode: 3.14 — yes!\n\tnew line", "A  B"):
        assert tokenizer.decode(tokenizer(text)["input_ids"], skip_special_tokens=True) == text
    assert len(tokenizer("1492", add_special_tokens=False)["input_ids"]) == 4
    assert len(tokenizer(" circles", add_special_tokens=False)["input_ids"]) == 1
    for suffix in SUFFIXES.values():
        assert len(tokenizer(f"\n{suffix}", add_special_tokens=False)["input_ids"]) == 1


def test_the_tower_sees_as_the_detector_does(base: Path):
    model, _ = load_base(base)
    tower = model.model.vision_tower
    cpu, detector = torch.device("cpu"), WEIGHTS / "detector"
    detector = load_model(AutoModelForZeroShotObjectDetection, detector, cpu, torch.float32, trainable=True)
    theirs = detector.state_dict()
    assert all(torch.equal(value, theirs[name]) for name, value in tower.named_parameters())
    assert not any(name.startswith("text") for name in tower.state_dict())


def test_a_word_begins_where_its_thing_is(base: Path):
    """Of the words for what may be seen, the right ones are nearest to the tokens of a picture, before any training."""
    item = gallery_item("farm")
    texts = [*TEXTS, " cow pig horse sheep chicken axe taxi violin pizza castle rocket"]
    model, processor = build_student(texts, StudentSize(regions=12, width=192, layers=1, vocabulary=800))
    pixels = processor.image_processor(Image.open(item.path).convert("RGB"), return_tensors="pt")["pixel_values"]
    seen = {thing.noun for thing in item.scene.things}
    words = {word: processor.tokenizer.encode(f" {word}", add_special_tokens=False) for word in texts[-1].split()}
    known = {word: ids[0] for word, ids in words.items() if len(ids) == 1}
    with torch.inference_mode():
        tower = model.model.vision_tower(pixels)
        things = model.model.multi_modal_projector(tower.last_hidden_state)[0]
        read = model.get_input_embeddings().weight[list(known.values())]
    looks = things.shape[1] - PLACE
    alike = torch.nn.functional.cosine_similarity(things[:12, None, :looks], read[None, :, :looks], dim=-1).amax(0)
    there = [value for value, word in zip(alike.tolist(), known, strict=True) if word in seen]
    absent = [value for value, word in zip(alike.tolist(), known, strict=True) if word not in seen]
    assert min(len(there), len(absent)) >= 3
    assert sum(there) / len(there) > sum(absent) / len(absent) + 0.2


def test_the_same_texts_and_seed_give_the_same_student(base: Path):
    model, processor = build_student(TEXTS, SMALL)
    again, other = build_student(TEXTS, SMALL)
    assert all(torch.equal(value, again.state_dict()[name]) for name, value in model.state_dict().items())
    assert processor.tokenizer.get_vocab() == other.tokenizer.get_vocab()


def test_a_pointer_begins_as_the_number_of_its_thing(base: Path):
    model, processor = load_base(base, "float32")
    pointers = [POINTER.format(number + 1) for number in range(SMALL.regions)]
    ids = processor.tokenizer(" ".join(pointers), add_special_tokens=False)["input_ids"]
    assert processor.tokenizer.convert_ids_to_tokens(ids) == pointers
    projector, count = model.model.multi_modal_projector, SMALL.regions
    told = torch.zeros(count + 1, projector.linear_1.weight.shape[1])
    told[:count, -count:] = LOUD * torch.eye(count)
    with torch.inference_mode():
        *numbers, nothing = projector(told)
    words = model.get_input_embeddings().weight[ids]
    alike = torch.nn.functional.cosine_similarity((torch.stack(numbers) - nothing)[:, None], words[None], dim=-1)
    assert alike.argmax(1).tolist() == list(range(count))
    assert alike.diagonal().min() > 0.9


def test_padding_is_known_by_its_zeros(base: Path):
    _, processor = load_base(base)
    wide, tall = Image.new("RGB", (200, 100)), Image.new("RGB", (100, 200), (127, 127, 127))
    pixels = processor.image_processor([wide, tall], return_tensors="pt")["pixel_values"]
    assert picture_sizes(pixels).tolist() == [[160, 320], [320, 160]]


def test_pictures_without_things_and_with_too_many_give_as_many_tokens(base: Path):
    model, processor = load_base(base)
    tower = model.model.vision_tower
    assert isinstance(tower, SightRegionsModel)
    shown = [Image.new("RGB", (64, 64), (200, 220, 255)), Image.open(gallery_item("traffic").path).convert("RGB")]
    pixels = processor.image_processor(shown, return_tensors="pt")["pixel_values"]
    with torch.inference_mode():
        tokens = tower(pixels).last_hidden_state
        again = tower(tokens).last_hidden_state
    assert tokens.shape == (2, SMALL.regions + 4, tower.config.hidden_size)
    assert torch.equal(tokens, again)
    seen, known = tokens[..., : tower.config.seen_size], tokens[..., tower.config.seen_size :]
    assert seen[1, : SMALL.regions, THERE].tolist() == [1.0] * SMALL.regions
    assert seen[:, SMALL.regions :, GROUND].eq(1).all()
    assert known[1, : SMALL.regions].any(1).all()
    assert not known[:, SMALL.regions :].any()


@pytest.mark.parametrize("blind", [False, True])
def test_a_frozen_tower_looks_once_and_the_losses_are_the_same(
    blind: bool, base: Path, dataset_folder: Path, tmp_path: Path
):
    model, processor = load_base(base)
    assert tower_of(model) is None
    model.model.vision_tower.requires_grad_(False)
    rows = load(dataset_folder)
    looked = look(model, processor, [rows["train"]], blind, tmp_path)
    assert look(model, processor, [rows["train"]], blind, tmp_path).keys() == looked.keys()
    assert all(("x" in name) is blind for name in looked)
    assert len(looked) == 6
    kept = (tmp_path / KEPT).stat().st_mtime_ns
    collator = Collator(processor, "llava")
    targets = ("answer", "rationale")
    batches = []
    for seen in (looked, None):
        samples = samples_of(rows["train"], targets, blind, seen)
        batches.append(collator([samples[place] for place in (0, 1, 2, 3)]))
    with torch.inference_mode():
        one, other = ({k: v for k, v in batch.items() if k != "target"} for batch in batches)
        assert torch.equal(one["input_ids"], other["input_ids"])
        assert float(model(**one).loss) == pytest.approx(float(model(**other).loss), rel=2e-3)
    assert (tmp_path / KEPT).stat().st_mtime_ns == kept


def test_a_completion_points_at_what_the_tower_sees(base: Path, dataset_folder: Path, tmp_path: Path):
    model, processor = load_base(base)
    model.model.vision_tower.requires_grad_(False)
    rows = load(dataset_folder)["train"]
    looked = look(model, processor, [rows], False, tmp_path)
    texts = {at: row["messages"][-1]["content"] for at, row in enumerate(rows) if row["target"] == "rationale"}
    place, text = next((at, text) for at, text in texts.items() if "[" in text)
    told = re.search(r"\[(\d+), (\d+), (\d+), (\d+)\]", text)
    assert told is not None
    box = torch.tensor([[int(side) / 100 for side in told.groups()]])
    samples = samples_of(rows, ("rationale",), False, looked, lambda tokens: [box] * len(tokens))
    written = samples_of(rows, ("rationale",), False, looked)
    at = samples.with_format(None)["row"][:].index(place)
    assert written[at]["completion"][0]["content"][0]["text"] == text
    assert samples[at]["completion"][0]["content"][0]["text"] == text.replace(told[0], "<thing 1>")
    assert samples[at]["prompt"] == written[at]["prompt"]


@pytest.mark.parametrize("lora", [4, 0])
def test_it_is_trained_as_any_model(lora: int, base: Path, dataset_folder: Path, tmp_path: Path):
    settings = TrainSettings(str(base), lora=lora, frozen=("vision_tower",), steps=5, batch=4, rate=0.01)
    found = train(dataset_folder, tmp_path, settings)
    assert found.steps == 5
    untrained = load_base(base)[0]
    fold_norms(untrained)
    before, after = untrained.state_dict(), load_trained(tmp_path)[0].state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert any("language_model" in name for name in changed)
    assert not any("vision_tower" in name for name in changed)  # its running statistics neither


def test_it_may_keep_a_share_of_its_base(base: Path, dataset_folder: Path, tmp_path: Path):
    found = {}
    for share in (0.0, 0.25):
        settings = TrainSettings(str(base), lora=0, frozen=("vision_tower",), steps=2, batch=4, rate=0.01, keep=share)
        train(dataset_folder, tmp_path / str(share), settings)
        found[share] = load_base(tmp_path / str(share) / "model")[0].state_dict()
    before = load_base(base)[0].state_dict()
    for name, value in before.items():
        if value.is_floating_point():
            torch.testing.assert_close(found[0.25][name], 0.75 * found[0.0][name] + 0.25 * value, atol=1e-6, rtol=1e-5)
    with pytest.raises(TrainError, match="lora 0"):
        train(dataset_folder, tmp_path / "no", TrainSettings(str(base), keep=0.5))


def test_a_preset_may_name_it(base: Path, tmp_path: Path):
    file = tmp_path / "mine.yaml"
    file.write_text(f"extends: embedded\nstudent:\n  checkpoint: {base}\n  max_new_tokens: 4\n")
    kit = Kit(load_preset(file), "cpu")
    assert "student" not in kit  # programs cannot ask it
    (state,) = (state for state in kit.describe() if state.role == "student")
    assert state.found
    student = kit.student()
    assert student.prompt == "{}\nAnswer with a single word or phrase."
    assert student.prompt.format("Why?") == prompt("Why?", "answer", pictures=0)
    assert isinstance(student.run([Ask(tiny.picture().whole, "How many circles are there?")])[0], str)
    with pytest.raises(PresetError, match="mine has no student"):
        Kit(load_preset(_without(tmp_path)), "cpu").student()


def test_it_ships_without_the_detectors_weights(base: Path, tmp_path: Path):
    (base / CONFIDENCE).write_text('{"threshold": 0.5}')
    bytes_of = ship(base, tmp_path / "ships")
    (base / CONFIDENCE).unlink()
    assert bytes_of < (base / "model.safetensors").stat().st_size / 2
    one, two = (load_base(folder)[0].state_dict() for folder in (base, tmp_path / "ships"))
    assert all(torch.equal(value.half(), two[name].half()) for name, value in one.items())
    student = Student.load(tmp_path / "ships", torch.device("cpu"), torch.float32)
    assert student.threshold == 0.5


def test_one_with_a_tower_of_its_own_does_not_ship_so(base: Path, tmp_path: Path):
    model, processor = load_base(base)
    with torch.no_grad():
        next(model.model.vision_tower.parameters()).add_(1)
    model.save_pretrained(tmp_path / "own")
    processor.save_pretrained(tmp_path / "own")
    with pytest.raises(CheckpointError, match="ships whole"):
        ship(tmp_path / "own", tmp_path / "ships")


def _without(folder: Path) -> Path:
    (folder / "none").mkdir()
    file = folder / "none" / "mine.yaml"
    file.write_text("extends: embedded\nstudent: null\n")
    return file
