"""Types of parameters and results: how they are written in prompt and stubs, and whether a program's value fits one."""

import inspect
import math
import types
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NoReturn, Union, get_args, get_origin

from tools.declaration import DeclarationError, ToolError

MAX_TEXT = 20_000
"""Characters that one text argument may have."""

MAX_ITEMS = 1_000
"""Items that one list argument may have."""

_WORDS = {str: "text", float: "a number", int: "a whole number", bool: "True or False", types.NoneType: "None"}
_KINDS = (
    (bool, "True or False"),
    (int | float, "a number"),
    (str, "text"),
    (list, "a list"),
    (tuple, "a tuple"),
    (dict, "a dictionary"),
    (types.NoneType, "None"),
)


class Misfit(Exception):
    """A value does not fit a type. `got` says in words what it is instead."""

    def __init__(self, got: str) -> None:
        super().__init__(got)
        self.got = got


def written(hint: Any, names: Mapping[type, str], *, loose: bool = False) -> str:
    """A type as source text.

    Arguments:
        names: What host classes are called inside programs.
        loose: For parameters in stubs: `list[X]` is written as a `Sequence`, because a program's `list[str]` should
            be welcome where `list[str | float]` is taken.
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is None or hint is types.NoneType:
        return "None"
    if hint is Any or hint is NoReturn:
        return "Any" if hint is Any else "NoReturn"
    if origin in (Union, types.UnionType):
        return " | ".join(written(one, names, loose=loose) for one in arguments)
    if origin is Literal:
        return f"Literal[{', '.join(map(repr, arguments))}]"
    if origin in (list, tuple, dict):
        inner = ", ".join("..." if one is ... else written(one, names, loose=loose) for one in arguments)
        return f"{'_Sequence' if loose and origin is list else origin.__name__}[{inner}]"
    if isinstance(hint, type):
        if hint in names:
            return names[hint]
        if hint in (str, int, float, bool):
            return hint.__name__
    raise DeclarationError(
        f"{hint!r} cannot be the type of a tool's parameter or result; use str, int, float, bool, list, tuple, dict, "
        "Literal, unions of these, or a host class"
    )


def in_words(hint: Any, names: Mapping[type, str]) -> str:
    """A type in a person's words: `text`, `a list of ImagePatch`, `a number or None`."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return " or ".join(in_words(one, names) for one in arguments)
    if origin is Literal:
        return "one of " + ", ".join(map(repr, arguments))
    if origin is list:
        if arguments[0] in names:
            return f"a list of {names[arguments[0]]} objects"
        return "a list of " + in_words(arguments[0], names).replace("a number", "numbers")
    if origin in (tuple, dict):
        return {tuple: "a tuple", dict: "a dictionary"}[origin]
    if hint is None:
        return "None"
    if hint in names:
        return f"{'an' if names[hint][0] in 'AEIOU' else 'a'} {names[hint]}"
    return _WORDS.get(hint, "any value" if hint is Any else getattr(hint, "__name__", str(hint)))


def kind_of(value: Any, names: Mapping[type, str]) -> str:
    """What a value is, in words."""
    for cls, name in names.items():
        if isinstance(value, cls):
            return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"
    for kind, words in _KINDS:
        if isinstance(value, kind):
            return words
    return "a value of another kind"


