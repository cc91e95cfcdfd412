"""What the offline provider proposes, and the files it is asked about."""

from typing import Any

from domain.llm.decision import Decision, read_decision
from domain.llm.model import Request, Turn
from domain.llm.offline.provider import OfflineModel
from tests.factories.llm import ask, decide

LEADS = {"name": "leads-w27.csv", "mime_type": "text/csv", "size": 4_000}
STOCK = {"name": "stock list.xlsx", "mime_type": "application/octet-stream", "size": 9_000}
REPORT = {"name": "report.pdf", "mime_type": "application/pdf", "size": 90_000}
PHOTO = {"name": "photo.png", "mime_type": "image/png", "size": 9}
LAST: dict[str, Any] = {"question": "what moved?", "plan": {"nodes": [], "edges": []}, "files": [LEADS]}


async def decision(message: str, *, turns: tuple[Turn, ...] = (), **more: Any) -> Decision:
    asked = decide(message, **more)
    return read_decision(await ask(OfflineModel(), Request(asked.prompt, asked.variables, turns, asked.output_schema)))


async def calls(message: str, **more: Any) -> list[tuple[str, dict[str, Any]]]:
    """The tool nodes of the plan, without the question that only repeats the message."""
    spec = (await decision(message, **more)).spec
    assert spec is not None, f"“{message}” led to no plan"
    return [
        (node["name"], {name: value for name, value in node["config"].items() if name != "question"})
        for node in spec["nodes"]
        if node["type"] == "tool"
    ]
