"""What MCP clients are offered and what they get, asked through the official client over a running app."""

import asyncio
import base64
import io
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from agent import VisualAgent
from chat.enclosed import read_enclosed
from chat.tool_calls import single_calls
from models.embedded.gallery import gallery_item
from models.picture import Picture, PictureError
from tests.chat.server import data_url, oracle_agent, serving
from tools import Vocabulary, default_vocabulary
from tools.declaration import tool
from tools.image_patch import ImagePatch

ITEM = gallery_item("muffins_and_kids")
MUFFINS, FRUIT = data_url(ITEM), data_url("fruit")
KIDS = [thing for thing in ITEM.scene.things if thing.noun in ("boy", "girl", "child")]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(oracle_agent()) as one:
        yield one


def during(address: str, work: Callable[[Any], Awaitable[Any]], headers: dict[str, str] | None = None) -> Any:
    """What some work with a client's session brings."""

    async def session() -> Any:
        from mcp import ClientSession
        from mcp.client.streamable_http import streamablehttp_client

        async with (
            streamablehttp_client(f"{address}/gradio_api/mcp/", headers) as (read, write, _),
            ClientSession(read, write) as one,
        ):
            await one.initialize()
            return await work(one)

    return asyncio.run(session())


def call(address: str, name: str, **arguments: Any) -> Any:
    return during(address, lambda session: session.call_tool(name, arguments))


def pictures_in(result: Any) -> list[Image.Image]:
    blocks = [block for block in result.content if block.type == "image"]
    assert {block.mimeType for block in blocks} <= {"image/jpeg"}
    return [Image.open(io.BytesIO(base64.b64decode(block.data))) for block in blocks]


# ---------------------------------------------------------------------- what is offered


def test_what_is_offered(address: str) -> None:
    tools = {one.name: one for one in during(address, lambda session: session.list_tools()).tools}
    assert list(tools) == [
        "ask_picture", "find", "exists", "verify_property", "best_text_match", "simple_query", "compute_depth", "crop",
        "overlaps_with", "read_text", "llm_query", "segment", "classify", "label_probabilities", "match_probability",
        "caption", "yes_probability", "blur_background", "color_pop", "highlight", "tag", "emoji", "replace",
        "best_image_match", "list_of", "generate_image",
    ]  # fmt: skip
    assert "inside" not in tools  # an event of the window
    assert tools["ask_picture"].inputSchema["required"] == ["question", "pictures"]
    find = tools["find"]
    assert find.description.startswith("Returns a list of ImagePatch objects, one for each object")
    assert "execute_command" not in find.description
    assert list(find.inputSchema["properties"]) == ["picture", "region", "object_name"]
    assert find.inputSchema["required"] == ["picture", "object_name"]
    assert list(tools["crop"].inputSchema["properties"]) == ["picture", "region", "box"]
    assert list(tools["best_image_match"].inputSchema["properties"])[:2] == ["pictures", "list_patches"]
    assert list(tools["llm_query"].inputSchema["properties"]) == ["query", "context", "long_answer"]
    assert all(one.annotations.readOnlyHint for one in tools.values())


def test_only_tools_are_offered(address: str) -> None:
    async def capabilities(session: Any) -> Any:
        return session.get_server_capabilities()

    told = during(address, capabilities)
    assert told.tools is not None
    assert told.prompts is None
    assert told.resources is None


