"""The doors for other programs: chat completions and MCP, behind one guard."""

from typing import Any

from starlette.middleware import Middleware

from chat.access import Guard
from chat.agents import Agents, Choice
from chat.completions import Completions
from chat.mcp_tools import McpTools
from chat.uploads import UploadLimits


def doors(
    agents: Agents,
    choice: Choice | None = None,
    limits: UploadLimits | None = None,
    login: str | None = None,
    local: bool = True,
) -> dict[str, Any]:
    """What `gradio.Blocks.launch` is given so that the app has them.

    Args:
        agents: the pool that answers.
        choice: which of them answers.
        limits: of the pictures of a request.
        login: `USER:PASSWORD` that every request needs; none if None.
        local: the server listens on this computer alone, and is not shared.
    """
    return {
        "mcp_server": True,
        "app_kwargs": {
            "routes": Completions(agents, choice, limits).routes(),
            "lifespan": McpTools(agents, choice, limits).lifespan,
            "middleware": [Middleware(Guard, login=login, local=local)],
        },
    }
