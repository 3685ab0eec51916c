import pytest
from langchain_core.tools import BaseTool, ToolException

from tools import ImagePatch, default_vocabulary, tool
from tools.langchain_tools import MAX_HANDLES, Shelf

VOCABULARY = default_vocabulary()


@pytest.fixture
def tools(kit, picture):
    return {one.name: one for one in VOCABULARY.langchain(kit, {"image": picture})}


def test_every_tool_that_is_one_for_an_agent(tools):
    assert set(tools) == {one.name for one in VOCABULARY.tools.values()} - {"abstain"} | {"video_segment_find"}
    for one in tools.values():
        assert isinstance(one, BaseTool)
        assert one.description
        assert "Examples:" not in one.description
        assert one.args_schema.model_json_schema()["type"] == "object"


def test_a_patch_is_named_by_picture_and_box(tools):
    found = tools["find"].invoke({"image_patch": {"picture": "image"}, "object_name": "car"})
    assert found[0] == {"picture": "image", "left": 80, "lower": 40, "right": 130, "upper": 80}
    assert (
        tools["exists"].invoke({"image_patch": {"picture": "image", "right": 60}, "object_name": "blue car"}) is False
    )
    assert tools["verify_property"].invoke({"image_patch": found[0], "object_name": "car", "attribute": "blue"}) is True


def test_a_picture_may_be_a_file(tools, picture, tmp_path):
    path = tmp_path / "street.png"
    picture.image.save(path)
    assert tools["exists"].invoke({"image_patch": {"picture": str(path)}, "object_name": "car"}) is True
    with pytest.raises(ToolException, match="there is no such file"):
        tools["exists"].invoke({"image_patch": {"picture": str(tmp_path / "none.png")}, "object_name": "car"})


def test_results_can_be_used_again(tools):
    mask = tools["segment"].invoke({"image_patch": {"picture": "image"}, "object_name": "red car"})
    assert mask["area"] == 1200
    cut = tools["cut_out"].invoke({"mask": {"handle": mask["handle"]}})
    assert cut["picture"] != "image"
    assert tools["find"].invoke({"image_patch": cut, "object_name": "car"})[0]["picture"] == cut["picture"]


def test_lists_and_unions_of_patches(tools):
    patches = tools["find"].invoke({"image_patch": {"picture": "image"}, "object_name": "car"})
    index = tools["best_image_match"].invoke({"list_patches": patches, "content": ["red car"], "return_index": True})
    assert index == 1
    assert tools["distance"].invoke({"patch_a": patches[0], "patch_b": patches[1]}) == 30.0
    assert tools["distance"].invoke({"patch_a": 3, "patch_b": 5}) == 2


def test_functions_go_before_methods_of_the_same_name(tools):
    assert tools["llm_query"].invoke({"query": "Who?"}) == "heard: Who?"


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("find", {"image_patch": {"picture": "image"}, "object_name": ""}, "got an empty text"),
        ("find", {"image_patch": {"picture": "image"}, "object_name": "broken"}, "out of order"),
        ("find", {"image_patch": {"picture": "image", "left": 50, "right": 40}, "object_name": "car"}, "has no area"),
        ("segment", {"image_patch": {"picture": "image"}, "object_name": "dog"}, "there is no dog in the picture"),
        ("cut_out", {"mask": {"handle": "Mask-0"}}, "there is no object with the handle 'Mask-0'"),
        ("coerce_to_numeric", {"string": "many", "no_string": True}, "no number"),
    ],
)
def test_refusals_are_tool_exceptions(tools, name, arguments, message):
    with pytest.raises(ToolException) as caught:
        tools[name].invoke(arguments)
    assert message in str(caught.value)


def test_unknown_arguments_are_refused(tools):
    with pytest.raises(ValueError, match="Extra inputs are not permitted"):
        tools["find"].invoke({"image_patch": {"picture": "image", "top": 3}, "object_name": "car"})


def test_only_so_many_objects_are_kept(picture):
    shelf = Shelf(VOCABULARY, {})
    handles = [shelf._keep(f"thing-{number}", number) for number in range(MAX_HANDLES + 10)]
    assert shelf._find(handles[-1]) == MAX_HANDLES + 9
    with pytest.raises(Exception, match="thing-0"):
        shelf._find(handles[0])


def test_tools_of_ones_own_are_included(kit, picture):
    @tool
    async def aspect(patch: ImagePatch, times: int = 1) -> float:
        """Returns width by height."""
        return times * patch.width / patch.height

    made = {one.name: one for one in default_vocabulary().with_tools([aspect]).langchain(kit, {"image": picture})}
    assert made["aspect"].invoke({"patch": {"picture": "image"}, "times": 3}) == 6.0
