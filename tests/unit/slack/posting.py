"""What is posted through the gateway, and the methods of Slack that it took."""

from domain.conversations.said import FileRef
from domain.core.ids import new_id
from tests.contracts.slack import SlackHarness

TASK = new_id()
FILE = FileRef(key="files/1", name="chart.png", mime_type="image/png", size=2_048)


def methods(it: SlackHarness) -> list[str]:
    return [request.method for request in it.fake.requests if request.method != "agents.sessions.setStatus"]
