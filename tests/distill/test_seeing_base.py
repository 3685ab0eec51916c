"""The embedded VLM as a student's base: it can write what it is taught, sees whole pictures, and is trained as any."""

from pathlib import Path

import pytest
import torch

from distill import seeing_base
from distill.answering import same
from distill.checkpoints import load_base, load_trained
from distill.config import SEEING
from distill.dataset import load
from distill.respondent import Respondent
from distill.samples import Collator, samples_of
from distill.seeing import look
from distill.seeing_base import build_seeing_base, seeing_base_for
from distill.statements import conclusion, statements
from distill.train import TrainSettings, train
from models.embedded.vlm import WHOLE
from models.folding import fold_norms
from models.loading import load_processor, locate
from tests.models import tiny

RATIONALE = (
    "There are 2 t-shirts: [3, 14, 15, 92], [65, 35, 89, 100]. In picture 2, the t-shirt [3, 14, 15, 92] is not dark "
    "blue. So the answer is 1.5."
)


@pytest.fixture(scope="module")
def base(dataset_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeing")
    model, processor = seeing_base_for(dataset_folder)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def test_it_writes_what_it_is_taught(base: Path, dataset_folder: Path):
    tokenizer = load_base(base)[1].tokenizer

    def written(text: str) -> str:
        return tokenizer.decode(tokenizer(text, add_special_tokens=False)["input_ids"])

    assert written(RATIONALE) == RATIONALE.lower()
    assert statements(written(RATIONALE)) == [text.lower() for text in statements(RATIONALE)]
    assert conclusion(written(RATIONALE)) == "1.5"
    assert same(written("[3, 14, 15, 92]"), "[3, 14, 15, 92]")
    for row in load(dataset_folder)["train"].select_columns(["messages"]):
        text = row["messages"][-1]["content"]
        assert written(text) == text.lower()
    assert written('quxblorf & (50%) <"a/b">') != ""
    assert tokenizer.unk_token not in written('quxblorf & (50%) <"a/b">; $3 #x ~ _')
    assert len(tokenizer("[3, 14, 15, 92]", add_special_tokens=False)["input_ids"]) == 9


def test_frequent_words_become_tokens_and_old_ones_stay():
    model, processor = build_seeing_base(["The wobblegong is gone."] * seeing_base.FREQUENT + ["A rarebit."])
    before = load_processor(locate(SEEING)).tokenizer
    after = processor.tokenizer
    assert all(after.get_vocab()[token] == id for token, id in before.get_vocab().items())
    assert len(after("wobblegong", add_special_tokens=False)["input_ids"]) == 1
    assert len(after("rarebit", add_special_tokens=False)["input_ids"]) > 1
    words = model.get_input_embeddings().weight
    assert len(words) == len(after) == model.config.get_text_config().vocab_size
    pieces = before("wobblegong", add_special_tokens=False)["input_ids"]
    assert torch.equal(words[after.get_vocab()["wobblegong"]], words[pieces].mean(0))
    assert model.get_output_embeddings().weight is words


def test_it_sees_whole_pictures_and_has_room_for_several():
    model, processor = build_seeing_base(["How many?"], pictures=3)
    pictures = [tiny.picture(seed).image for seed in (1, 2, 3)]
    inputs = processor(text="<image>" * 3, images=[pictures], return_tensors="pt")
    assert inputs["pixel_values"].shape[-2:] == (WHOLE, WHOLE)
    assert int((inputs["input_ids"] == model.config.image_token_index).sum()) == 3 * model.config.image_seq_length
    assert model.config.get_text_config().max_position_embeddings >= 3 * model.config.image_seq_length + 4


def test_before_any_training_it_answers(base: Path):
    (reply,) = Respondent.load(base).say([("what colour is it?", [tiny.picture().image])], "answer")
    assert reply.text
    assert 0 < reply.confidence <= 1


def test_its_frozen_tower_looks_once_and_the_losses_are_the_same(base: Path, dataset_folder: Path, tmp_path: Path):
    model, processor = load_base(base)
    model.model.vision_tower.requires_grad_(False)
    rows = load(dataset_folder)["train"]
    looked = look(model, processor, [rows], False, tmp_path)
    assert {tuple(tokens.shape) for tokens in looked.values()} == {(256, model.config.vision_config.hidden_size)}
    losses = []
    for seen in (looked, None):
        samples = samples_of(rows, ("answer", "rationale"), False, seen)
        batch = Collator(processor, "llava")([samples[place] for place in (0, 1, 2)])
        with torch.inference_mode():
            losses.append(float(model(**{key: value for key, value in batch.items() if key != "target"}).loss))
    assert losses[0] == pytest.approx(losses[1], rel=2e-3)


def test_it_is_trained_as_any_model(base: Path, dataset_folder: Path, tmp_path: Path):
    settings = TrainSettings(str(base), lora=0, frozen=("vision",), steps=2, batch=2, rate=1e-3)
    found = train(dataset_folder, tmp_path, settings)
    assert found.steps == 2
    untrained = load_base(base)[0]
    fold_norms(untrained)
    before, after = untrained.state_dict(), load_trained(tmp_path)[0].state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert any("language_model" in name for name in changed)
    assert not any("vision_tower" in name for name in changed)
