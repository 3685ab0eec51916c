"""The chat: a window in the browser to ask in, see the reasoning, correct it and keep it."""
