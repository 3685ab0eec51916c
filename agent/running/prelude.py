"""Functions that stand ready in every sandbox: what rewritten programs call (see `shim`), and stand-ins for built-ins.

The sandbox can park a program at a tool call only in code of the program's own level, not inside a native function
that calls back. So the natives that take a function (`sorted`, `min`, `max`, `map`, `filter`, `list.sort`) are replaced
by ones written in Python. Generator expressions are lists in the sandbox; `_sight_any`, `_sight_all` and `_sight_next`
bring back that only as much of them is computed as is needed.

The names are looked up in the program's own namespace, so everything a function here needs carries the reserved prefix
(`agent.language.RESERVED`):
a program that defines a `max` of its own breaks nothing.
"""

PRELUDE = """
_sight_sorted, _sight_min, _sight_max, _sight_list, _sight_len = sorted, min, max, list, len
_sight_range, _sight_zip, _sight_iter, _sight_type, _sight_repr = range, zip, iter, type, repr
_sight_step, _sight_isinstance, _sight_getattr, _sight_bool = next, isinstance, getattr, bool
_sight_enumerate, _sight_reversed, _sight_none = enumerate, reversed, type(None)
_sight_slice, _sight_dict, _sight_tuple, _sight_set, _sight_frozenset = slice, dict, tuple, set, frozenset
_sight_str, _sight_int, _sight_float, _sight_bytes, _sight_TypeError = str, int, float, bytes, TypeError
_sight_StopIteration, _sight_end = StopIteration, [0]
_sight_functions = ("<class 'function'>", "<class 'builtin_function_or_method'>")

def sorted(iterable, /, *, key=None, reverse=False):
    if key is None:
        return _sight_sorted(iterable, reverse=reverse)
    items = _sight_list(iterable)
    keys = [key(item) for item in items]
    return [items[i] for i in _sight_sorted(_sight_range(_sight_len(items)), key=lambda i: keys[i], reverse=reverse)]

_sight_python_sorted = sorted

def _sight_sort(items, /, **options):
    if _sight_isinstance(items, _sight_list):
        items[:] = _sight_python_sorted(items, **options)
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

def callable(thing, /):
    kind = _sight_type(thing)
    return kind is _sight_type or _sight_repr(kind) in _sight_functions

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
    if not _sight_isinstance(items, _sight_list):
        items.pop(key)
    elif _sight_isinstance(key, _sight_slice):
        gone = _sight_list(_sight_range(_sight_len(items)))[key]
        items[:] = [items[i] for i in _sight_range(_sight_len(items)) if i not in gone]
    else:
        items.pop(key)

def _sight_text(value):
    return value if _sight_isinstance(value, _sight_str) else _sight_str(value)

def _sight_result(value, depth=0):
    kind = _sight_type(value)
    if kind in (_sight_none, _sight_bool, _sight_int, _sight_float, _sight_str, _sight_bytes):
        return value
    if depth > 50:
        raise _sight_TypeError("the program returned a value that is nested too deep, or holds itself")
    if _sight_isinstance(value, _sight_dict):
        return {key: _sight_result(value[key], depth + 1) for key in value}
    if _sight_isinstance(value, _sight_tuple):
        return _sight_tuple([_sight_result(item, depth + 1) for item in value])
    name = _sight_repr(kind)
    if kind in (_sight_list, _sight_range) or "iterator" in name:
        return [_sight_result(item, depth + 1) for item in value]
    if kind is _sight_type or name in _sight_functions:
        raise _sight_TypeError("the program returned a function or a class; return a value")
    return value
"""
