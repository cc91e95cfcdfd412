"""Every form that Slack shows, filled in by everybody, in two workspaces: done for whom the list says, and for nobody
else; what was refused is on the audit trail, once."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest
from arq.connections import ArqRedis

from bot import permissions
from bot.commands.table import NOUNS
from bot.slack import forms
from domain.flow.common.legwork import Legwork
from domain.orgs.access import Permission
from tests.factories.specs import reply
from tests.fakes.slack import Person, Workspace
from tests.fixtures.everybody import EVERYBODY, OPERATOR, may
from tests.fixtures.installs import Town, town
from tests.fixtures.legwork import Script

RANKS = {"admin": "admin", "viewer": "guest"}
"""What Slack calls them; others are members there."""


@dataclass(frozen=True)
class Offices:
    """Everybody of both workspaces, by the workspace's name and what they are."""

    there: Town
    people: Mapping[tuple[str, str], Person]

    async def fill_in(self, person: Person, opened_by: Callable[[], object], values: Mapping[str, str]) -> None:
        opened_by()
        await self.there.slack.settled()
        assert person.modal is not None
        person.submit(person.modal, dict(values))
        await self.there.settle()

    async def refused(self, person: Person) -> list[str]:
        """What they were refused, each by the permission it needs."""
        rows = await self.there.rows(
            """SELECT a.permission FROM audit_logs a JOIN chat_identities i ON i.user_id = a.actor_id
            WHERE a.outcome = 'refused' AND i.platform_user_id = :who ORDER BY a.id""",
            who=person.id,
        )
        return [row["permission"] for row in rows]

    async def begun(self, person: Person) -> int:
        """How much work was begun for them."""
        rows = await self.there.rows(
            "SELECT 1 FROM tasks t JOIN chat_identities i ON i.user_id = t.user_id WHERE i.platform_user_id = :who",
            who=person.id,
        )
        return len(rows)


@pytest.fixture
async def offices(legwork: Legwork, redis: ArqRedis) -> AsyncIterator[Offices]:
    async with town(legwork, redis) as there:
        people: dict[tuple[str, str], Person] = {}
        for workspace, owner in ((there.acme, there.mara), (there.bolt, there.ben)):
            await there.browser.install(owner, workspace)
            for who in EVERYBODY:
                people[workspace.name, who] = owner if who == "owner" else _person(there, workspace, who)
                people[workspace.name, who].dm("!about")
                await there.settle()
        for (_, who), person in people.items():
            whose = "user_id = (SELECT user_id FROM chat_identities WHERE platform_user_id = :who)"
            if who == "suspended":
                await there.change(f"UPDATE organization_members SET status = 'suspended' WHERE {whose}", who=person.id)
            elif who == OPERATOR:
                await there.change(
                    """INSERT INTO platform_admins (id, user_id)
                    SELECT gen_random_uuid(), user_id FROM chat_identities WHERE platform_user_id = :who""",
                    who=person.id,
                )
        yield Offices(there, people)


def _person(there: Town, workspace: Workspace, who: str) -> Person:
    person = there.slack.person(who.title(), workspace=workspace)
    person.user.rank = RANKS.get(who, "member")  # pyright: ignore[reportAttributeAccessIssue]
    if who == "stranger":
        person.user.team = "T0ELSEWHERE"
    return person


def _may(who: str, permission: Permission) -> bool:
    """Who runs the installation is a member here besides."""
    return may(who, permission) or (who == OPERATOR and may("member", permission))


def _one_each() -> Iterator[tuple[Permission, str]]:
    """A command for each permission there is, as the form names it."""
    open_to_all = [noun for noun in NOUNS if any(verb.opens for verb in noun.verbs)]
    for permission in Permission:
        yield (
            permission,
            next(
                f"{noun.name} {verb.name}"
                for noun in NOUNS
                for verb in noun.verbs
                if verb.permission is permission and noun not in open_to_all
            ),
        )


def test_every_form_is_filled_in_here_and_every_command_can_be_chosen() -> None:
    assert set(permissions.FORMS) == {forms.COMMAND, forms.GIVE}
    [chosen, _] = forms.command(NOUNS)["blocks"]
    offered = [option["value"] for group in chosen["element"]["option_groups"] for option in group["options"]]
    assert offered == [f"{noun.name} {verb.name}" for noun in NOUNS for verb in noun.verbs]


async def test_a_command_that_is_chosen_is_for_whom_it_is_written(offices: Offices) -> None:
    wrong: list[str] = []
    for (workspace, who), person in offices.people.items():
        for permission, command in _one_each():
            before = await offices.refused(person)
            await offices.fill_in(
                person, lambda person=person: person.slash(person.dm_channel, "/legwork"), {"What to do": command}
            )
            came = (await offices.refused(person))[len(before) :]
            known = who not in ("stranger", "suspended")
            expected = [] if _may(who, permission) else [str(permission if known else Permission.SEE)]
            if came != expected:
                wrong.append(f"{command} by {who} of {workspace}: refused {came}, not {expected}")
    assert wrong == []


async def test_a_message_that_is_handed_over_is_work_for_whom_work_is(offices: Offices, script: Script) -> None:
    script.by(lambda request: reply("Three words."))
    needs = permissions.FORMS[forms.GIVE].permission
    assert needs is not None
    wrong: list[str] = []
    for (workspace, who), person in offices.people.items():
        before = await offices.refused(person)
        message = offices.there.slack.said(person.dm_channel)[-1]
        await offices.fill_in(
            person,
            lambda person=person, message=message: person.shortcut(forms.GIVE, message),
            {"What shall I do with it?": "count the words"},
        )
        refused = [str(needs)] if who == "viewer" else []  # who is kept out is told, and their words are no act
        came = (await offices.begun(person), (await offices.refused(person))[len(before) :])
        if came != (int(_may(who, needs)), refused):
            wrong.append(f"by {who} of {workspace}: {came}")
    assert wrong == []
    assert len(script.requests) == sum(_may(who, needs) for _, who in offices.people)
