"""The command line: `sight ask`, `sight batch`, `sight map` and the others.

Nothing heavy is imported before it is needed, so that `sight --help` and every complaint about bad input are quick.
"""

from sight.cli import main

__all__ = ["main"]
