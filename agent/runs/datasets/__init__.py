"""The published benchmarks, each read from the folder of its official release. A new one is a file here."""

from agent.runs.datasets import clevr, gqa, next_qa, nlvr, nlvr2, refcoco, tallyqa, vqa

__all__ = ["clevr", "gqa", "next_qa", "nlvr", "nlvr2", "refcoco", "tallyqa", "vqa"]
