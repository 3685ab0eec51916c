"""A student as it ships: half precision, and without what its vision tower has from the embedded detector.

    python -m distill.shipping work/distill/looking/student-.../ models/embedded/weights/student

`models.loading.load_model` takes the tower from the detector, as `shared.json` says.
"""

import argparse
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from distill.checkpoints import checkpoint_of, load_base
from models.loading import SHARED, CheckpointError, locate
from models.student import CONFIDENCE

TOWER, DETECTOR = "model.vision_tower.", "embedded:detector"


def ship(student: Path, folder: Path) -> int:
    """Write a student without what the embedded detector has.

    Args:
        student: the folder of a training, or a checkpoint, of an embedded student.
        folder: gets the checkpoint.

    Returns:
        Bytes of its weights.

    Raises:
        CheckpointError: there is no student, or its tower is not the embedded detector's.
    """
    source = checkpoint_of(student)
    model, processor = load_base(source, "float32")
    weights = model.half().state_dict()
    detector = load_file(locate(DETECTOR, file="model.safetensors"))
    shared = {name for name in weights if name.startswith(TOWER) and name.removeprefix(TOWER) in detector}
    if not shared:
        raise CheckpointError(f"{student}: it does not see with {DETECTOR}; one with a tower of its own ships whole")
    for name in shared:
        if not torch.equal(detector[name.removeprefix(TOWER)].to(weights[name].dtype), weights[name]):
            raise CheckpointError(f"{student}: {name} is not {DETECTOR}'s; one with a tower of its own ships whole")
    processor.save_pretrained(folder)
    words = folder / "tokenizer.json"  # which is written with as many spaces as words
    told = json.dumps(json.loads(words.read_text(encoding="utf-8")), separators=(",", ":"))
    words.write_text(told + "\n", encoding="utf-8")
    model.save_pretrained(folder)  # its configs; the weights are written again without the tower
    kept = {name: value.contiguous() for name, value in weights.items() if name not in shared}
    if model.config.text_config.tie_word_embeddings:
        del kept["lm_head.weight"]
    file = folder / "model.safetensors"
    save_file(kept, file, metadata={"format": "pt"})
    (folder / SHARED).write_text(json.dumps({TOWER: DETECTOR}) + "\n", encoding="utf-8")
    if (source / CONFIDENCE).is_file():
        shutil.copy(source / CONFIDENCE, folder)
    return file.stat().st_size


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("student", type=Path, help="the folder of a training, or a checkpoint")
    parser.add_argument("folder", type=Path, help="gets the checkpoint")
    given = parser.parse_args()
    try:
        print(f"{given.folder}: {ship(given.student, given.folder):,} bytes of weights")
    except CheckpointError as error:
        parser.exit(2, f"shipping: {error}\n")


if __name__ == "__main__":
    main()
