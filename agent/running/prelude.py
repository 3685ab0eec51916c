"""Functions that stand ready in every sandbox: what rewritten programs call (see `shim`), and stand-ins for built-ins.

The sandbox can park a program at a tool call only in code of the program's own level, not inside a native function
that calls back. So the natives that take a function (`sorted`, `min`, `max`, `map`, `filter`, `list.sort`) are replaced
by ones written in Python. Generator expressions are lists in the sandbox; `_sight_any`, `_sight_all` and `_sight_next`
bring back that only as much of them is computed as is needed. The native `round` is wrong by one digit where a half has
no exact binary form.

The names are looked up in the program's own namespace, so everything a function here needs carries the reserved prefix
(`agent.language.RESERVED`):
a program that defines a `max` of its own breaks nothing.
"""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass

from agent.language import parse

PRELUDE = """
_sight_sorted = sorted
_sight_min = min
_sight_max = max
_sight_list = list
_sight_len = len
_sight_range = range
_sight_zip = zip
_sight_iter = iter
_sight_type = type
_sight_repr = repr
_sight_isinstance = isinstance
_sight_getattr = getattr
_sight_enumerate = enumerate
_sight_reversed = reversed
_sight_slice = slice
_sight_dict = dict
_sight_tuple = tuple
_sight_set = set
_sight_frozenset = frozenset
_sight_str = str
_sight_int = int
_sight_float = float
_sight_bytes = bytes
_sight_bool = bool
_sight_TypeError = TypeError
_sight_StopIteration = StopIteration
_sight_step = next
_sight_none = type(None)
_sight_round = round
_sight_end = [0]

def _sight_sorted_by(iterable, /, *, key=None, reverse=False):
    if key is None:
        return _sight_sorted(iterable, reverse=reverse)
    items = _sight_list(iterable)
    keys = [key(item) for item in items]
    return [items[i] for i in _sight_sorted(_sight_range(_sight_len(items)), key=lambda i: keys[i], reverse=reverse)]

sorted = _sight_sorted_by

def _sight_sort(items, /, **options):
    if _sight_isinstance(items, _sight_list):
        items[:] = _sight_sorted_by(items, **options)
    else:
        items.sort(**options)

def _sight_best(native, args, key, options):
    if key is None:
        return native(*args, **options)
    items = _sight_list(args[0]) if _sight_len(args) == 1 else _sight_list(args)
    if not items:
        return native(items, **options)
    keys = [key(item) for item in items]
    best = native(keys)
    for i in _sight_range(_sight_len(keys)):
        if keys[i] is best or keys[i] == best:
            return items[i]
    return items[0]

def min(*args, key=None, **options):
    return _sight_best(_sight_min, args, key, options)

def max(*args, key=None, **options):
    return _sight_best(_sight_max, args, key, options)

def map(function, /, *iterables):
    return _sight_iter([function(*items) for items in _sight_zip(*iterables)])

def filter(function, iterable, /):
    return _sight_iter([item for item in iterable if (item if function is None else function(item))])

def zip(*iterables, strict=False):
    return _sight_iter(_sight_zip(*iterables, strict=strict))

def enumerate(iterable, start=0):
    return _sight_iter(_sight_enumerate(iterable, start))

def reversed(sequence, /):
    return _sight_iter(_sight_reversed(sequence))

def round(number, ndigits=None):
    if _sight_type(number) is not _sight_float or ndigits is None or ndigits < 0 or number - number != 0:
        return _sight_round(number, ndigits)
    return _sight_float(f"{number:.{ndigits}f}")

def callable(thing, /):
    return _sight_closed(_sight_type(thing))

def _sight_closed(kind):
    return _sight_repr(kind) in (
        "<class 'type'>", "<class 'function'>", "<class 'builtin_function_or_method'>"
    )

def _sight_bind(receiver, call):
    return lambda *args, **options: call(receiver, *args, **options)

def _sight_member(thing, name, kinds, call):
    for kind in kinds:
        if thing is kind:
            return call
    if _sight_isinstance(thing, kinds):
        return _sight_bind(thing, call)
    return _sight_getattr(thing, name)

def _sight_one(state, level, source):
    if _sight_len(state) > level + 1:
        return (state[level][1],)
    if _sight_len(state) == level:
        state.append([_sight_iter(source()), None])
    item = _sight_step(state[level][0], _sight_end)
    if item is _sight_end:
        state.pop()
        return ()
    state[level][1] = item
    return (item,)

def _sight_if(state, level, condition):
    return _sight_len(state) > level + 1 or condition()

def _sight_any(turn):
    state = []
    while True:
        for item in turn(state):
            if item:
                return True
        if not state:
            return False

def _sight_all(turn):
    state = []
    while True:
        for item in turn(state):
            if not item:
                return False
        if not state:
            return True

def _sight_next(turn, *default):
    state = []
    while True:
        for item in turn(state):
            return item
        if not state:
            if default:
                return default[0]
            raise _sight_StopIteration

def _sight_lazy_map(function, *iterables):
    return lambda state: [function(*items) for items in _sight_one(state, 0, lambda: _sight_zip(*iterables))]

def _sight_lazy_filter(function, iterable):
    return lambda state: [
        item for item in _sight_one(state, 0, lambda: iterable) if (item if function is None else function(item))
    ]

def _sight_del(items, key):
    if _sight_isinstance(items, _sight_dict):
        items.pop(key)
    elif not _sight_isinstance(items, _sight_list):
        items.__delitem__(key)
    elif _sight_isinstance(key, _sight_slice):
        gone = _sight_list(_sight_range(_sight_len(items)))[key]
        items[:] = [items[i] for i in _sight_range(_sight_len(items)) if i not in gone]
    else:
        items.pop(key)

def _sight_text(value):
    return value if _sight_isinstance(value, _sight_str) else _sight_str(value)

def _sight_result(value, depth=0):
    kind = _sight_type(value)
    if kind in (_sight_none, _sight_bool, _sight_int, _sight_float, _sight_str):
        return value
    if depth > 50:
        raise _sight_TypeError("the program returned a value that is nested too deep, or holds itself")
    if kind is _sight_tuple:
        return _sight_tuple([_sight_result(item, depth + 1) for item in value])
    if kind is _sight_dict:
        return {key: _sight_result(value[key], depth + 1) for key in value}
    name = _sight_repr(kind)
    if kind is _sight_list or kind is _sight_range or "iterator" in name or "dict_" in name:
        return [_sight_result(item, depth + 1) for item in value]
    if _sight_closed(kind):
        raise _sight_TypeError("the program returned a function or a class; return a value")
    if "Match" in name:
        raise _sight_TypeError("the program returned a match of a pattern; return its text")
    return value
"""


