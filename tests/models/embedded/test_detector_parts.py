"""Parts of the embedded detector: proposals, cut-outs, phrases, post-processing, and training by the clock."""

import itertools
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from models.embedded import architectures  # noqa: F401  (registers the architectures)
from models.embedded.detector import SightDetectorConfig, SightDetectorForObjectDetection, cut_out
from models.embedded.measures import Hits
from models.embedded.phrases import PhraseSampler, build_tokenizer
from models.embedded.processing import SightDetectorProcessor
from models.embedded.proposals import assign, paired_iou, peaks, places, proposal_loss, strongest
from models.embedded.training.timed import Batch, Recipe, TimedTrainer
from models.embedded.world.lexicon import NOUNS, canonical, describes
from models.embedded.world.scene import make_scene


def small_detector() -> SightDetectorForObjectDetection:
    config = SightDetectorConfig(
        vision_config={"widths": [8, 16, 32]},
        text_config={"vocab_size": 2000, "hidden_size": 32},
        projection_dim=24,
        proposal_widths=(8, 16, 16, 16),
        proposal_threshold=0.001,
    )
    torch.manual_seed(0)
    return SightDetectorForObjectDetection(config).eval()


def test_places_near_a_centre_predict_its_box() -> None:
    truth = torch.tensor([[[16.0, 16.0, 80.0, 64.0], [200.0, 100.0, 232.0, 140.0], [0.0, 0.0, 0.0, 0.0]]])
    predicts, index, central = assign(torch.Size((32, 40)), truth, torch.tensor([[True, True, False]]))
    chosen, index, central = predicts[0], index[0, predicts[0]], central[0, predicts[0]]
    centres = places(32, 40, torch.device("cpu")).flatten(0, 1)[chosen]
    middle = ((truth[0, :, :2] + truth[0, :, 2:]) / 2)[index]
    assert set(index.tolist()) == {0, 1}  # what fills a picture up is nobody's
    assert ((centres - middle).abs() <= 16).all()
    assert central.max() <= 1
    assert central.min() > 0.4


def test_a_place_near_two_centres_belongs_to_the_smaller_box() -> None:
    truth = torch.tensor([[[0.0, 0.0, 120.0, 120.0], [48.0, 48.0, 72.0, 72.0]]])
    predicts, index, _ = assign(torch.Size((16, 16)), truth, torch.ones(1, 2, dtype=torch.bool))
    assert predicts[0, 7 * 16 + 7]
    assert index[0, 7 * 16 + 7] == 1


def test_perfect_predictions_cost_least() -> None:
    truth, real = torch.tensor([[[16.0, 16.0, 80.0, 64.0]]]), torch.ones(1, 1, dtype=torch.bool)
    predicts, _, central = assign(torch.Size((16, 16)), truth, real)
    objectness, boxes = torch.full((1, 256), -12.0), torch.zeros(1, 256, 4)
    boxes[predicts] = truth[0, 0]
    objectness[predicts] = torch.logit(central[predicts].clamp(max=0.999))
    right = proposal_loss(objectness.view(1, 16, 16), boxes.view(1, 16, 16, 4), truth, real)
    wrong = proposal_loss(-objectness.view(1, 16, 16), boxes.view(1, 16, 16, 4) + 20, truth, real)
    assert float(right["box"]) < 1e-5
    assert float(wrong["box"]) > 0.1
    assert float(wrong["objectness"]) > 5 * float(right["objectness"])


def test_a_batch_without_things_has_a_loss() -> None:
    objectness = torch.zeros(1, 8, 8, requires_grad=True)
    boxes = torch.zeros(1, 8, 8, 4, requires_grad=True)
    loss = proposal_loss(objectness, boxes, torch.zeros(1, 1, 4), torch.zeros(1, 1, dtype=torch.bool))
    sum(loss.values()).backward()  # type: ignore[union-attr]
    assert objectness.grad is not None
    assert torch.isfinite(objectness.grad).all()


