import ast
import importlib.util
import re
import sys

import pytest

from models.picture import Picture
from models.requests import Match, Read, SpecialistError, Together
from tools import DeclarationError, ImagePatch, ToolError, default_vocabulary, drive, tool, vocabulary
from tools.prompt import examples

from .conftest import Fake

VOCABULARY = default_vocabulary()

VIPERGPT = {
    "ImagePatch": [
        *("find", "exists", "verify_property", "best_text_match", "simple_query", "compute_depth", "crop"),
        *("overlaps_with", "llm_query", "print_image"),
    ],
    "VideoSegment": ["frame_from_index", "trim", "frame_iterator", "select_answer"],
    None: ["best_image_match", "distance", "bool_to_yesno", "coerce_to_numeric", "llm_query"],
}
OURS = [
    *("ImagePatch.segment", "ImagePatch.read_text", "Mask.cut_out", "abstain", "list_of"),
    *("VideoSegment.find", "VideoSegment.track", "VideoSegment.sample"),
    *("ImagePatch.classify", "ImagePatch.label_probabilities", "ImagePatch.match_probability"),
    *("ImagePatch.caption", "ImagePatch.yes_probability"),
    *("ImagePatch.blur_background", "ImagePatch.color_pop", "ImagePatch.highlight", "ImagePatch.tag"),
    *("ImagePatch.emoji", "ImagePatch.replace", "generate_image"),
]


def test_the_vocabulary_is_that_of_vipergpt_and_a_few_more():
    theirs = [f"{owner}.{name}" if owner else name for owner, names in VIPERGPT.items() for name in names]
    assert set(VOCABULARY.tools) == {*theirs, *OURS}
    assert set(VOCABULARY.classes) == {"Image", "ImagePatch", "Mask", "Video", "VideoFrame", "VideoSegment"}
    assert VOCABULARY.functions == {"best_image_match", "llm_query", "list_of", "abstain", "generate_image"}
    assert [one.name for one in VOCABULARY.tools.values() if one.terminal] == ["abstain"]


def test_without_diffusers_nothing_is_painted(monkeypatch):
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "diffusers" else real(name))
    assert set(VOCABULARY.tools) - set(default_vocabulary().tools) == {"ImagePatch.replace", "generate_image"}


# --- prompt and stubs -------------------------------------------------------------------------------------------------


def declared(source: str) -> tuple[set[str], dict[str, set[str]]]:
    """Qualified names of all functions, and attribute names by class, of Python source."""
    functions: set[str] = set()
    attributes: dict[str, set[str]] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            functions.add(node.name)
        elif isinstance(node, ast.ClassDef):
            functions |= {f"{node.name}.{one.name}" for one in node.body if isinstance(one, ast.FunctionDef)}
            described = re.findall(r"^ *(\w+) \(.+?\): ", ast.get_docstring(node) or "", re.MULTILINE)
            annotated = {one.target.id for one in node.body if isinstance(one, ast.AnnAssign)}
            attributes[node.name] = {*described, *annotated}
    return functions, attributes


@pytest.mark.parametrize("text", [VOCABULARY.prompt(), VOCABULARY.stubs()], ids=["prompt", "stubs"])
def test_prompt_and_stubs_declare_every_tool_and_nothing_else(text):
    functions, attributes = declared(text)
    assert functions == {*VOCABULARY.tools, "ImagePatch.__init__", "VideoSegment.__init__"}
    for name in ("ImagePatch", "Mask", "VideoSegment"):
        assert attributes[name] == set(VOCABULARY.classes[name].attributes) - {"id"}


def test_the_prompt_explains_every_tool_and_attribute():
    for one in VOCABULARY.tools.values():
        assert one.doc.splitlines()[0] in VOCABULARY.prompt()
    for host in VOCABULARY.classes.values():
        for name in host.attributes:
            if host.doc and name != "id":
                assert host.attribute_doc(name), f"{host.name}.{name}"


def test_prompt_and_stubs_speak_of_nothing_of_the_host():
    for text in (VOCABULARY.prompt(), VOCABULARY.stubs()):
        assert not re.search(r"Picture\b|Region|async|await|ToolError|models\.|tools\.", text)


EXAMPLES = [
    pytest.param(source, id=f"{one.qualified}-{number}")
    for one in VOCABULARY.tools.values()
    for number, source in enumerate(examples(one))
]


