"""A language model decides whether an answer and a label say the same in other words."""

from collections.abc import Sequence

from langchain_core.messages import HumanMessage, SystemMessage

from distill.replies import Replies

_SYSTEM = (
    "You compare answers to a question about a picture. Reply with the one word yes if the given answer means the same "
    "as one of the right answers, and with the one word no if it does not or if you are unsure. A more general or a "
    "more special word is another answer."
)


class LlmJudge:
    """A `distill.verify.Judge` that asks a language model."""

    def __init__(self, replies: Replies) -> None:
        self.replies = replies

    def __call__(self, question: str, answer: str, labels: Sequence[str]) -> bool:
        """Raises DatasetError if the model gives no reply."""
        right = "; ".join(dict.fromkeys(labels))
        told = f"Question: {question}\nRight answers: {right}\nGiven answer: {answer}"
        (reply,) = self.replies.ask([[SystemMessage(_SYSTEM), HumanMessage(told)]])
        return reply.strip().lower().startswith("yes")
