"""Who may come in: the rule of the installation for organizations that are new to it."""

import re
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from domain.conversations.ports import Incoming
from domain.core.db import Session
from domain.core.settings import Settings
from domain.orgs import operators
from domain.orgs.access import Admission

Policy = Literal["open", "request", "invited"]

_ANSWERS = ("link join ", "link decline ")
"""What the buttons say by which an account becomes one of somebody who is let in."""
_OPENS = re.compile(r"\s*[/!](?:legwork +)?(?:start|link)(?:@\w+)? +\S", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Door:
    """``policy``: everybody is let in; or whoever runs the installation is asked about each; or who was invited is."""

    policy: Policy = "open"
    operators: frozenset[str] = field(default_factory=frozenset[str])
    """Who runs the installation: ``platform:workspace:id`` each."""

    @classmethod
    def of(cls, settings: Settings) -> "Door":
        return cls(settings.admits, frozenset(settings.platform_admins))

    def admission(self, incoming: Incoming) -> Admission:
        """How an organization begins that comes to be with this message."""
        let_in = self.policy == "open" or incoming.vouched or self.is_operators(incoming)
        return Admission.ADMITTED if let_in else Admission.WAITING

    def is_operators(self, incoming: Incoming) -> bool:
        """Whether somebody speaks who is named as running the installation; at its console everybody does."""
        return incoming.held or (
            operators.account(incoming.platform, incoming.workspace, incoming.person) in self.operators
        )

    async def opens_to(self, session: Session, incoming: Incoming, user_id: UUID) -> bool:
        """Whether an organization that waits is let in now: the rule is another, or whoever speaks runs it by now."""
        if self.admission(incoming) is Admission.ADMITTED:
            return True
        return await operators.is_appointed(session, [user_id])


OPEN = Door()


def opens(incoming: Incoming) -> bool:
    """Whether it may be what lets somebody in: an invitation or a code that is shown, or the yes to a link.

    It is shown in private, and by itself: nothing that comes with it is kept or looked at for a stranger.
    """
    if incoming.press is not None:
        return incoming.press.action == "command" and incoming.press.value.startswith(_ANSWERS)
    if incoming.change is not None or not incoming.private or incoming.files or incoming.quoted:
        return False
    return _OPENS.match(incoming.text) is not None
