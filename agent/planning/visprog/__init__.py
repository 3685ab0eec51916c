"""VisProg's language: programs of the form `BOX0=LOC(image=IMAGE,object='dog')`, checked and compiled to Python.

steps, problems = check_program(source)         what is wrong with it, with lines and columns
print_program(steps)                            its text again
compiled(Program(source)).python                what the sandbox runs
"""

from agent.planning.visprog.checker import check_program
from agent.planning.visprog.compiler import compile_source, compiled
from agent.planning.visprog.modules import MODULES, TASK_SETS
from agent.planning.visprog.syntax import parse, print_program

__all__ = [
    "MODULES",
    "TASK_SETS",
    "check_program",
    "compile_source",
    "compiled",
    "parse",
    "print_program",
]
