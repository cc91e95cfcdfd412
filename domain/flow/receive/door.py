"""Who may come in: the rule of the installation for organizations that are new to it."""

import re
from dataclasses import dataclass, field
from typing import Literal

from domain.conversations.ports import Incoming
from domain.orgs.access import Admission

Policy = Literal["open", "request", "invited"]

_OPENS = re.compile(r"\s*[/!](?:legwork +)?(?:start|link)(?:@\w+)? +\S", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Door:
    """``policy``: everybody is let in; or whoever runs the installation is asked about each; or who was invited is."""

    policy: Policy = "open"
    operators: frozenset[str] = field(default_factory=frozenset[str])
    """Who runs the installation: ``platform:workspace:id`` each."""

    def admission(self, incoming: Incoming) -> Admission:
        """How an organization begins that comes to be with this message."""
        here = incoming.held or incoming.vouched or account(incoming) in self.operators
        return Admission.ADMITTED if here or self.policy == "open" else Admission.WAITING


OPEN = Door()


def account(incoming: Incoming) -> str:
    """Who speaks, as settings name somebody."""
    return f"{incoming.platform}:{incoming.workspace}:{incoming.person}"


def opens(incoming: Incoming) -> bool:
    """Whether the words may be what lets somebody in: an invitation or a code that is shown."""
    return incoming.press is None and incoming.change is None and _OPENS.match(incoming.text) is not None
