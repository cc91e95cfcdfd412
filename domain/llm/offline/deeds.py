"""Steps as a person would name them."""

from collections.abc import Mapping
from typing import Any, cast

_DEEDS = {
    "analyse_table": ("working out {}", "file"),
    "query_table": ("the question about {}", "file"),
    "export_table": ("the file of {}", "file"),
    "draw_chart": ("the chart of {}", "file"),
    "read_file": ("reading {}", "file"),
    "write_file": ("writing {}", "name"),
    "navigate_url": ("reading {}", "url"),
    "search_google": ("the search for “{}”", "query"),
    "calculate": ("calculating {}", "expression"),
    "current_time": ("the time in {}", "timezone"),
    "http_request": ("calling {}", "url"),
}
_BARE = {"calculate": "calculating", "current_time": "the time", "draw_chart": "the chart"}


def deed(node: Mapping[str, Any]) -> str:
    """What a node does, with what: “reading report.pdf”."""
    name = str(node.get("name") or "")
    words, argument = _DEEDS.get(name, ("", ""))
    given = cast("Mapping[str, Any]", node.get("config") or {}).get(argument)
    if words and isinstance(given, str) and given:
        return words.format(given)
    return _BARE.get(name) or words.replace(" {}", "").replace("{}", "") or name.replace("_", " ") or "a step"