def test_tools_of_ones_own_are_offered_by_their_declaration() -> None:
    @tool
    async def brightness(patch: ImagePatch, picture: str = "x") -> float:
        """Returns how bright the patch is."""
        return 0.5

    @tool
    async def closer(first: ImagePatch, second: ImagePatch | None = None) -> list[ImagePatch]:
        """Returns the closer of two patches."""
        return [first]

    @tool
    async def nothing(patch: ImagePatch) -> None:
        """Brings nothing back."""

    vocabulary = Vocabulary([*default_vocabulary()._declared, brightness, closer, nothing])
    calls = {one.name: one for one in single_calls(vocabulary)}
    assert not {"nothing", "cut_out", "abstain", "distance", "print_image"} & set(calls)
    pictures = [Picture.from_image(Image.new("RGB", (100, 50))), Picture.from_image(Image.new("RGB", (30, 40)))]

    def program(name: str, **arguments: Any) -> str:
        one, valid = calls[name], calls[name].arguments.model_validate(arguments)
        return one.program(valid, pictures[: len(one.pictures(valid))])

    assert list(calls["brightness"].arguments.model_fields) == ["picture_", "region", "picture"]
    assert program("brightness", picture_="p", region=[10, 0, 20, 5]) == (
        "def execute_command(image):\n    return [brightness(patch=ImagePatch(image, 10, 45, 20, 50), picture='x')]\n"
    )
    two = [{"picture": 1}, {"picture": 0, "region": [0, 0, 1, 1]}]
    assert program("closer", pictures=["p", "q"], first=two[0], second=two[1]) == (
        "def execute_command(images):\n"
        "    return [closer(first=ImagePatch(images[1]), second=ImagePatch(images[0], 0, 49, 1, 50))]\n"
    )
    assert "second=None" in program("closer", pictures=["p"], first={})
    with pytest.raises(ValueError, match="there is no picture 2; 1 came"):
        program("closer", pictures=["p"], first={"picture": 2})


# ---------------------------------------------------------------------- calls


def test_ask_picture(address: str) -> None:
    result = call(address, "ask_picture", question="How many muffins?", pictures=[MUFFINS])
    assert not result.isError
    told = result.structuredContent
    assert (told["status"], told["answer"], told["result"]) == ("answered", "8", 8)
    assert 'find("muffin")' in told["program"]


def test_found_objects_come_with_boxes_and_cut_outs(address: str) -> None:
    result = call(address, "find", picture=MUFFINS, object_name="kid")
    found = result.structuredContent["result"]
    assert len(found) == len(KIDS) == 2
    for one, shown in zip(found, pictures_in(result), strict=True):
        x1, y1, x2, y2 = one["box"]
        assert any(abs(x1 - kid.box[0]) <= 1 and abs(y1 - kid.box[1]) <= 1 for kid in KIDS)  # origin top left
        assert shown.size == (x2 - x1, y2 - y1)
    inside = call(address, "find", picture=MUFFINS, region=found[1]["box"], object_name="kid")
    assert [one["box"] for one in inside.structuredContent["result"]] == [found[1]["box"]]


def test_single_looks(address: str) -> None:
    async def looks(session: Any) -> list[Any]:
        async def look(name: str, **arguments: Any) -> Any:
            result = await session.call_tool(name, arguments)
            assert not result.isError, result.content
            return result.structuredContent["result"]

        kid = list(KIDS[0].box)
        return [
            await look("exists", picture=MUFFINS, object_name="dog"),
            await look("verify_property", picture=FRUIT, object_name="banana", attribute="yellow"),
            await look("best_text_match", picture=MUFFINS, region=kid, option_list=["muffin", "kid"]),
            await look("overlaps_with", picture=MUFFINS, region=kid, box=kid),
            await look("best_image_match", pictures=[FRUIT, MUFFINS], list_patches=[{"picture": 0}, {"picture": 1}],
                       content="kid", return_index=True),
            await look("best_image_match", pictures=[MUFFINS], list_patches=[], content="kid"),
            (await look("crop", picture=MUFFINS, box=[10, 20, 60, 50]))["box"],
            await look("compute_depth", picture=MUFFINS) > 0,
        ]  # fmt: skip

    assert during(address, looks) == [False, True, "kid", True, 1, None, [10, 20, 60, 50], True]


def test_a_mask_comes_as_the_object_on_white(address: str) -> None:
    result = call(address, "segment", picture=MUFFINS, object_name="kid")
    told = result.structuredContent["result"]
    (shown,) = pictures_in(result)
    x1, y1, x2, y2 = told["box"]
    assert shown.size == (x2 - x1, y2 - y1)
    assert all(value > 240 for value in shown.getpixel((0, 0)))
    share = told["area"] / (shown.width * shown.height)
    white = sum(min(pixel) > 240 for pixel in shown.getdata()) / (shown.width * shown.height)
    assert white == pytest.approx(1 - share, abs=0.15)
    assert told["polygons"]


