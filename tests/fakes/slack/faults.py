"""Faults on request, used up in order."""

import asyncio
from dataclasses import dataclass, field
from typing import Literal

FILES = ("upload", "download")
"""Not methods of the Web API, but addresses that can fail as well."""

Kind = Literal["lost answer", "hang up", "rate limit", "break down", "refuse", "hold", "garble"]


@dataclass(slots=True)
class Fault:
    """``times`` calls of ``method`` go wrong; "*" is any method."""

    kind: Kind
    method: str
    times: int = 1
    retry_after: int = 1
    status: int = 503
    error: str = ""
    body: str = ""
    gate: asyncio.Event = field(default_factory=asyncio.Event)


class Faults:
    """What is to go wrong."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        self.waiting.append(fault)
        return fault

    def take(self, method: str) -> Fault | None:
        """The fault of this call, if any."""
        for fault in self.waiting:
            if fault.method == method or (fault.method == "*" and method not in FILES):
                fault.times -= 1
                if not fault.times:
                    self.waiting.remove(fault)
                return fault
        return None
