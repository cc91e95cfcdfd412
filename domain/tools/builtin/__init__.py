"""The tools every installation has. Each file here declares one; heavy libraries load when a tool first runs."""

from domain.core.settings import Settings
from domain.core.web import GuardedClient
from domain.tools.builtin.calculate import calculate
from domain.tools.builtin.current_time import current_time
from domain.tools.builtin.http_request import http_request
from domain.tools.builtin.navigate_url import navigate_url
from domain.tools.builtin.read_file import read_file
from domain.tools.builtin.search_google import search_google
from domain.tools.builtin.write_file import write_file
from domain.tools.registry import Tool

__all__ = ["builtin_tools"]


def builtin_tools(settings: Settings, web: GuardedClient) -> list[Tool]:
    """One of each, bound to this process's settings and its way to the web."""
    return [
        read_file(settings),
        write_file(settings),
        navigate_url(web),
        http_request(web),
        search_google(settings, web),
        calculate(),
        current_time(),
    ]
