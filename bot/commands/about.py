"""``/whoami`` and ``/about``"""

from collections.abc import Sequence
from importlib.metadata import version

from bot.commands.declare import Call, Noun, Verb
from domain.conversations.ports import Address
from domain.conversations.said import Details, Note, Said
from domain.core import ids
from domain.orgs.operators import account


async def _whoami(call: Call) -> Sequence[Said]:
    person = call.person
    fields = (
        ("name", person.name or "(not known)"),
        ("id", ids.text("usr", person.user_id)),
        ("organization", ids.text("org", person.org_id)),
        ("role", person.role or "none: you are no member here"),
        ("account", _account(call.heard.address)),
        ("time zone", person.timezone_name),
        ("thread", ids.text("thrd", call.heard.thread.id)),
    )
    return (Details(title="You", fields=fields),)


def _account(address: Address) -> str:
    """As ``LEGWORK_PLATFORM_ADMINS`` names it."""
    return account(address.platform, address.workspace, address.person) if address.person else "-"


async def _about(call: Call) -> Sequence[Said]:
    model = f"the model {call.settings.model}" if call.settings.has_model else "the offline provider (rules, no model)"
    text = (
        f"**Legwork {version('legwork')}**: write as to a colleague, and I do the legwork: plan it, run the steps, and "
        f"post the results here. I ask before anything leaves the house, and every number I state from a report was "
        f"computed.\n\nAnswers come from {model}. `/help` shows what there is."
    )
    return (Note(text=text),)


WHOAMI = Noun(
    "whoami", "who you are here", (Verb("show", "your identity and role", "/whoami", _whoami, personal=True),)
)
ABOUT = Noun("about", "what Legwork is", (Verb("show", "version and model", "/about", _about),))
