"""The question grammar: many wordings of many meanings, each with a short program and, for a scene, its true answer."""
