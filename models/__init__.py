"""Checkpoints behind small batch-first classes, and the presets that name them."""

import os

# OpenMP's threads wait by spinning. Where another process wants a core too, two of them then decode 4 tokens a second
# instead of 44; waiting passively costs a tenth on an idle computer. It is read once, when torch is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