def fit(value: Any, hint: Any, names: Mapping[type, str]) -> Any:
    """The value as the type wants it: tuples become lists, whole floats become ints where those are asked for.

    Raises:
        Misfit: it is something else.
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return value
    if hint is None or hint is types.NoneType:
        if value is None:
            return None
        raise Misfit(kind_of(value, names))
    if origin in (Union, types.UnionType):
        return _fit_union(value, arguments, names)
    if origin is Literal:
        if value in arguments:
            return value
        raise Misfit(repr(value) if isinstance(value, str | int) else kind_of(value, names))
    if origin in (list, tuple):
        return _fit_items(value, origin, arguments, names)
    if origin is dict:
        return _fit_dict(value, arguments, names)
    return _fit_plain(value, hint, names)


def _fit_union(value: Any, hints: Sequence[Any], names: Mapping[type, str]) -> Any:
    # An exact type first, so that 3 stays an int in `float | int` and True a bool.
    misfits = []
    for hint in sorted(hints, key=lambda one: type(value) is not one):
        try:
            return fit(value, hint, names)
        except Misfit as misfit:
            misfits.append(misfit)
    raise misfits[0]


def _fit_items(value: Any, origin: type, arguments: Sequence[Any], names: Mapping[type, str]) -> Any:
    if not isinstance(value, list | tuple):
        raise Misfit(kind_of(value, names))
    if len(value) > MAX_ITEMS:
        raise Misfit(f"{len(value)} items (at most {MAX_ITEMS} are allowed)")
    if origin is tuple and arguments[-1] is not ...:
        if len(value) != len(arguments):
            raise Misfit(f"{len(value)} items instead of {len(arguments)}")
        hints = arguments
    else:
        hints = [arguments[0]] * len(value)
    try:
        return origin(fit(item, hint, names) for item, hint in zip(value, hints, strict=True))
    except Misfit as misfit:
        raise Misfit(f"{kind_of(value, names)} with {misfit.got} in it") from None


def _fit_dict(value: Any, arguments: Sequence[Any], names: Mapping[type, str]) -> Any:
    if not isinstance(value, dict):
        raise Misfit(kind_of(value, names))
    if len(value) > MAX_ITEMS:
        raise Misfit(f"{len(value)} items (at most {MAX_ITEMS} are allowed)")
    try:
        return {fit(key, arguments[0], names): fit(item, arguments[1], names) for key, item in value.items()}
    except Misfit as misfit:
        raise Misfit(f"a dictionary with {misfit.got} in it") from None


def _fit_plain(value: Any, hint: Any, names: Mapping[type, str]) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(value, int) and value.bit_length() > 1023:
        raise Misfit("a number of more than 300 digits")
    if number and not math.isfinite(value):
        raise Misfit("an infinite number" if math.isinf(value) else "a number that is undefined (nan)")
    if hint is str and isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise Misfit(f"a text of {len(value)} characters (at most {MAX_TEXT} are allowed)")
        return value
    if hint is float and number:
        return value
    if hint is int and number and value == int(value):
        return int(value)
    if hint is bool and isinstance(value, bool):
        return value
    if hint in names and isinstance(value, hint):
        return value
    raise Misfit(kind_of(value, names))


def bind(
    name: str, signature: inspect.Signature, args: Sequence[Any], kwargs: Mapping[str, Any], names: Mapping[type, str]
) -> dict[str, Any]:
    """Arguments of one call by parameter name, defaults filled in, each fitted to its type.

    Raises:
        ToolError: wrong number, unknown name or unfit value of an argument, with a sentence that teaches the call.
    """
    plain = signature.replace(
        parameters=[one.replace(annotation=inspect.Parameter.empty) for one in signature.parameters.values()],
        return_annotation=inspect.Signature.empty,
    )
    shown = [one for one in plain.parameters.values() if one.name != "self"]
    usage = f"{name}{plain.replace(parameters=shown)}"
    receivers = len(plain.parameters) - len(shown)
    for keyword in kwargs:
        if keyword not in plain.parameters or keyword == "self":
            raise ToolError(f"{name}() has no argument {keyword!r}; call it as {usage}")
    if len(args) > len(plain.parameters):
        raise ToolError(f"{name}() got {len(args) - receivers} arguments; call it as {usage}")
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError as error:
        what = str(error).replace("missing a required argument: ", "is missing ").replace("'", "")
        what = what.replace("multiple values for argument ", "got two values for ")
        raise ToolError(f"{name}() {what}; call it as {usage}") from None
    bound.apply_defaults()
    for key, parameter in signature.parameters.items():
        if parameter.annotation is parameter.empty or (key not in kwargs and bound.arguments[key] is parameter.default):
            continue
        try:
            bound.arguments[key] = fit(bound.arguments[key], parameter.annotation, names)
        except Misfit as misfit:
            expected = in_words(parameter.annotation, names)
            raise ToolError(f"{name}() takes {key} as {expected}, got {misfit.got}") from None
    return dict(bound.arguments)
