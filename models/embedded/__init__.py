"""The embedded preset: small specialists of our own, the world they were trained on, and the recipes."""
