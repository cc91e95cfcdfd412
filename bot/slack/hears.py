"""The workspaces that this process hears: by the tokens of the settings, and by installations."""

from bot.edge import Edge
from bot.slack.ears import Ears
from bot.slack.installed import Installed
from bot.slack.web import open_webs
from bot.slack.workspaces import Workspaces


def ears(edge: Edge, installed: Installed | None) -> Workspaces[Ears]:
    """What hears each of them. Raises Misconfigured where there can be none."""
    find = installed.find if installed is not None else None
    base_url = edge.settings.slack_api_base_url
    return Workspaces(open_webs(edge.settings), lambda web: Ears(edge, web), find, base_url)
