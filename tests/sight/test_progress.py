"""How far a batch is, in words and as a bar."""

import io

import pytest

from agent.runs.batch import Progress
from sight.progress import ProgressDisplay, rate, sentence


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def progress(done: int, resumed: int = 0, total: int | None = 300, seconds: float = 60.0) -> Progress:
    return Progress(total, done, done - 3, 2, 1, resumed, seconds)


def test_a_sentence_for_a_person() -> None:
    assert sentence(progress(120, 60)) == (
        "120 of 300 rows: 117 answered, 2 abstained, 1 failed; 1.0 a second, 3 min 0 s left"
    )
    assert sentence(progress(1_200, total=None)) == "1,200 rows: 1,197 answered, 2 abstained, 1 failed; 20.0 a second"


def test_the_first_rows_tell_no_rate() -> None:
    assert sentence(progress(69, 60)) == "69 of 300 rows: 66 answered, 2 abstained, 1 failed"
    assert "a minute" in sentence(progress(70, 60))


@pytest.mark.parametrize(
    ("rows", "words"),
    [(1234.5, "1,234.5 a second"), (0.5, "30.0 a minute"), (0.01, "36.0 an hour"), (0, "0.0 an hour")],
)
def test_rates(rows: float, words: str) -> None:
    assert rate(rows) == words


def test_lines_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    stderr = io.StringIO()
    with ProgressDisplay(stderr) as display:
        for number in range(1, 26):
            now += 1.0
            display(progress(number + 10))
    lines = stderr.getvalue().splitlines()
    assert [line.split()[0] for line in lines] == ["20", "30"]
    assert display.latest == progress(35)


def test_a_bar_at_a_terminal() -> None:
    stderr = Terminal()
    with ProgressDisplay(stderr) as display:
        assert "loading models" in _drawn(display, stderr)
        display(progress(120))
        drawn = _drawn(display, stderr)
    assert "120 of 300 rows: 117 answered, 2 abstained, 1 failed" in " ".join(drawn.split())
    assert "\n" not in stderr.getvalue().splitlines()[-1]


def test_quiet() -> None:
    stderr = Terminal()
    with ProgressDisplay(stderr, silent=True) as display:
        display(progress(120))
    assert stderr.getvalue() == ""
    assert display.latest == progress(120)
    display.tell("a line that stays")
    assert stderr.getvalue() == "a line that stays\n"


def _drawn(display: ProgressDisplay, stderr: Terminal) -> str:
    display._bar.refresh()
    return stderr.getvalue()
