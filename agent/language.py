"""What the sandbox knows of Python, and how a program is read.

The lists were measured on pydantic-monty 1.4.0 and are measured again by the tests.
"""

import ast
import builtins
import threading
import warnings
from collections.abc import Callable, Collection
from typing import Any

from agent.program import Problem, Span

RESERVED = "_sight_"
"""Names that begin so belong to the sandbox."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MODULES = """
__future__: annotations
base64: b16decode b16encode b32decode b32encode b64decode b64encode b85decode b85encode urlsafe_b64decode \
    urlsafe_b64encode
bisect: bisect bisect_left bisect_right insort insort_left insort_right
collections: Counter defaultdict deque namedtuple
copy: copy deepcopy
csv: DictReader DictWriter Error QUOTE_ALL QUOTE_MINIMAL QUOTE_NONE QUOTE_NONNUMERIC reader writer
dataclasses: FrozenInstanceError MISSING dataclass field is_dataclass
datetime: date datetime time timedelta timezone
decimal: Context Decimal DecimalException InvalidOperation ROUND_05UP ROUND_CEILING ROUND_DOWN ROUND_FLOOR \
    ROUND_HALF_DOWN ROUND_HALF_EVEN ROUND_HALF_UP ROUND_UP getcontext localcontext setcontext
functools: cache lru_cache partial reduce
hashlib: blake2b blake2s md5 new sha1 sha224 sha256 sha384 sha3_224 sha3_256 sha3_384 sha3_512 sha512
itertools: accumulate chain combinations combinations_with_replacement compress count cycle dropwhile \
    filterfalse groupby islice pairwise permutations product repeat starmap takewhile tee zip_longest
json: JSONDecodeError dump dumps load loads
math: acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees dist e erf erfc exp exp2 \
    expm1 fabs factorial floor fmod frexp fsum gamma gcd hypot inf isclose isfinite isinf isnan isqrt lcm ldexp \
    lgamma log log10 log1p log2 modf nan nextafter perm pi pow prod radians remainder sin sinh sqrt tan tanh tau \
    trunc ulp
random: Random betavariate choice choices expovariate gammavariate gauss getrandbits getstate lognormvariate \
    normalvariate paretovariate randbytes randint random randrange sample seed setstate shuffle triangular \
    uniform vonmisesvariate weibullvariate
re: A ASCII DOTALL I IGNORECASE M MULTILINE Match NOFLAG Pattern S compile error escape findall finditer \
    fullmatch match search split sub
time: asctime ctime gmtime localtime mktime monotonic monotonic_ns perf_counter perf_counter_ns process_time \
    process_time_ns sleep strftime strptime time time_ns
typing: Annotated Any Callable ClassVar Dict Final FrozenSet Generator Generic Iterable Iterator List Literal \
    Mapping Never NoReturn Optional Protocol Self Sequence Set TYPE_CHECKING Tuple Type TypeVar Union
unicodedata: category combining is_normalized lookup name normalize
"""

MODULES = {line.partition(":")[0]: frozenset(line.partition(":")[2].split()) for line in _MODULES.strip().splitlines()}
"""Modules that programs may import, and what is in them."""

OUTSIDE = _names("open input breakpoint help exit quit copyright credits license")
CODE = _names("""
    aiter anext ascii bytearray classmethod compile delattr dir eval exec globals issubclass locals memoryview
    object property staticmethod super vars
""")
"""Built-in functions that programs cannot use, beside those of `OUTSIDE`."""

ERRORS = frozenset(
    name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, BaseException)
)
KNOWN_ERRORS = _names("""
    ArithmeticError AssertionError AttributeError BaseException Exception FileExistsError FileNotFoundError
    ImportError IndexError IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError
    ModuleNotFoundError NameError NotADirectoryError NotImplementedError OSError OverflowError PermissionError
    RecursionError RuntimeError StopIteration SyntaxError SystemExit TimeoutError TypeError UnboundLocalError
    UnicodeDecodeError UnicodeEncodeError ValueError ZeroDivisionError
""")
"""Built-in exceptions that the sandbox has."""

SPECIAL = _names("""
    __abs__ __add__ __and__ __call__ __contains__ __delitem__ __doc__ __enter__ __eq__ __exit__ __float__
    __floordiv__ __getitem__ __hash__ __index__ __init__ __int__ __invert__ __iter__ __lshift__ __match_args__
    __matmul__ __mod__ __mul__ __neg__ __next__ __or__ __pos__ __post_init__ __pow__ __radd__ __rand__
    __repr__ __rfloordiv__ __rlshift__ __rmatmul__ __rmod__ __rmul__ __ror__ __round__ __rpow__ __rrshift__
    __rshift__ __rsub__ __rtruediv__ __rxor__ __setitem__ __slots__ __str__ __sub__ __truediv__ __xor__
""")
"""Special methods of a program's own classes that the sandbox calls."""

LACKING = _names("""
    as_integer_ratio bit_count bit_length conjugate difference_update format_map from_bytes fromhex
    intersection_update is_integer maketrans symmetric_difference_update to_bytes translate
""")
"""Methods of built-in types that the sandbox does not have."""

MEMBERS = frozenset(
    name for kind in (str, list, dict, set, tuple, bytes, int, float) for name in dir(kind) if not name.startswith("_")
)

NATIVE_CALLERS = _names("""
    accumulate bisect bisect_left bisect_right defaultdict dropwhile filterfalse groupby insort insort_left insort_right
    starmap takewhile
""")
"""Functions of modules that call a function they are given. A tool cannot be waited for inside them."""

