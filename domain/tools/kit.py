"""What the tasks of an organization may use: asked for when it is planned, when it is offered and at the call."""

from dataclasses import dataclass
from uuid import UUID

from domain.core.db import Session
from domain.core.errors import NotFound, Refused
from domain.orgs.access import works
from domain.tools import repository
from domain.tools.registry import Effect, Registry, Tool

SWITCHED_OFF = "switched_off"
"""The code of what is refused because an admin has switched it off."""

SWITCHES = repository.SWITCHES
"""For a statement that has to come back with them."""


@dataclass(frozen=True, slots=True)
class Kit:
    """``version`` counts the changes of an organization's switches: another one is another kit."""

    version: int
    off: frozenset[str]
    """Names of the tools that are switched off."""
    role: str | None
    """None: of nobody who may have anything done."""

    def offers(self, tool: Tool) -> bool:
        """Whether a plan may hold it."""
        return tool.configured and tool.name not in self.off and self._may(tool.effect)

    def take(self, tools: Registry, name: str) -> Tool:
        """The tool that a plan names, if it may still be used.

        Raises:
            NotFound: this version of Legwork does not have it.
            Refused: an admin has switched it off.
        """
        if name not in tools:
            raise NotFound(
                f"{name} is no longer a tool of mine.",
                remedy="Say in a message what you need, and I plan it anew; “/tools” lists what there is.",
                code="tool_gone",
            )
        if name in self.off:
            raise Refused(
                f"{name} was switched off by an admin after this was planned.",
                remedy=f"An admin can switch it on with “/tools enable {name}”; then it can be tried again.",
                code=SWITCHED_OFF,
            )
        return tools.get(name)

    def allow(self, tool: Tool, effect: Effect) -> None:
        """Raises Refused where a call with this effect is not for the role any more."""
        if not self._may(effect):
            raise Refused(
                f"{tool.name} changes something, and that is not for the role {self.role or 'of a stranger'}.",
                remedy="It needs the role member; ask an admin.",
                code="role",
            )

    def _may(self, effect: Effect) -> bool:
        return effect is Effect.READ or works(self.role)


async def kit_of(session: Session, org_id: UUID, user_id: UUID, *, held: bool = False) -> Kit:
    """What a person may have used in the organization, in the role they have now: both as of one moment, so that
    ``version`` tells of every change of either since. ``held``: their membership stays as it is until the transaction
    ends, so that what it stores comes before whatever is decided of them. Raises NotFound."""
    found = await repository.kit_of(session, org_id, user_id, held=held)
    if found is None:
        raise NotFound("The organization is gone.")
    return Kit(found["kit_version"], frozenset(found["off"]), found["role"])


async def switch(session: Session, org_id: UUID, tool: str, *, on: bool) -> bool:
    """Switch a tool on or off for everybody in the organization; False where it was so already. What begins from now
    on sees it, also in tasks that are under way.
    """
    return await repository.switch(session, org_id, tool, on=on)


async def switch_for_all(session: Session, tool: str, *, on: bool) -> bool:
    """The same for everybody here, in a transaction of the system; what an organization has switched off itself stays
    off there."""
    return await repository.switch_for_all(session, tool, on=on)
