"""Rows about the same pictures, packed behind them, so that a training reads the pictures once.

More than half the tokens of a short question are its picture. In a pack, a picture's tokens (or those of several) stand
once, and questions about it follow one after the other. Each sees the picture and itself and counts its places from the
end of the picture on, so that it loses what it would lose alone (prefix sharing, as in Liu et al., "Prefix Grouper",
2025).
"""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from distill.lessons import FIRST, MOST_PICTURES, MOST_ROWS, WIDEST, Lesson
from distill.looking import Looks
from distill.samples import TARGETS

ALIKE = 8
"""Batches whose packs are drawn together and shared out by length."""

PACKED = 8
"""Answers and instruction data of a pack."""

EXPLAINS = 3
"""Rationales of a pack, where they are taught."""

CLOSING = 0.01
"""Share of all rows in which a token is said, from which on it may be one that closes a reply."""

MOST_TOKENS = 1 << 15
"""Of a vocabulary: rows are int16."""


class Memory:
    """Scenes as the tower told them, and all rows about them, on the device."""

    def __init__(
        self,
        tokens: int,
        size: int,
        scenes: int,
        pad: int,
        end: int,
        pointers: range,
        device: torch.device,
        seed: int = 0,
    ) -> None:
        """Room for so many `scenes`, each `tokens` of this `size`. `end` stands after what is said, `pad` fills rows
        up, `pointers` are the tokens that point at things, `seed` says what is drawn."""
        self.device, self.room, self.tokens, self.pad, self.end = device, scenes, tokens, pad, end
        self.pointers = pointers
        self.scenes = torch.zeros(scenes, tokens, size, dtype=torch.half, device=device)
        most = scenes * MOST_ROWS
        self.rows = torch.full((most, WIDEST), pad, dtype=torch.int16, device=device)
        self.lengths = torch.zeros(most, dtype=torch.int16, device=device)
        self.drawn = torch.zeros(most, dtype=torch.int16, device=device)
        """How often each row was."""
        self.shown = torch.full((scenes, MOST_PICTURES), -1, dtype=torch.int32, device=device)
        """Scenes of each group of rows."""
        self.first = torch.zeros(scenes, len(TARGETS), dtype=torch.int32, device=device)
        """Of the rows of each group with each target, which stand together: where they begin,"""
        self.told = torch.zeros(scenes, len(TARGETS), dtype=torch.int32, device=device)
        """and how many there are."""
        self.said, self.closed = torch.zeros(2, MOST_TOKENS, dtype=torch.long)
        """How often each token is said, and how often nothing but the end of a row comes after it."""
        self.groups = self.known = self.count = 0
        self.draws = {
            name: torch.Generator(device).manual_seed(3 * seed + at)
            for at, name in enumerate(("plain", "told", "numbers"))
        }
        """A twin that is taught no rationales draws the same answers."""

    @property
    def full(self) -> bool:
        return self.known + MOST_PICTURES * FIRST > self.room

    @property
    def counts(self) -> dict[str, int]:
        """Rows of each target."""
        return dict(zip(TARGETS, self.told[: self.groups].sum(0).tolist(), strict=True))

    def take(self, lesson: Lesson) -> None:
        """Keep the scenes and the rows of a lesson."""
        count, rows = len(lesson.scenes), len(lesson.rows)
        self.scenes[self.known : self.known + count] = lesson.scenes.to(self.device)
        self.rows[self.count : self.count + rows, : lesson.rows.shape[1]] = lesson.rows.to(self.device)
        self.lengths[self.count : self.count + rows] = lesson.lengths.to(self.device)
        # int16 has room for the scenes of a lesson, not for those of all
        shown, group = torch.unique(lesson.shown.int(), dim=0, return_inverse=True)
        to = slice(self.groups, self.groups + len(shown))
        self.shown[to] = torch.where(shown < 0, shown, shown + self.known).to(self.device)
        # a lesson goes through its scenes in order, and through the targets about each
        kinds = group * len(TARGETS) + lesson.targets
        told = kinds.bincount(minlength=len(shown) * len(TARGETS))
        first = told.cumsum(0) - told + self.count
        self.told[to] = told.view(len(shown), -1).int().to(self.device)
        self.first[to] = first.view(len(shown), -1).int().to(self.device)
        self.groups, self.known, self.count = to.stop, self.known + count, self.count + rows
        after = functional.pad(lesson.rows[:, 1:], (0, 1), value=self.pad)
        said, last = lesson.rows < 0, (lesson.rows < 0) & (after == -1 - self.end)
        self.said += (-1 - lesson.rows[said].long()).bincount(minlength=MOST_TOKENS)
        self.closed += (-1 - lesson.rows[last].long()).bincount(minlength=MOST_TOKENS)

    @property
    def closing(self) -> list[int]:
        """Tokens that are often said, and after which a reply is always over, as after a "yes"."""
        always = (self.said == self.closed) & (self.said > CLOSING * self.count)
        found: list[int] = always.nonzero()[:, 0].tolist()
        return found

    def batches(self, packs: int, teach: Sequence[str], packed: int = PACKED) -> Iterator[dict[str, Tensor]]:
        """`ALIKE` batches of so many packs of like length, each of at most `packed` rows and, where `teach` has them,
        `EXPLAINS` rationales. They are drawn at random, those scenes more often that have more rows, and of a scene's
        rows those first that were drawn the least. In each pack the things have other numbers.

        Yields:
            `input_ids`, `position_ids`, `labels` (the token that follows, -100 where it is not to be said) and `row`
            (of the pack, 0 for its scenes and -1 for padding), each `(P, L)` int64; `explains` `(P, R)`, which rows are
            rationales; `named` and `sought` `(P, L)`, at pointers and where one follows: which of the things of its
            picture that is, from the left from 0, else and in packs about several pictures -1; `pixel_values`, the
            scenes of all packs one after the other.
        """
        plain = [at for at, target in enumerate(TARGETS) if target in teach and target != "rationale"]
        rows = self.told[: self.groups, plain].sum(1).float()  # none of instruction data about several scenes
        drawn = rows.multinomial(ALIKE * packs, replacement=True, generator=self.draws["plain"])
        places = self._drawn(drawn, plain, packed, "plain")
        if "rationale" in teach:
            told = self._drawn(drawn, [TARGETS.index("rationale")], EXPLAINS, "told")
            places = torch.cat((places, told), 1)
        scenes = (self.shown[drawn] >= 0).sum(1)
        numbers = torch.rand(
            len(drawn), len(self.pointers), generator=self.draws["numbers"], device=self.device
        ).argsort(1)
        begin = 1 + scenes * self.tokens
        lengths = torch.where(places < 0, 0, self.lengths[places.clamp(min=0)] - begin[:, None])
        order = (begin + lengths.sum(1)).argsort().view(ALIKE, packs)
        for at in torch.randperm(ALIKE).tolist():
            chosen = order[at]
            pack = self._pack(self.shown[drawn[chosen]], places[chosen], begin[chosen], lengths[chosen])
            explains = torch.arange(places.shape[1], device=self.device).ge(packed).expand(packs, -1)
            yield self._renumbered(pack, scenes[chosen], numbers[chosen]) | {"explains": explains}

    def _drawn(self, groups: Tensor, targets: list[int], most: int, draw: str) -> Tensor:
        """Places of so many rows of each group, no row twice, -1 where it has fewer."""
        told, first = self.told[groups][:, targets].long(), self.first[groups][:, targets].long()
        upto = told.cumsum(1)
        at = torch.arange(MOST_ROWS, device=self.device).expand(len(groups), -1)
        which = (at[:, :, None] >= upto[:, None]).sum(2).clamp(max=len(targets) - 1)
        places = first.gather(1, which) + at - (upto - told).gather(1, which)
        none = at >= upto[:, -1:]
        chances = torch.rand(len(groups), MOST_ROWS, generator=self.draws[draw], device=self.device)
        # float32 orders rows of thousands of draws
        chances = (chances + self.drawn[places.clamp(max=len(self.drawn) - 1)]).masked_fill(none, torch.inf)
        best = chances.topk(most, largest=False)
        found = places.gather(1, best.indices).masked_fill(best.values.isinf(), -1)
        self.drawn.index_add_(0, found[found >= 0], torch.ones_like(found[found >= 0], dtype=torch.int16))
        return found

    def _pack(self, shown: Tensor, places: Tensor, begin: Tensor, lengths: Tensor) -> dict[str, Tensor]:
        ends = begin[:, None] + lengths.cumsum(1)
        at = torch.arange(-(-int(ends.max()) // 8) * 8, device=self.device).expand(len(shown), -1)
        row = (at[:, :, None] >= ends[:, None]).sum(2)  # of the pack, for what comes after the scenes
        after, padding = at >= begin[:, None], at >= ends[:, -1:]
        row = row.clamp(max=places.shape[1] - 1)
        within = torch.where(after, at - (ends - lengths).gather(1, row) + begin[:, None], at).clamp(max=WIDEST - 1)
        place = torch.where(after, places.gather(1, row), places.amax(1, keepdim=True))
        tokens = self.rows[place.clamp(min=0), within].long().masked_fill(padding, self.pad)
        row = torch.where(after, row + 1, 0).masked_fill(padding, -1)
        follows = functional.pad((tokens[:, 1:] < 0) & (row[:, 1:] == row[:, :-1]), (0, 1))
        said = torch.where(tokens < 0, -1 - tokens, tokens)
        return {
            "input_ids": said,
            "position_ids": within.masked_fill(padding, 0),
            "labels": torch.where(follows, said.roll(-1, 1), -100),
            "row": row,
            "pixel_values": self.scenes[shown[shown >= 0]].float(),
        }

    def _renumbered(self, pack: dict[str, Tensor], scenes: Tensor, numbers: Tensor) -> dict[str, Tensor]:
        """Packs with their things numbered anew, in what is seen of their scenes and in what points at them: `numbers`
        `(P, regions)` are the new ones, `scenes` `(P,)` how many each pack has.

        Numbers rise from left to right. A student that always sees them so learns to guess a thing's number from its
        place, and is one off in every fourth; where they mean nothing, it has to read the number of what it points at.
        """
        first, count = self.pointers.start, len(self.pointers)
        owner = torch.arange(len(scenes), device=self.device).repeat_interleave(scenes)
        seen = pack["pixel_values"]
        old = numbers.argsort(1)[owner, None].expand(-1, seen.shape[1], -1)
        told = {name: pack[name] - first for name in ("input_ids", "labels")}
        points = {name: (at >= 0) & (at < count) for name, at in told.items()}
        alone = (scenes == 1)[:, None]
        return (
            pack
            | {
                name: torch.where(points[at] & alone, told[at], -1)
                for name, at in (("named", "input_ids"), ("sought", "labels"))
            }
            | {"pixel_values": torch.cat((seen[..., :-count], seen[..., -count:].gather(2, old)), 2)}
            | {
                name: first + torch.where(points[name], numbers.gather(1, at.clamp(0, count - 1)), at)
                for name, at in told.items()
            }
        )


def losses(model: Any, packs: dict[str, Tensor], looks: Looks | None = None) -> dict[str, Tensor]:
    """What a student loses with packs of `Memory.batches`: the means over their rows of the mean over what is said,
    `plain` of answers and instruction data, `rationale` of rationales, where there are some; and with `looks`, what its
    heads lose."""
    row = packs["row"]
    before = torch.ones(row.shape[1], row.shape[1], dtype=torch.bool, device=row.device).tril()
    sees = before & ((row[:, None] == 0) | (row[:, None] == row[:, :, None]))
    hidden = model.model(
        input_ids=packs["input_ids"],
        position_ids=packs["position_ids"],
        attention_mask=sees[:, None],
        pixel_values=packs["pixel_values"],
        use_cache=False,
    ).last_hidden_state
    at, explains = packs["labels"] != -100, packs["explains"].flatten()
    first = torch.arange(0, len(explains), packs["explains"].shape[1], device=row.device)  # of each pack
    whose = (first[:, None] + row - 1)[at]
    each = functional.cross_entropy(model.lm_head(hidden[at]).float(), packs["labels"][at], reduction="none")
    words = whose.bincount(minlength=len(explains))
    mean = each.new_zeros(len(explains)).index_add(0, whose, each) / words.clamp(min=1)
    kinds = {"plain": ~explains & (words > 0), "rationale": explains & (words > 0)}
    found = {name: mean[kind].mean() for name, kind in kinds.items() if kind.any()}
    return found | (looks.losses(packs, sees) if looks else {})