def test_only_local_maxima_are_proposed_best_first() -> None:
    objectness = torch.full((1, 8, 8), -9.0)
    objectness[0, 2, 2], objectness[0, 2, 3], objectness[0, 6, 6] = 1.0, 0.5, 2.0
    boxes = torch.arange(256.0).view(1, 8, 8, 4)
    found, logits = peaks(objectness, boxes, limit=10, threshold=0.1)[0]
    assert logits.tolist() == [2.0, 1.0]
    assert torch.equal(found, torch.stack((boxes[0, 6, 6], boxes[0, 2, 2])))


def test_generalised_iou_of_known_pairs() -> None:
    one = torch.tensor([[0.0, 0.0, 2.0, 2.0]])
    iou, generalised = paired_iou(one, torch.tensor([[1.0, 0.0, 3.0, 2.0]]))
    assert float(iou) == pytest.approx(1 / 3)
    assert float(generalised) == pytest.approx(1 / 3)
    assert float(paired_iou(one, one + 4)[1]) == pytest.approx(8 / 36 - 1)


def test_pictures_with_fewer_peaks_are_filled_up() -> None:
    objectness = torch.full((2, 8, 8), -9.0)
    objectness[0, 2, 2], objectness[1, 1, 1], objectness[1, 5, 5] = 1.0, 2.0, 3.0
    boxes = torch.arange(512.0).view(2, 8, 8, 4)
    found, logits = strongest(objectness, boxes, limit=2, threshold=0.1)
    assert logits.tolist() == [[1.0, -torch.inf], [3.0, 2.0]]
    assert torch.equal(found[1], torch.stack((boxes[1, 5, 5], boxes[1, 1, 1])))


@pytest.mark.parametrize("side", [12.0, 40.0, 150.0])
def test_a_cut_out_shows_its_box_at_one_size(side: float) -> None:
    picture = torch.zeros(1, 3, 224, 256)
    left, top = 60, 40
    picture[:, 0, top : top + int(side), left : left + int(side)] = 1.0
    box = torch.tensor([[left, top, left + side, top + side]])
    crop = cut_out(picture, box, torch.zeros(1, dtype=torch.long), side=32, margin=0.5)
    assert crop.shape == (1, 3, 32, 32)
    inside = crop[0, 0, 10:22, 10:22]
    assert float(inside.mean()) > 0.9
    assert float(crop[0, 0, :6].abs().max()) < 0.3
    assert not crop[0, 1:].any()


def test_a_cut_out_is_what_grid_sampling_gives() -> None:
    """Boxes of several pictures, in any order, over their edges too."""
    torch.manual_seed(0)
    pictures = torch.randn(3, 3, 64, 96)
    centre, half = torch.rand(20, 2) * 90, torch.rand(20, 2) * 7 + 8
    boxes, owners = torch.cat((centre - half, centre + half), 1), torch.arange(20) % 3
    crops = cut_out(pictures, boxes, owners, side=16, margin=0.0)
    for crop, box, owner in zip(crops, boxes, owners, strict=True):
        length, middle = (box[2:] - box[:2]).max(), (box[:2] + box[2:]) / 2
        level = int((length / 16).log2().round().clamp(min=0))
        pixels = torch.nn.functional.avg_pool2d(pictures[owner : owner + 1], 2**level)
        x, y = (
            (middle[axis] + ((torch.arange(16) + 0.5) / 16 - 0.5) * length) * 2 / extent - 1
            for axis, extent in ((0, 96), (1, 64))
        )
        grid = torch.stack((x[None].expand(16, -1), y[:, None].expand(-1, 16)), -1)[None]
        wanted = torch.nn.functional.grid_sample(pixels, grid, align_corners=False)[0]
        assert torch.allclose(crop, wanted, atol=1e-4)


def test_phrases_of_a_batch_are_true_as_the_world_says() -> None:
    things = [thing for seed in range(12) for thing in make_scene(seed).things]
    said = PhraseSampler(3).sample(things)
    assert said.truth.shape == (len(things), len(said.texts))
    assert {canonical(text).name for text in said.texts[: len(NOUNS)]} == {noun.name for noun in NOUNS}  # type: ignore[union-attr]
    number = {True: 1, False: 0, None: -1}
    for column, text in enumerate(said.texts):
        phrase = canonical(text)
        for row, thing in enumerate(things):
            wanted = number[describes(phrase, thing)] if phrase is not None else 0
            assert said.truth[row, column] == wanted, (text, thing)