def test_what_is_not_there_is_no_error(address: str) -> None:
    result = call(address, "segment", picture=MUFFINS, object_name="dog")
    assert not result.isError
    assert result.structuredContent == {
        "status": "abstained", "reason": "there is no dog in the picture", "result": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("inside", {"text": "x"}, "there is no tool 'inside'; there are ask_picture, find"),
        ("find", {"picture": MUFFINS}, "find: object_name: Field required"),
        ("find", {"picture": MUFFINS, "object_name": "a", "colour": "red"}, "colour: Extra inputs are not permitted"),
        ("find", {"picture": MUFFINS, "object_name": " "}, "find() needs a word or a short phrase as object_name"),
        ("find", {"picture": "https://example.org/a.png", "object_name": "a"}, "nothing is fetched from example.org"),
        ("find", {"picture": "/etc/hostname", "object_name": "a"}, "this is no base64"),
        ("find", {"picture": "PHN2Zz48L3N2Zz4=", "object_name": "a"}, "picture 0: not a picture in a supported format"),
        ("crop", {"picture": MUFFINS, "box": [10, 10, 5, 20]}, "the box [10, 10, 5, 20] has no area; x1 < x2"),
        ("crop", {"picture": MUFFINS, "box": [900, 10, 950, 20]}, "lies outside the picture, which is 400 x 300"),
        ("crop", {"picture": MUFFINS, "box": [900, 10, 950]}, "box: List should have at least 4 items"),
        ("ask_picture", {"question": "?", "pictures": []}, "pictures: List should have at least 1 item"),
        ("ask_picture", {"question": " ", "pictures": [MUFFINS]}, "the question is empty"),
        ("ask_picture", {"question": "?", "pictures": [MUFFINS] * 9}, "9 pictures are too many"),
        (
            "simple_query",
            {"picture": MUFFINS, "question": "'); import os\nabstain('"},
            "",  # an argument stays an argument
        ),
    ],
)
def test_what_is_wrong_is_told_in_a_line(address: str, name: str, arguments: dict[str, Any], words: str) -> None:
    result = call(address, name, **arguments)
    if words:
        assert result.isError
        assert words in result.content[0].text
        assert "\n" not in result.content[0].text
    else:
        assert result.isError or result.structuredContent["status"] == "answered"


def test_uploaded_files_may_be_named(address: str, tmp_path: Path) -> None:
    files = {"files": (ITEM.path.name, ITEM.path.read_bytes())}
    (path,) = httpx.post(f"{address}/gradio_api/upload", files=files).json()
    for named in (path, f"{address}/gradio_api/file={path}"):
        assert call(address, "exists", picture=named, object_name="kid").structuredContent["result"] is True


def test_files_elsewhere_are_not_read(tmp_path: Path) -> None:
    uploads, outside = tmp_path / "uploads", tmp_path / "outside.webp"
    uploads.mkdir()
    for path in (uploads / "in.webp", outside):
        path.write_bytes(ITEM.path.read_bytes())
    (uploads / "link.webp").symlink_to(outside)
    assert read_enclosed(str(uploads / "in.webp"), "p", uploads=uploads) == ITEM.picture
    for named in (str(outside), f"{uploads}/../outside.webp", str(uploads / "link.webp"), "in.webp", f"{uploads}/no"):
        with pytest.raises(PictureError, match="no base64"):
            read_enclosed(named, "p", uploads=uploads)


def test_with_a_login() -> None:
    agent: VisualAgent = oracle_agent()
    with serving(agent, login="ann:horse") as address:
        key = {"Authorization": "Bearer ann:horse"}
        tools = during(address, lambda session: session.list_tools(), key).tools
        assert tools[0].name == "ask_picture"
        asked = {"question": "How many muffins?", "pictures": [MUFFINS]}
        answer = during(address, lambda session: session.call_tool("ask_picture", asked), key)
        assert answer.structuredContent["result"] == 8
        for path in ("", "schema", "sse", "http"):
            assert httpx.get(f"{address}/gradio_api/mcp/{path}").status_code == 401


def test_a_browser_is_shown_how_to_connect(address: str) -> None:
    page = httpx.get(f"{address}/gradio_api/mcp/", headers={"Accept": "text/html"}, follow_redirects=True)
    assert page.status_code == 200
    assert f"{address}/gradio_api/mcp/" in page.text
