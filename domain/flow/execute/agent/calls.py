"""What is special of an agent's calls."""

from typing import Any

from domain.flow.execute.nodes.running import Running


async def results(running: Running) -> list[Any]:
    """All that an agent has to go by: what it was given, and what its calls have put out."""
    assert running.agent is not None
    given: list[Any] = (running.agent.input or {}).get("inputs") or []
    return [*given, *(step.output for each in running.rounds for _, step in each.calls if step and step.output)]
