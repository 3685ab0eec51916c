"""The embedded inpainting pipeline: its two modules, what they are taught, and that it loads as any other does."""

from pathlib import Path

import numpy as np
import pytest
import torch

from models.embedded.inpaint import SHARE, TEMPLATE, SightCodec, build_modules, build_tokenizer, put, save_pipeline
from models.inpaint import Inpainter
from models.picture import Picture
from models.requests import Inpaint


def test_the_codec_keeps_what_blocks_have_in_common() -> None:
    random = np.random.default_rng(0)
    coarse = torch.from_numpy(random.uniform(-1, 1, (2, 3, 4, 4))).float()
    smooth = torch.nn.functional.interpolate(coarse, size=(64, 64), mode="bilinear")
    codec = SightCodec()
    codec.fit(smooth)
    latents = codec.encode(smooth).latents
    assert latents.shape == (2, 4, 32, 32)
    with torch.no_grad():
        lost = (codec(smooth).sample - smooth).abs().mean()
    assert lost < 0.2 * smooth.abs().mean()


@pytest.mark.parametrize(
    ("box", "aspect"), [((8, 8, 24, 24), 1.0), ((4, 10, 28, 22), 2.0), ((10, 4, 22, 28), 1.0), ((0, 0, 32, 32), 0.5)]
)
def test_templates_are_put_where_the_mask_is(box: tuple[int, int, int, int], aspect: float) -> None:
    x1, y1, x2, y2 = box
    mask = torch.zeros(1, 32, 32)
    mask[0, y1:y2, x1:x2] = 1
    look = torch.zeros(1, 4, TEMPLATE, TEMPLATE)
    wide, high = round(TEMPLATE * min(1, aspect)), round(TEMPLATE * min(1, 1 / aspect))
    left, top = (TEMPLATE - wide) // 2, (TEMPLATE - high) // 2
    look[:, :, top : top + high, left : left + wide] = 1
    placed = put(look, mask, torch.tensor([np.log(aspect)]).float())[0, 0] > 0.5
    assert not (placed & (mask[0] == 0)).any()
    scale = SHARE * min((x2 - x1) / min(1, aspect), (y2 - y1) / min(1, 1 / aspect))
    expected = scale**2 * min(1, aspect) * min(1, 1 / aspect)
    assert abs(int(placed.sum()) - expected) < 0.25 * expected


def test_words_of_the_world_are_one_token_each() -> None:
    tokenizer = build_tokenizer()
    assert tokenizer.tokenize("a red ice cream") == ["a</w>", "red</w>", "ice</w>", "cream</w>"]
    assert len(tokenizer("an unheard-of gizmo", padding="max_length", truncation=True).input_ids) == 12


def test_it_loads_as_any_other_inpainting_checkpoint(tmp_path: Path) -> None:
    tokenizer = build_tokenizer()
    save_pipeline(build_modules(tokenizer), tokenizer, tmp_path)
    inpainter = Inpainter.load(tmp_path, torch.device("cpu"), torch.float32, side=64, steps=2, guidance=1.0)
    mask = np.zeros((50, 70), bool)
    mask[10:40, 20:60] = True
    picture = Picture.from_image(np.full((50, 70, 3), 90, np.uint8))
    [result] = inpainter.run([Inpaint(picture, mask, "a dog")])
    assert isinstance(result, Picture)
    assert (np.asarray(result.image)[~mask] == 90).all()
    assert sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file()) < 8_000_000


def test_a_batch_of_the_training_and_its_losses(tmp_path: Path) -> None:
    from models.embedded.training.inpaint import recipe
    from models.embedded.world.art import Art, ArtError

    try:
        art = Art.load()
    except ArtError:
        pytest.skip("the art of the picture-book world is not prepared")
    made = recipe(art, tmp_path / "inpaint", seed=1)
    batch = next(iter(made.batches))
    losses = made.losses(made.model, batch, 0.0)
    assert all(torch.isfinite(loss) for loss in losses.values())
    sum((loss for name, loss in losses.items() if not name.startswith("_")), torch.zeros(())).backward()
    taught = {name for name, part in made.model.named_parameters() if part.grad is not None}
    assert not any(name.startswith("vae.analysis") for name in taught)
    assert any(name.startswith("unet.look") for name in taught)
    made.export(made.model, {"minutes": 0, "steps": 0})
    assert recipe(art, tmp_path / "inpaint", seed=2).batches.tokenizer.get_vocab()  # goes on with the tokenizer there
