"""What the exit code of a command says."""

OK, FAILED, BAD_INPUT, ABSTAINED, BROKEN, STOPPED = 0, 1, 2, 3, 70, 130
CODES = {"answered": OK, "abstained": ABSTAINED, "failed": FAILED}
"""By the status of an answer."""

EPILOG = (
    "Exit codes: 0 answered, 3 abstained (the pictures cannot tell), 1 failed, 2 bad input, 70 an error in Sightscript "
    "itself, 130 interrupted."
)
"""Told below the help of commands that answer a question."""
