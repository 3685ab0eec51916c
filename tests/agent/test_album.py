"""Questions without a picture, about those of an open index."""

from pathlib import Path

import pytest

from agent import VisualAgent
from agent.planning.check import Check
from agent.planning.examples import Example, Shelf
from agent.planning.prompt import full_messages, question_prompt
from agent.program import Query, QueryError
from agent.rendering.captions import Captions
from models.picture_index import PictureIndex
from tests.models.test_picture_index import album, detect, embed, files, kit, write
from tests.tools.conftest import Fake
from tools import default_vocabulary, vocabulary

assert album
assert kit
assert files

SEARCH = "def execute_command():\n    return search_images('blue', 1)\n"
COUNT = "def execute_command():\n    return len([p for p in search_images('red') if p.exists('red')])\n"


@pytest.fixture
def agent(album, kit):
    write(album, kit)
    kit |= {"clip": Fake(embed), "detector": Fake(detect), "vlm": Fake(lambda request: 0.5)}
    with VisualAgent(kit, index=PictureIndex(album)) as made:
        yield made


def test_a_program_without_a_picture(agent):
    answer = agent.run(SEARCH)
    assert answer.status == "answered"
    (found,) = answer.value
    assert answer.pictures[found.picture].name.endswith("mixed.png")
    assert answer.trace.images == []
    assert [record.source for record in answer.trace.pictures] == ["program"]
    assert agent.run(COUNT).value == 4


def test_pictures_of_the_album_have_the_names_of_their_files(agent, album):
    answer = agent.run("def execute_command():\n    return search_images('red', 50)[:2]\n")
    titles = [Captions(answer.trace).title(one.picture) for one in answer.value]
    assert titles == [Path(answer.pictures[one.picture].name).name for one in answer.value]
    records = [record.model_copy(update={"name": f"{side}/one.png"}) for side, record in
               zip(("left", "right"), answer.trace.pictures, strict=False)]  # fmt: skip
    captions = Captions(answer.trace.model_copy(update={"pictures": records}))
    assert [captions.title(record.key) for record in records] == ["left/one.png", "right/one.png"]


def test_a_program_with_a_picture_may_search_as_well(agent, album):
    answer = agent.run(
        "def execute_command(image):\n    return ImagePatch(image).exists('x') and len(search_images('red')) > 1\n",
        album / "red.png",
    )
    assert answer.value is True


def test_a_program_that_wants_a_picture_where_there_is_none(agent):
    answer = agent.run("def execute_command(image):\n    return 1\n")
    assert answer.reason == "the program stopped: line 1: execute_command must take no argument"


def test_without_an_index_a_picture_is_needed(kit):
    with VisualAgent(kit) as agent:
        with pytest.raises(QueryError, match="there is no picture"):
            agent.run(SEARCH)
        with pytest.raises(QueryError, match="there is no picture"):
            agent.ask("Which picture shows a dog?")
        assert "search_images" not in agent.vocabulary.tools
        assert agent.check(SEARCH)


def test_a_query_needs_a_picture_or_an_album():
    assert Query("a dog?", (), album=True).subject == "album"
    with pytest.raises(QueryError, match="there is no picture"):
        Query("a dog?", ())


def test_the_check_lets_a_program_without_a_picture_pass_only_with_an_album():
    with Check(vocabulary(["tools.search"])) as check:
        assert check(SEARCH) == []
        assert "must take exactly one argument" in check(SEARCH.replace("()", "(a, b)", 1))[0].message
    with Check(default_vocabulary()) as check:
        assert "must take exactly one argument" in check(SEARCH)[0].message


def test_what_planners_are_told():
    query = Query("Which pictures show a dog?", (), album=True)
    assert question_prompt(query) == "Which pictures show a dog?\n\nAbout: the album"
    last = full_messages(query, "", Shelf())[-1].text
    assert last.startswith("Question about the album, which `search_images` searches; `def execute_command():`")


def test_examples_about_the_album_are_for_questions_about_it():
    shelf = Shelf([Example("Is there a dog?", "x"), Example("Which pictures show a dog?", "y", pictures="album")])
    assert [one.program for one in shelf.nearest("Which pictures show a dog?", 5)] == ["x"]
    assert [one.program for one in shelf.nearest("Is there a dog?", 5, "album")] == ["x", "y"]
    assert [one.program for one in shelf.nearest("Is there a dog?", 1, "album")] == ["y"]