@pytest.mark.parametrize("source", EXAMPLES)
def test_every_example_is_a_program_with_its_question(source):
    (program,) = ast.parse(source).body
    assert isinstance(program, ast.FunctionDef)
    assert program.name == "execute_command"
    assert [one.arg for one in program.args.args] == ["video" if "VideoSegment" in source else "image"]
    assert source.startswith("# ")
    assert isinstance(program.body[-1], ast.Return)


def test_nearly_every_tool_has_an_example():
    without = {one.qualified for one in VOCABULARY.tools.values() if not examples(one)}
    assert without == {"ImagePatch.print_image", "bool_to_yesno"}


def test_the_prelude_is_python_and_has_every_inline_tool():
    functions, _ = declared(VOCABULARY.prelude())
    assert functions == {one.name for one in VOCABULARY.tools.values() if one.inline}
    namespace: dict = {}
    exec(VOCABULARY.prelude(), namespace)
    assert namespace["coerce_to_numeric"]("twelve") == 12
    assert namespace["math"].pi


# --- calls ------------------------------------------------------------------------------------------------------------

PATCH = object()


@pytest.mark.parametrize(
    ("name", "args", "kwargs", "message"),
    [
        ("ImagePatch.find", (PATCH, ["dog"]), {}, "find() takes object_name as text, got a list"),
        ("ImagePatch.find", (PATCH, 3), {}, "find() takes object_name as text, got a number"),
        ("ImagePatch.find", (PATCH, None), {}, "find() takes object_name as text, got None"),
        ("ImagePatch.find", (PATCH, PATCH), {}, "find() takes object_name as text, got an ImagePatch"),
        ("ImagePatch.find", (PATCH,), {}, "find() is missing object_name; call it as find(object_name)"),
        ("ImagePatch.find", (PATCH, "a", "b"), {}, "find() got 2 arguments; call it as find(object_name)"),
        ("ImagePatch.find", (PATCH,), {"name": "a"}, "find() has no argument 'name'; call it as find(object_name)"),
        ("ImagePatch.find", (PATCH, "a"), {"self": 1}, "find() has no argument 'self'"),
        ("ImagePatch.find", (PATCH, "a"), {"object_name": "b"}, "find() got two values for object_name"),
        ("ImagePatch.find", ("dog", "a"), {}, "find() takes self as an ImagePatch, got text"),
        ("ImagePatch.find", (PATCH, object()), {}, "find() takes object_name as text, got a value of another kind"),
        ("ImagePatch.find", (PATCH, "x" * 30_000), {}, "got a text of 30000 characters (at most 20000 are allowed)"),
        ("ImagePatch.crop", (PATCH, 1, 2, 3), {}, "is missing upper; call it as crop(left, lower, right, upper)"),
        ("ImagePatch.crop", (PATCH, 1, 2, "3", 4), {}, "crop() takes right as a number, got text"),
        ("ImagePatch.crop", (PATCH, 1, 2, True, 4), {}, "crop() takes right as a number, got True or False"),
        (
            "ImagePatch.crop",
            (PATCH, 1, 2, float("inf"), 4),
            {},
            "crop() takes right as a number, got an infinite number",
        ),
        ("ImagePatch.crop", (PATCH, 1, 2, float("nan"), 4), {}, "got a number that is undefined (nan)"),
        ("ImagePatch.best_text_match", (PATCH, "red"), {}, "takes option_list as a list of text or numbers, got text"),
        ("ImagePatch.best_text_match", (PATCH, ["a", PATCH]), {}, "got a list with an ImagePatch in it"),
        ("ImagePatch.best_text_match", (PATCH, ["a"] * 2000), {}, "got 2000 items (at most 1000 are allowed)"),
        ("ImagePatch.print_image", (PATCH, (1, 2, 3)), {}, "takes size as a tuple or None, got 3 items instead of 2"),
        ("ImagePatch.llm_query", (PATCH, "a"), {"long_answer": "no"}, "takes long_answer as True or False, got text"),
        (
            "best_image_match",
            (PATCH, ["a"]),
            {},
            "takes list_patches as a list of ImagePatch objects, got an ImagePatch",
        ),
        ("best_image_match", ([PATCH, "a"], ["a"]), {}, "got a list with text in it"),
        ("distance", (PATCH, [PATCH]), {}, "takes patch_b as an ImagePatch or a number, got a list"),
        ("ImagePatch", ("dog.png",), {}, "ImagePatch() takes image as an Image or an ImagePatch, got text"),
        ("ImagePatch", (), {}, "ImagePatch() is missing image; call it as ImagePatch(image, left=None"),
        ("abstain", (), {}, "abstain() is missing reason; call it as abstain(reason)"),
    ],
)
def test_a_wrong_call_is_answered_with_a_sentence_that_teaches(picture, name, args, kwargs, message):
    patch = ImagePatch(picture)

    def filled(value):
        return [filled(one) for one in value] if isinstance(value, list) else patch if value is PATCH else value

    with pytest.raises(ToolError) as caught:
        VOCABULARY.call(name, tuple(filled(one) for one in args), kwargs)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_tool_is_a_key_error(picture):
    for name in ("ImagePatch.lose", "Mask", "Image", "eval"):
        with pytest.raises(KeyError):
            VOCABULARY.call(name, (), {})


