"""``legwork admin``: the verbs of “/admin” without a chat, for whoever runs the installation; and the first of them."""

import argparse
import asyncio
import shutil
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.console.failures import Misuse
from bot.shell import DONE, on_database

if TYPE_CHECKING:
    from bot.console.seat import Seat
    from domain.conversations.said import Said
    from domain.conversations.schemas import Heard
    from domain.core.db import Database, Session
    from domain.core.settings import Settings


def declare(commands: Any) -> None:
    """Declare the command among those of ``legwork``."""
    admin = commands.add_parser(
        "admin",
        help="run this installation: the verbs of “/admin” without a chat",
        description="“legwork admin users” is “/admin users”, for whoever has this machine; “legwork admin init” "
        "prints a link and a code by which the first platform admin is made.",
    )
    admin.add_argument("--yes", action="store_true", help="do what is asked about first")
    admin.add_argument("words", metavar="VERB", nargs=argparse.REMAINDER, help="as behind “/admin”, or init")
    admin.set_defaults(run=_admin)


def _admin(options: argparse.Namespace) -> int:
    words: list[str] = options.words
    if not words:
        raise Misuse("There is no verb.", remedy="“legwork admin help” lists them.")
    asyncio.run(on_database(partial(_work, words, confirmed=options.yes)))
    return DONE


async def _work(words: list[str], settings: "Settings", database: "Database", *, confirmed: bool) -> None:
    await (init(settings, database) if words == ["init"] else obey(words, settings, database, confirmed=confirmed))


# -- verbs --------------------------------------------------------------------------------------------


async def obey(words: list[str], settings: "Settings", database: "Database", *, confirmed: bool = False) -> None:
    """Carry out what is written behind “legwork admin”, as whoever sits at the console. Raises LegworkError."""
    from bot.commands.table import CommandTable
    from bot.console.seat import taken
    from domain.tools.registry import Registry

    written = ["help", "admin"] if words == ["help"] else ["admin", *words]
    with taken(settings.data_dir) as seat:
        async with database.system("whoever runs the installation sees all of it") as session:
            heard = await _heard(session, seat, " ".join(written))
            ran = await CommandTable(settings, Registry([])).obey(session, heard, written, confirmed=confirmed)
    for said in ran.said:
        _print(said)


async def _heard(session: "Session", seat: "Seat", text: str) -> "Heard":
    """What is typed in a shell as a message, which is stored nowhere: it is said by whoever sits at the console."""
    from domain.conversations.schemas import Heard, Person, Thread
    from domain.core.ids import new_id
    from domain.identity import service as identity
    from domain.orgs import service as orgs
    from domain.orgs.access import Role

    to = seat.address
    user_id = await identity.find_or_add(
        session,
        platform=to.platform,
        workspace=to.workspace,
        platform_user_id=seat.person,
        name=seat.person,
        timezone=seat.timezone,
    )
    org_id = await orgs.own(session, user_id, None)
    return Heard(
        message_id=new_id(),
        text=f"/{text}",
        attachments=(),
        quoted=(),
        press=None,
        handled=False,
        person=Person(user_id, org_id, Role.OWNER, None, seat.timezone or "UTC"),
        thread=Thread(
            id=new_id(),
            chat_id=new_id(),
            org_id=org_id,
            name=None,
            instructions=None,
            model=None,
            held=True,
            account=to.account,
        ),
        address=to,
        in_shell=True,
    )


def _print(said: "Said") -> None:
    from bot.console.look import look
    from bot.console.render import render
    from bot.views import buttons, compose

    width, height = shutil.get_terminal_size()
    print(render(compose(said), look(terminal=sys.stdout.isatty(), width=width, height=height)))
    for button in buttons(said):
        if button.action == "command":
            print(f"{button.label}: legwork {button.value}")


# -- the first ----------------------------------------------------------------------------------------


async def init(settings: "Settings", database: "Database") -> None:
    """A link and a code, good once, for whoever is to run the installation from chat."""
    from bot.commands.admin_people import LINK
    from domain.audit import OPERATOR, record
    from domain.conversations import bots
    from domain.identity import magic_links
    from domain.orgs import operators

    async with database.system("whoever runs the installation sees all of it") as session:
        link_id = await magic_links.want(session, operators.PURPOSE)
        minted = await magic_links.mint(session, link_id)
        bot = await bots.name_on(session, "telegram")
        record(session, "admin.init", org_id=None, actor=OPERATOR, resource=("link", link_id))
    assert minted is not None  # it was wanted in the same transaction
    lasts = round(magic_links.LASTS.total_seconds() / 60)
    print(f"Write one of these to Legwork in a private chat, on any platform, within {lasts} minutes:\n")
    print(f"    /start {LINK}-{minted.token}")
    print(f"    /start {minted.code}\n")
    if bot is not None:
        print(f"In Telegram you may follow this instead: https://t.me/{bot}?start={LINK}-{minted.token}\n")
    print("Whoever does becomes platform admin. “/admin roles” says who is one.")