@dataclass(frozen=True)
class _Piece:
    """A statement of a prelude, the name that it defines, and the other pieces that it needs."""

    source: str
    name: str
    needs: frozenset[str]


class Prelude:
    """Functions for programs, of which each program gets those that it uses.

    A parked program carries its prelude along, so what it does not use should not be in it.
    """

    def __init__(self, *sources: str) -> None:
        """
        Args:
            sources: Python in which every statement defines a function, is an import, or gives one name a value. A
                source may use names of its own and what is built in.
        """
        self.pieces: list[_Piece] = []
        for source in sources:
            tree = parse(source)
            names = {name for statement in tree.body for name in _defined(statement)}
            for statement in tree.body:
                for name in _defined(statement):
                    text = _import(statement, name) or ast.unparse(statement)
                    self.pieces.append(_Piece(text, name, frozenset(_words(text)) & names - {name}))

    def used_by(self, text: str) -> tuple[int, ...]:
        """Places of the pieces that a program needs, in order. A name counts wherever it stands, in a text too."""
        wanted: set[str] = set()
        waiting = {piece.name for piece in self.pieces} & set(_words(text))
        while waiting:
            wanted |= waiting
            waiting = {need for piece in self.pieces if piece.name in waiting for need in piece.needs} - wanted
        return tuple(place for place, piece in enumerate(self.pieces) if piece.name in wanted)

    def source(self, places: Iterable[int]) -> str:
        return "\n".join(self.pieces[place].source for place in places)


def _words(text: str) -> Iterable[str]:
    return _WORD.findall(text)


_WORD = re.compile(r"[^\W\d]\w*")


def _defined(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef):
        return [statement.name]
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return [one.asname or one.name for one in statement.names]
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return [statement.targets[0].id]
    raise ValueError(f"a prelude cannot hold this: {ast.unparse(statement)}")


def _import(statement: ast.stmt, name: str) -> str | None:
    """An import of that name alone."""
    if not isinstance(statement, ast.Import | ast.ImportFrom):
        return None
    alone = [one for one in statement.names if name == (one.asname or one.name)]
    if isinstance(statement, ast.Import):
        return ast.unparse(ast.Import(alone))
    return ast.unparse(ast.ImportFrom(statement.module, alone, statement.level))
