"""`sight index`, `sight search` and `sight anomaly`: bad input in one line, before any model is loaded."""

from pathlib import Path

import pytest
from PIL import Image

from tests.sight.conftest import assert_bad_input, invoke

CASES = {
    "no such folder": (("index", "@/nowhere"), "there is no such folder"),
    "a file": (("index", "@/a.png"), "this is a file; name the folder"),
    "an empty folder": (("index", "@/empty"), "there is no picture in"),
    "an index that is a file": (("index", "@", "--out", "@/a.png"), "--out: "),
    "an empty query": (("search", " ", "--index", "@"), "the query is empty"),
    "no index": (("search", "a dog", "--index", "@", "--html", "@/x.html"), "there is no index in it; make one with"),
    "k": (("search", "a dog", "--index", "@", "-k", "0"), "greater than or equal to 1"),
    "asking without an index": (("ask", "how many dogs?"), "IMAGE"),
    "asking an index that is not there": (("ask", "--index", "@", "how many dogs?"), "there is no index in it"),
    "no normal picture": (("anomaly", "@/a.png", "--normal", "@/empty"), "there is no picture in"),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input(case: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    arguments, expected = CASES[case]
    assert_bad_input(invoke(*(argument.replace("@", str(tmp_path)) for argument in arguments)), expected)
