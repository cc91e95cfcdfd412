"""Tables in Slack: drawn by Slack itself, or a picture and a file where they have more columns than it takes."""

from collections.abc import AsyncIterator

import pytest
from arq.connections import ArqRedis

from domain.flow.common.legwork import Legwork
from tests.factories.specs import reply
from tests.fixtures.legwork import Script
from tests.fixtures.office import Office, opened


@pytest.fixture
async def office(legwork: Legwork, redis: ArqRedis) -> AsyncIterator[Office]:
    async with opened(legwork, redis) as made:
        yield made


def table(columns: int) -> str:
    rows = [[f"m{at}" for at in range(columns)], ["---"] * columns, [str(at * 3) for at in range(columns)]]
    return "\n".join("|" + "|".join(row) + "|" for row in rows)


@pytest.mark.parametrize("columns", [20, 21, 40])
async def test_more_columns_than_slack_takes_follow_as_a_picture_and_a_file(
    office: Office, script: Script, columns: int
) -> None:
    script.then(reply(f"# By month\n\nHere:\n\n{table(columns)}"))
    asked = office.mara.dm("By month?")
    await office.settle()
    said = office.slack.said(office.mara.dm_channel, asked.ts)
    shown = "\n".join(office.slack.shown(message) for message in said)
    if columns == 20:
        assert len(said) == 1
        assert [block["type"] for block in said[0].blocks][-1] == "table"
        return
    assert f"The table of {columns} columns is too wide for here and follows as a picture and as by-month.csv." in shown
    assert [file.name for message in said for file in message.files] == ["by-month.png", "by-month.csv"]
