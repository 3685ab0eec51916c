"""Checkpoints behind small batch-first classes, and the presets that name them."""

import os

# OpenMP's threads wait for each other thousands of times a question, by spinning for so many rounds and then sleeping.
# Where they sleep at once, a program of the embedded preset took 0.63 s on two idle cores, after 2,000 rounds 0.31 s.
# Where another process wants a core too, it took 0.55 and 0.71 s, and 3.15 s with the milliseconds that are usual
# (`python -m benchmarks.waiting`). Both are read once, when torch is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "2000")
