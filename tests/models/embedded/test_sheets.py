"""Plain sheets of shapes for training."""

from itertools import islice

import numpy as np

from models.embedded.training.sheets import COLOURS, COMMON, sheets
from models.embedded.world import lexicon


def test_boxes_are_where_the_shapes_are() -> None:
    for sample in islice(sheets(1), 60):
        assert sample.image.shape == (sample.scene.height, sample.scene.width, 3)
        for thing, mask in zip(sample.things, sample.rendered.masks, strict=True):
            rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
            seen = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
            assert np.abs(np.array(seen) - thing.box).max() < 2, thing


def test_shapes_have_the_colour_that_is_said_and_stand_out() -> None:
    for sample in islice(sheets(2), 60):
        for thing, mask in zip(sample.things, sample.rendered.masks, strict=True):
            assert thing.colour is not None
            if thing.noun not in COMMON or mask.sum() < 60:
                continue  # little but edge
            middle = np.median(sample.image[mask], axis=0)
            assert min(np.abs(middle - shade).max() for shade in COLOURS[thing.colour]) < 60
            sheet = np.median(sample.image[sample.rendered.owner < 0], axis=0)
            assert np.abs(middle - sheet).sum() > 60


def test_a_square_is_as_wide_as_high_and_a_rectangle_is_not() -> None:
    for sample in islice(sheets(3), 100):
        for thing in sample.things:
            x1, y1, x2, y2 = thing.box
            if thing.noun == "square":
                assert abs((x2 - x1) - (y2 - y1)) < 0.01
            elif thing.noun == "rectangle":
                assert not 0.9 < (x2 - x1) / (y2 - y1) < 1.1


def test_every_colour_and_common_shape_comes_and_a_seed_gives_the_same_again() -> None:
    some = [thing for sample in islice(sheets(4), 200) for thing in sample.things]
    assert {thing.colour for thing in some} == set(COLOURS) == set(lexicon.COLOURS)
    assert {thing.noun for thing in some} >= {noun.name for noun in lexicon.nouns_of("shape")}
    again = [thing for sample in islice(sheets(4), 200) for thing in sample.things]
    assert some == again