def test_bind_names_arguments_and_fills_in_defaults(picture):
    patch = ImagePatch(picture)
    assert VOCABULARY.bind("ImagePatch.best_text_match", (patch, ("a", 1)), {}) == {
        "self": patch,
        "option_list": ["a", 1],
        "prefix": None,
    }
    assert VOCABULARY.bind("ImagePatch", (picture,), {"left": 3})["left"] == 3


def test_a_coroutine_gives_requests_and_takes_results(picture):
    patches = [ImagePatch(picture), ImagePatch(picture, 0, 0, 9, 9)]
    coroutine = VOCABULARY.call("best_image_match", (patches, ["x"]), {})
    asked = coroutine.send(None)
    assert asked == Together((Match(patches[0].region, ("x",)), Match(patches[1].region, ("x",))))
    with pytest.raises(StopIteration) as end:
        coroutine.send([[0.1], [0.2]])
    assert end.value.value is patches[1]


def test_a_tool_may_handle_what_a_specialist_cannot_do(picture):
    @tool
    async def safe(patch: ImagePatch) -> str:
        """Reads, or says that it cannot."""
        try:
            await Together((Read(patch.region), Match(patch.region, ("a",)), Read(patch.region)))
        except SpecialistError as error:
            return f"cannot: {error}"
        return "could"

    kit = {"ocr": Fake(lambda request: []), "clip": Fake(lambda request: SpecialistError("too dark"))}
    assert drive(safe(ImagePatch(picture)), kit) == "cannot: too dark"
    assert [len(batch) for batch in kit["ocr"].batches] == [2], "one batch a specialist"


# --- extension --------------------------------------------------------------------------------------------------------

SOURCE = '''
from __future__ import annotations

from tools import ImagePatch, tool


@tool
async def aspect(patch: ImagePatch) -> float:
    """Returns width by height."""
    return patch.width / patch.height
'''


def test_tools_from_a_file(tmp_path, picture, kit):
    path = tmp_path / "aspect_tools.py"
    path.write_text(SOURCE)
    for modules in ([path], [str(path)]):
        extended = vocabulary(modules=modules)
        assert set(extended.tools) - set(VOCABULARY.tools) == {"aspect"}, "what a module imports is not declared twice"
        assert drive(extended.call("aspect", (ImagePatch(picture),), {}), kit) == 2.0


def test_tools_from_a_module_by_name(tmp_path, monkeypatch):
    (tmp_path / "aspect_by_name.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    assert "aspect" in vocabulary(modules=["aspect_by_name"]).functions
    assert "aspect" in vocabulary(modules=[sys.modules["aspect_by_name"]]).functions


def test_modules_without_tools_are_refused(tmp_path):
    empty = tmp_path / "empty_tools.py"
    empty.write_text("x = 1\n")
    for module, message in [
        (empty, "no tool is declared there"),
        ("colorsys", "no tool is declared there"),
        ("no_such_module_anywhere", "there is no module 'no_such_module_anywhere'"),
        (tmp_path / "missing.py", "there is no such file of tools"),
    ]:
        with pytest.raises(DeclarationError) as caught:
            vocabulary(modules=[module])
        assert message in str(caught.value)


def test_an_import_error_inside_a_plug_in_is_not_hidden(tmp_path, monkeypatch):
    (tmp_path / "needy_tools.py").write_text("import a_package_that_is_not_there\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="a_package_that_is_not_there"):
        vocabulary(modules=["needy_tools"])


def test_a_picture_is_an_image_to_programs(picture):
    assert VOCABULARY.names[Picture] == "Image"
