"""The page of a run: complete, self-contained, and inert whatever the rows say."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from typing import Any

from agent.rendering.run_page import MAX_TEXT, PageFamily, PageReason, PageRow, RunPage, run_page
from tests.agent.test_rendering import EVIL, Parsed


def page_row(id: str = "1", **changes: Any) -> PageRow:
    known = PageRow(id, "How many dogs?", "answered", "2", "2", 1.0, "count", -1, 0.5, f"traces/{id}.html", "")
    return replace(known, **changes)


def run_of(rows: list[PageRow], **changes: Any) -> RunPage:
    known = RunPage(
        title="questions.jsonl",
        facts=[("Planner", "embedded"), ("Nothing", "")],
        headline=("Accuracy", "50.0%", "on 2 rows"),
        counts={"answered": len(rows), "abstained": 0, "failed": 0},
        families=[PageFamily("count", len(rows), len(rows), 0.5)],
        reasons=[],
        rows=rows,
        thumbnails={},
    )
    return replace(known, **changes)


def data_of(document: str) -> dict[str, Any]:
    blocks = re.findall(r'<script type="application/json" id="rows">(.*?)</script>', document, re.DOTALL)
    assert len(blocks) == 1
    found: dict[str, Any] = json.loads(blocks[0])
    return found


def evil_page() -> RunPage:
    """Hostile text wherever text can be."""
    row = PageRow(EVIL, EVIL, "failed", EVIL, EVIL, None, EVIL, 0, 1.0, "", "")
    return RunPage(
        title=EVIL,
        facts=[(EVIL, EVIL)],
        headline=(EVIL, EVIL, EVIL),
        counts={"answered": 0, "abstained": 0, "failed": 1},
        families=[PageFamily(EVIL, 1, 0, 0.0), PageFamily("", 1, 0, None)],
        reasons=[PageReason(EVIL, EVIL, 1, "failed")],
        rows=[row],
        thumbnails={EVIL: "data:image/webp;base64,AA"},
        notes=[EVIL],
    )


def test_rows_are_data() -> None:
    rows = [
        page_row("1", picture="k2", credit=1.0),
        page_row("2", status="failed", answer="it broke", credit=0.0, reason=0, link="", seconds=61.0),
        page_row("3", status="abstained", answer="no dog", label="", credit=None, family=""),
    ]
    families = [PageFamily("", 1, 0, None), PageFamily("count", 2, 1, 0.5)]
    thumbnails = {"k1": "data:image/webp;base64,AA", "k2": "data:image/webp;base64,BB"}
    found = data_of(run_page(run_of(rows, families=families, thumbnails=thumbnails)))
    assert found["id"] == ["1", "2", "3"]
    assert found["status"] == [0, 2, 1]
    assert found["answer"] == ["2", "it broke", "no dog"]
    assert found["credit"] == [1.0, 0.0, None]
    assert [found["families"][place] for place in found["family"]] == ["count", "count", ""]
    assert found["reason"] == [-1, 0, -1]
    assert found["link"] == ["traces/1.html", "", "traces/3.html"]
    assert found["time"] == ["500 ms", "1 min 1 s", "500 ms"]
    assert found["picture"] == [1, -1, -1]
    assert found["pictures"] == list(thumbnails.values())


def test_page_is_self_contained() -> None:
    document = run_page(run_of([page_row()]))
    parsed = Parsed(document)
    assert parsed.open == []
    addresses = [
        value for _, attributes in parsed.elements for name, value in attributes.items() if name in ("src", "href")
    ]
    assert addresses == ["#table"]
    policy = next(a["content"] for tag, a in parsed.elements if tag == "meta" and "http-equiv" in a)
    script = re.findall(r"<script>(.*?)</script>", document, re.DOTALL)
    assert len(script) == 1
    digest = base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    assert policy == f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"


def test_script_makes_no_markup_of_data() -> None:
    script = re.findall(r"<script>(.*?)</script>", run_page(run_of([page_row()])), re.DOTALL)[0]
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert way not in script


def test_hostile_text_is_inert() -> None:
    evil = Parsed(run_page(evil_page()))
    calm = Parsed(run_page(replace(evil_page(), title="x")))
    kinds = [tag for tag, _ in evil.elements]
    assert kinds == [tag for tag, _ in calm.elements]
    assert kinds.count("script") == 2
    assert "img" not in kinds
    assert not [name for _, attributes in evil.elements for name in attributes if name.startswith("on")]
    document = run_page(evil_page())
    found = data_of(document)
    assert [found[name][0] for name in ("id", "question", "answer", "label")] == [EVIL] * 4
    block = document[document.index('id="rows">') :].partition("</script>")[0]
    assert not set(block.partition(">")[2]) & set("<>&\u2028\u2029")
    assert EVIL.replace("\x1b", "") not in document.replace("\x1b", "")


def test_only_what_is_known_has_a_column() -> None:
    full = run_page(run_of([page_row()]))
    heads = re.findall(r'data-sort="(\w+)"', full)
    assert heads == ["position", "question", "answer", "label", "credit", "family", "seconds"]
    bare = run_page(run_of([page_row(label="", credit=None, family="")], families=[PageFamily("", 1, 1, None)]))
    assert re.findall(r'data-sort="(\w+)"', bare) == ["position", "question", "answer", "seconds"]
    assert "By family" not in bare
    assert 'name="mark"' not in bare


def test_long_texts_are_cut() -> None:
    found = data_of(run_page(run_of([page_row(question="x" * 100_000)])))
    assert found["question"] == ["x" * MAX_TEXT + " …"]


def test_an_empty_run() -> None:
    document = run_page(run_of([], families=[]))
    assert Parsed(document).open == []
    assert data_of(document)["id"] == []