def test_words_of_the_world_are_tokens_and_others_fall_into_letters() -> None:
    tokenizer = build_tokenizer(pad_token="[PAD]")
    assert tokenizer.tokenize("red cars") == ["red", "cars"]
    assert tokenizer.tokenize("xqz") == ["x", "##q", "##z"]
    assert build_tokenizer(pad_token="[PAD]").get_vocab() == tokenizer.get_vocab()
    assert tokenizer.pad_token_id == 0


def test_detector_answers_in_the_manner_of_owl() -> None:
    model = small_detector()
    processor = SightDetectorProcessor.of(build_tokenizer(pad_token="[PAD]"), model.config.image_size)
    pictures = [
        np.random.default_rng(i).integers(0, 255, size, np.uint8) for i, size in enumerate([(90, 160, 3), (64, 48, 3)])
    ]
    inputs = processor(images=pictures, text=[["red car", "dog"], ["unheard-of thing", "cat"]])
    with torch.inference_mode():
        outputs = model(**inputs)
        kept = model.score(
            model.get_image_features(inputs.pixel_values, inputs.pixel_mask),
            model.get_text_features(inputs.input_ids, inputs.attention_mask).view(2, 2, -1),
        )
    batch, regions, phrases = outputs.logits.shape
    assert (batch, phrases) == (2, 2)
    assert outputs.pred_boxes.shape == (2, regions, 4)
    assert torch.equal(outputs.logits, kept.logits)
    sizes = [(90, 160), (64, 48)]
    results = processor.post_process_grounded_object_detection(
        outputs, threshold=0.0, target_sizes=sizes, text_labels=[["red car", "dog"], ["unheard-of thing", "cat"]]
    )
    for result, (height, width) in zip(results, sizes, strict=True):
        assert len(result["scores"]) == len(result["labels"]) == len(result["boxes"]) == len(result["text_labels"])
        assert (result["scores"].diff() <= 0).all()
        assert (result["boxes"] >= 0).all()
        assert (result["boxes"][:, 2] <= width + 1e-3).all()
        assert (result["boxes"][:, 3] <= height + 1e-3).all()
    with pytest.raises(ValueError, match="target_sizes must have one entry"):
        processor.post_process_grounded_object_detection(outputs, target_sizes=sizes[:1])


def test_doubles_of_a_phrase_are_removed_but_not_those_of_another() -> None:
    processor = SightDetectorProcessor.of(build_tokenizer(pad_token="[PAD]"), 320)
    boxes = torch.tensor([[[0.5, 0.5, 0.2, 0.2], [0.51, 0.5, 0.2, 0.2], [0.1, 0.1, 0.1, 0.1]]])
    logits = torch.tensor([[[2.0, 1.0], [1.5, -5.0], [0.5, -5.0]]])
    outputs = SimpleNamespace(logits=logits, pred_boxes=boxes)
    found = processor.post_process_grounded_object_detection(vars(outputs), threshold=0.5, target_sizes=[(100, 200)])[0]
    assert found["labels"].tolist() == [0, 1, 0]
    assert found["boxes"][0].tolist() == pytest.approx([80, 80, 120, 100])


def test_an_empty_picture_is_no_error() -> None:
    model = small_detector()
    model.config.proposal_threshold = 0.999
    features = model.get_image_features(torch.zeros(2, 3, 64, 64))
    assert features.objectness_logits is not None
    assert float(features.objectness_logits.max()) == -100
    scores = model.score(features, torch.randn(3, 25)).logits
    assert scores is not None
    assert float(scores.sigmoid().max()) < 1e-6


def test_average_precision_of_known_detections() -> None:
    hits = Hits()
    hits.add([((0, 0, 10, 10), 0.9), ((0, 0, 9, 10), 0.8), ((50, 50, 60, 60), 0.7)], [(0, 0, 10, 10), (50, 50, 60, 60)])
    assert hits.right == [True, False, True]
    assert hits.average_precision() == pytest.approx(0.5 + 0.5 * 2 / 3)
    unsure = Hits()
    unsure.add([((0, 0, 10, 10), 0.9)], [], unsure=[(0, 0, 10, 10)])
    assert unsure.right == []


