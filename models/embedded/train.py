"""Train the embedded specialists.

    python -m models.embedded.train detector|clip|segmenter|vlm|depth|inpaint [--minutes M]

    python -m models.embedded.train clip --from-shipped --minutes 8.5 --workers 6 --scenes 192 --replay 3     on a GPU

Needs the prepared art (`python -m models.embedded.world.art`). A run that was cut off goes on where it was; the curve
is written to `work/training/<role>/curve.jsonl`, the weights to `models/embedded/weights/<role>`.
"""

import argparse
import importlib
import secrets
from pathlib import Path
from typing import Any

MINUTES = {"detector": 64.0, "clip": 14.0, "vlm": 31.0, "segmenter": 29.0, "depth": 9.0, "inpaint": 9.0}
"""Role -> minutes of its schedule by default, for about half of one core."""
GROWING = ("detector", "clip", "vlm")
"""Roles that can go on from earlier weights when the world has got more words."""
WORKED = ("detector", "clip", "vlm")
"""Roles whose batches can be larger, and be made by several processes."""
WEIGHTS = Path(__file__).with_name("weights")
SNAPSHOTS = Path(__file__).resolve().parents[2] / "work" / "training"


def main() -> None:
    parser = argparse.ArgumentParser(description="Train an embedded specialist on picture-book scenes.")
    parser.add_argument("role", choices=MINUTES)
    parser.add_argument("--minutes", type=float, help="length of the schedule")
    parser.add_argument("--steps", type=int, default=-1, help="stop after so many steps")
    parser.add_argument("--export-every", type=float, default=1e9, metavar="M", help="minutes between exports")
    parser.add_argument("--export", action="store_true", help="write the weights of the last snapshot, train nothing")
    parser.add_argument("--threads", type=int, help="cores to use")
    parser.add_argument(
        "--from-shipped", action="store_true", help="go on from the weights that ship, not from nothing"
    )
    parser.add_argument("--fresh", action="store_true", help="do not go on from a snapshot")
    parser.add_argument(
        "--workers",
        type=int,
        default=0,
        metavar="N",
        help="processes that make the batches (default: none of their own)",
    )
    parser.add_argument("--scenes", type=int, metavar="N", help="in a batch")
    parser.add_argument(
        "--replay", type=int, metavar="N", help="times that each scene is shown, with other questions (default: 1)"
    )
    parser.add_argument(
        "--only",
        nargs="+",
        metavar="PART",
        help="train only parameters whose names begin so (text_model, for instance)",
    )
    parser.add_argument(
        "--look-once",
        action="store_true",
        help="clip: its vision tower does not learn and looks at each scene once, for all times that it is shown",
    )
    parser.add_argument("--rate", type=float, help="learning rate at its highest, where it is not the recipe's")
    parser.add_argument("--shipped", type=Path, default=WEIGHTS, help="for --from-shipped (default: %(default)s)")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="where to write (default: %(default)s)")
    parser.add_argument("--snapshots", type=Path, default=SNAPSHOTS, help="where to keep runs (default: %(default)s)")
    options = parser.parse_args()

    from models import torchvision_ops

    torchvision_ops.install()
    import cv2
    import torch

    from models.embedded.training.start import Start
    from models.embedded.training.timed import TimedTrainer, train_only
    from models.embedded.world.art import Art, ArtError
    from models.embedded.world.lexicon import NOUNS

    importlib.import_module("models.embedded.architectures")
    if options.threads:
        torch.set_num_threads(options.threads)
    if options.workers:
        cv2.setNumThreads(0)  # a process that was forked from one with such threads can wait for them forever
    try:
        art = Art.load()
    except ArtError as error:
        raise SystemExit(f"error: {error}") from None
    module = importlib.import_module(f"models.embedded.training.{options.role}")
    if options.from_shipped and options.role not in GROWING:
        raise SystemExit(f"error: --from-shipped is for {', '.join(GROWING)}; the others start from the detector")
    given = {"scenes": options.scenes, "replay": options.replay}
    more: dict[str, Any] = {name: value for name, value in given.items() if value}
    if (more or options.workers) and options.role not in WORKED:
        raise SystemExit(f"error: --workers, --scenes and --replay are for {', '.join(WORKED)}")
    if options.look_once:
        if options.role != "clip":
            raise SystemExit("error: --look-once is for clip")
        more["look_once"] = True
    start = Start(options.shipped / options.role) if options.from_shipped else None
    if start:
        more["start"] = start
    seed = secrets.randbelow(1 << 31)
    recipe = module.recipe(art, options.weights / options.role, seed=seed, **more)
    recipe.rate = options.rate or recipe.rate
    if options.only:
        try:
            train_only(recipe.model, options.only)
        except ValueError as error:
            raise SystemExit(f"error: --only: {error}") from None
    recipe.record = {"nouns": len(NOUNS)} | ({"started_from": start.describe()} if start else {})
    folder = options.snapshots / options.role
    folder.mkdir(parents=True, exist_ok=True)
    minutes = options.minutes or MINUTES[options.role]
    trainer = TimedTrainer(
        recipe, folder, minutes, not options.fresh, options.export_every, options.steps, options.workers, seed + 1
    )
    if options.export:
        trainer.keeper.export_snapshot()
    else:
        trainer.run()


if __name__ == "__main__":
    main()
