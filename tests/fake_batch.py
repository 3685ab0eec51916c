"""A batch over fake specialists in a process of its own: `python -m tests.fake_batch QUESTIONS RUN`.

It behaves as `sight batch` does, but loads no model, so that it starts quickly; its models are slow.
"""

import sys
import time
from collections.abc import Sequence
from typing import Any

from agent import Planner, VisualAgent
from agent.runs.batch import run_batch
from agent.runs.question_files import read_questions
from agent.runs.run_error import RunError
from agent.runs.store import Store
from models.requests import Request
from tests.agent.conftest import FakeKit, FakeSpecialist
from tests.agent.planning.fake_chat import FakeChat
from tests.agent.runs.conftest import make_settings
from tools import default_vocabulary

BODY = 'd = p.find("dog")\nreturn len(d)'


class Slow(FakeSpecialist):
    def run(self, requests: Sequence[Request[Any]]) -> list[Any]:
        time.sleep(0.1)
        return super().run(requests)


def main(questions: str, folder: str) -> int:
    vocabulary = default_vocabulary()
    kit = FakeKit({"dog": [(10, 10, 30, 30), (50, 40, 80, 70)]})
    kit["detector"] = Slow(kit["detector"].answer)
    planner = Planner(FakeChat(replies=lambda text: BODY), vocabulary, "question", "fake")
    with VisualAgent(kit, planner, vocabulary) as agent:
        agent.engine.live = 1
        try:
            with Store.open(folder, make_settings()) as store:
                return int(run_batch(agent, read_questions(questions), store).failed > 0)
        except RunError as error:
            print(f"sight: {error}", file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