_CALLING_MODULES = ("bisect", "collections", "itertools")

OPEN_METHODS = _names("__init__ __call__ __enter__ __exit__")
"""Special methods that may call tools; inside the others a tool cannot be waited for."""


_parsing = threading.Lock()


def parse(source: str, mode: str = "exec") -> Any:
    """`ast.parse`, one thread at a time: Python 3.11 counts the depth of the tree it makes in one place for all
    threads, and where two meet it ends in "SystemError: AST constructor recursion depth mismatch"."""
    with _parsing:
        return ast.parse(source, mode=mode)


def read_program(source: str) -> ast.Module | Problem:
    """The syntax tree of a program, or the problem (kind `syntax`) that it has none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as of "\d" in a text: no business of whoever runs the program
            tree: ast.Module = parse(source)
            return tree
    except SyntaxError as error:
        return Problem("syntax", f"invalid syntax: {error.msg}", _syntax_span(error))
    except (ValueError, RecursionError, MemoryError):
        return Problem("syntax", "the program cannot be read: it is nested too deep or holds unreadable characters")


class Reading:
    """What has to be known of a whole program to judge one node of it. Made in one walk."""

    def __init__(self, tree: ast.Module, tools: Collection[str] = ()) -> None:
        """
        Args:
            tools: names of functions and methods that are answered by the host.
        """
        self.tools = frozenset(tools)
        self.nodes: list[ast.AST] = []
        """All nodes, every one before those inside it."""
        self.parents: dict[ast.AST, ast.AST] = {}
        self.bound: set[str] = set()
        """Every name that the program gives a meaning of its own, anywhere: variables, arguments, functions..."""
        self.modules: dict[str, str] = {}
        """Local name to module."""
        self.callers: set[str] = set()
        """Local names of `NATIVE_CALLERS`."""
        self.own: set[str] = set(tools)
        """Names of methods, of the program's own classes and of host objects."""
        waiting: list[ast.AST] = [tree]
        while waiting:
            node = waiting.pop()
            self.nodes.append(node)
            for name in node._fields:
                value = getattr(node, name, None)
                for child in value if isinstance(value, list) else (value,):
                    if isinstance(child, ast.AST) and child._fields:
                        self.parents[child] = node
                        waiting.append(child)
            collect = _COLLECT.get(type(node))
            if collect is not None:
                collect(self, node)

    def builtin(self, node: ast.AST, names: Collection[str]) -> bool:
        """Whether a node reads one of these built-in names."""
        return isinstance(node, ast.Name) and node.id in names and node.id not in self.bound

    def in_class(self, node: ast.AST) -> bool:
        return isinstance(self.parents.get(node), ast.ClassDef)

    def native_call(self, node: ast.Call) -> bool:
        """Whether a node calls one of `NATIVE_CALLERS`."""
        function = node.func
        if isinstance(function, ast.Attribute):
            module = self.modules.get(function.value.id, "") if isinstance(function.value, ast.Name) else ""
            return module in _CALLING_MODULES and function.attr in NATIVE_CALLERS
        return isinstance(function, ast.Name) and function.id in self.callers

    def is_tool(self, node: ast.AST) -> bool:
        """Whether a node is the name of a tool."""
        if isinstance(node, ast.Attribute):
            return node.attr in self.tools and node.attr not in MEMBERS - {"find"}
        return self.builtin(node, self.tools)

    def passes_tool(self, node: ast.AST) -> bool:
        """Whether an argument is a tool, or a lambda that uses one."""
        return self.is_tool(node) or (isinstance(node, ast.Lambda) and any(map(self.is_tool, ast.walk(node.body))))

    def _name(self, node: Any) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.bound.add(node.id)

    def _named(self, node: Any) -> None:
        if node.name:
            self.bound.add(node.name)

    def _class(self, node: Any) -> None:
        self.bound.add(node.name)
        self.own |= {part.name for part in node.body if isinstance(part, ast.FunctionDef)}

    def _import(self, node: Any) -> None:
        self.bound |= {(one.asname or one.name).split(".")[0] for one in node.names}
        if isinstance(node, ast.Import):
            self.modules.update({one.asname or one.name: one.name for one in node.names})
        elif node.module in _CALLING_MODULES:
            self.callers |= {one.asname or one.name for one in node.names if one.name in NATIVE_CALLERS}


_COLLECT: dict[type, Callable[[Reading, Any], None]] = {
    ast.Name: Reading._name,
    ast.arg: lambda reading, node: reading.bound.add(node.arg),
    ast.FunctionDef: Reading._named,
    ast.AsyncFunctionDef: Reading._named,
    ast.ExceptHandler: Reading._named,
    ast.MatchAs: Reading._named,
    ast.MatchStar: Reading._named,
    ast.MatchMapping: lambda reading, node: reading.bound.update({node.rest} - {None}),
    ast.ClassDef: Reading._class,
    ast.Import: Reading._import,
    ast.ImportFrom: Reading._import,
}


def _syntax_span(error: SyntaxError) -> Span | None:
    if not error.lineno:
        return None
    column = max((error.offset or 1) - 1, 0)
    end_line = max(error.end_lineno or error.lineno, error.lineno)
    end = max((error.end_offset or 0) - 1, column + 1 if end_line == error.lineno else 0)
    return Span(error.lineno, column, end_line, end)