def toy(exported: list[dict[str, object]]) -> Recipe:
    torch.manual_seed(0)
    model = nn.Linear(4, 1)

    def batches():  # type: ignore[no-untyped-def]
        while True:
            x = torch.randn(16, 4)
            yield {"x": x, "y": x.sum(1, keepdim=True)}

    class Endless:
        def __iter__(self):  # type: ignore[no-untyped-def]
            return batches()

    return Recipe(
        model,
        Endless(),
        lambda net, batch, progress: {"error": (net(batch["x"]) - batch["y"]).float().square().mean()},
        lambda net, record: exported.append({**record, "weight": net.weight.detach().clone()}),  # type: ignore[union-attr]
        rate=0.05,
    )


def test_training_by_the_clock_stops_exports_and_goes_on(tmp_path: Path) -> None:
    exported: list[dict[str, object]] = []
    TimedTrainer(toy(exported), tmp_path, minutes=3 / 60).run()
    first = exported[-1]
    assert int(first["steps"]) > 20  # type: ignore[call-overload]
    assert len(list(tmp_path.glob("checkpoint-*"))) == 1
    losses = [json.loads(line)["error"] for line in (tmp_path / "curve.jsonl").read_text().splitlines()]
    assert losses[-1] < 0.5 * losses[0]

    resumed = toy(exported)
    resumed.model.weight.data.fill_(9.0)  # type: ignore[union-attr, operator]
    trainer = TimedTrainer(resumed, tmp_path, minutes=6 / 60)
    trainer.run()
    assert float((resumed.model.weight - 1).abs().max()) < 0.5  # type: ignore[union-attr, operator]
    assert trainer.clock.before >= 3  # the time spent before counts
    assert int(exported[-1]["steps"]) > int(first["steps"])  # type: ignore[call-overload]

    again: list[dict[str, object]] = []
    other = TimedTrainer(toy(again), tmp_path, minutes=6 / 60)
    other.keeper.export_snapshot()
    assert torch.equal(again[0]["weight"], exported[-1]["weight"])  # type: ignore[arg-type]


def test_worker_processes_make_batches_of_their_own_seeds(tmp_path: Path) -> None:
    recipe = toy([])
    with pytest.raises(ValueError, match="without workers"):
        TimedTrainer(recipe, tmp_path, minutes=1, workers=2)
    seen: set[int] = set()

    def seeded(seed: int):  # type: ignore[no-untyped-def]
        return itertools.repeat({"x": torch.ones(2, 4), "y": torch.ones(2, 1), "seed": torch.tensor(seed)})

    def losses(net: nn.Module, batch: Batch, progress: float) -> dict[str, torch.Tensor]:
        seen.add(int(batch["seed"]))
        return {"error": (net(batch["x"]) - batch["y"]).square().mean()}

    recipe = replace(recipe, seeded=seeded, losses=losses)
    TimedTrainer(recipe, tmp_path, minutes=1, steps=6, workers=2, seed=70).run()
    assert seen == {70, 71}


class Tied(nn.Module):
    """One weight under two names, as a decoder's words and its head."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Linear(4, 1)
        self.head = self.words

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(x)  # type: ignore[no-any-return]


def test_snapshots_hold_tied_weights(tmp_path: Path) -> None:
    recipe = replace(toy([]), model=Tied(), export=lambda net, record: None)
    TimedTrainer(recipe, tmp_path, minutes=1 / 60).run()
    again = TimedTrainer(replace(recipe, model=Tied()), tmp_path, minutes=2 / 60)
    assert again.resume
    again.run()
    assert float((again.recipe.model.words.weight - 1).abs().max()) < 0.5  # type: ignore[union-attr, operator]


def test_exporting_without_a_snapshot_is_said(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="there is no snapshot"):
        TimedTrainer(toy([]), tmp_path, minutes=1).keeper.export_snapshot()
