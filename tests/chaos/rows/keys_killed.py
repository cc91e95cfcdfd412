"""``legwork keys rotate``, killed at each place of a rotation, again and again, while an older process stores secrets.

First Legwork's own key is made anew; then one is given in its place; then that is followed by another, and so on. Each
rotation is called again until it has come to its end. Whoever dies at its last place leaves what has to be forgotten.
"""

import base64
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from sqlalchemy import text

from domain.connectors.service import Grant, Installations, Tokens
from domain.core.crypto.given import OWN, OWN_PREVIOUS, Keys
from domain.core.crypto.keyring import Keyring
from domain.core.crypto.sealing import KEY
from domain.core.errors import LegworkError
from domain.core.failpoints import VARIABLE
from domain.core.ids import new_id
from domain.core.settings import Settings
from tests.chaos.ground import Ground
from tests.chaos.row import Outcome, Row

WORKSPACES = 12
"""That have a secret before the first rotation; each rotation that is killed is followed by one more."""
PLACES = (
    "keys.begun=kill",
    "keys.rewrapping=kill",
    "keys.rewrapping=kill@2",
    "keys.rewrapped=kill",
    "keys.made=kill",
    "keys.made=kill@5",
    "keys.resealing=kill",
    "keys.resealing=kill@4",
    "keys.resealed=kill",
    "keys.resealed=kill@2",
    "keys.ended=kill",
)
"""Where a rotation is killed; the next one goes on behind what was committed."""
OF_OWN = (PLACES[0], "keys.renewed=kill", *PLACES[1:])
"""The same where the key is Legwork's own, which is made anew first."""

Given = dict[str, str]
"""Settings that name keys."""


class Safe:
    """The secrets that were stored, and what became of them."""

    def __init__(self, ground: Ground) -> None:
        self.stored = self.lost = self.unkilled = self.unfinished = self.left = 0
        self._ground = ground

    def open(self, given: Given) -> Installations:
        """As a process sees them that was started with these settings."""
        settings = Settings.model_validate({"data_dir": self._ground.folder, **given})
        return Installations(self._ground.database, Keyring(self._ground.database, Keys(settings)))

    async def put(self, by: Installations) -> None:
        """One more."""
        number, org_id = self.stored, new_id()
        async with self._ground.database.system("a test") as session:
            await session.execute(
                text("INSERT INTO organizations (id, name, slug) VALUES (:id, 'Acme', :slug)"),
                {"id": org_id, "slug": str(org_id)},
            )
        tokens = Tokens(f"xoxe.xoxb-{number}", f"xoxe-{number}", timedelta(hours=12))
        grant = Grant(f"T{number}", "Acme", None, "A1", "U1", "chat:write", tokens, datetime.now(UTC))
        await by.install(grant, org_id=org_id, user_id=new_id())
        self.stored += 1

    async def rotate(self, given: Given, failpoint: str = "") -> int:
        """Returns the status it ended with."""
        variables = {f"LEGWORK_{name.upper()}": value for name, value in given.items()}
        rotating = await self._ground.crew.start("bot.cli", "keys", "rotate", **variables, **{VARIABLE: failpoint})
        return await rotating.ended()

    async def change(self, before: Given, given: Given, places: Iterator[str]) -> None:
        """From the keys that ``before`` names to those of ``given``, through the death of a rotation at each place."""
        older = self.open(before)
        for place in places:
            self.unkilled += await self.rotate(given, place) != -signal.SIGKILL
            await self.put(older)
        self.unfinished += await self.rotate(given) != 0
        alone = self.open({name: value for name, value in given.items() if name != "key_previous"})
        self.lost += sum([not await self._opens(alone, number) for number in range(self.stored)])
        [keys] = await self._ground.crew.rows(
            "SELECT count(DISTINCT key_id) - 1 AS older, count(rotating_since) AS open FROM data_keys"
        )
        self.left += keys["older"] + keys["open"] + (self._ground.folder / OWN_PREVIOUS).exists()

    async def _opens(self, installations: Installations, number: int) -> bool:
        try:
            found = await installations.find(f"T{number}")
        except LegworkError:
            return False
        return found is not None and found.token == f"xoxe.xoxb-{number}"


def _changes(ground: Ground) -> Iterator[tuple[Given, Given, tuple[str, ...]]]:
    """One rotation after another: settings before it, settings of it, and the places at which it is killed."""
    yield {}, {}, OF_OWN
    given, before = _made(), f"file:{ground.folder / OWN}"
    yield {"key_previous": given}, {"key": given, "key_previous": before}, PLACES
    while True:
        before, given = given, _made()
        yield {"key": before, "key_previous": given}, {"key": given, "key_previous": before}, PLACES


def _made() -> str:
    return base64.b64encode(os.urandom(KEY)).decode()


async def drive(ground: Ground, count: int) -> Outcome:
    """So many deaths."""
    safe, left, changed = Safe(ground), count, 0
    first = safe.open({})
    for _ in range(WORKSPACES):
        await safe.put(first)
    for before, given, places in _changes(ground):
        if left <= 0:
            break
        await safe.change(before, given, islice(places, left))
        left, changed = left - len(places), changed + 1
        ground.environment.update({"LEGWORK_KEY": given["key"]} if "key" in given else {})
    return Outcome(
        zero={
            "secrets lost": safe.lost,
            "keys before that something is left of": safe.left,
            "rotations that did not come to their end": safe.unfinished,
            "places at which nobody died": safe.unkilled,
        },
        told={"secrets": safe.stored, "rotations": changed},
    )


ROW = Row(
    name="keys-killed",
    fault="a rotation of keys killed (SIGKILL) at each of its places, while another process stores secrets",
    promise="no secret is lost, and nothing is left under the key before",
    full=45,
    short=len(OF_OWN),
    drive=drive,
)
