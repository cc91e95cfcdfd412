"""``/export`` and ``/delete``: one's own data."""

from collections.abc import Sequence

from bot.commands.declare import Call, Noun, Verb
from domain.conversations.said import Said
from domain.identity.repository import ids_of
from domain.orgs.access import Permission
from domain.personal import service


async def _export(call: Call) -> Sequence[Said]:
    async with call.session.system("one person is in several organizations"):
        return (await service.export(call.session, call.person),)


async def _what_goes(call: Call) -> str:
    async with call.session.system("one person is in several organizations"):
        await service.refuse_last_owner(call.session, await ids_of(call.session, call.person.user_id))
    return (
        "In seven days everything I have kept of you is deleted, in all accounts you have linked: private chats, "
        "files, workflows, settings and links. In shared chats your words become “(deleted)”. Until then "
        "`/delete cancel` undoes it."
    )


async def _delete(call: Call) -> Sequence[Said]:
    async with call.session.system("one person is in several organizations"):
        return (await service.delete(call.session, call.person, call.person.account_id),)


async def _keep(call: Call) -> Sequence[Said]:
    async with call.session.system("one person is in several organizations"):
        return (await service.keep(call.session, call.person),)


EXPORT = Noun(
    "export",
    "a copy of your data",
    (
        Verb(
            "my data",
            "what I have kept of you, as an archive; at most once an hour",
            "/export my data",
            _export,
            Permission.OWN_DATA,
            personal=True,
            private=True,
        ),
    ),
)
DELETE = Noun(
    "delete",
    "has your data deleted",
    (
        Verb(
            "my data",
            "all I have kept of you, in seven days",
            "/delete my data",
            _delete,
            Permission.OWN_DATA,
            personal=True,
            private=True,
            confirms=_what_goes,
            yes="Delete",
        ),
        Verb(
            "cancel",
            "keeps your data after all",
            "/delete cancel",
            _keep,
            Permission.OWN_DATA,
            personal=True,
            private=True,
        ),
    ),
)
