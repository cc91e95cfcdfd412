"""Tables and charts. The SDK has no class for data_table and data_visualization: these are the reference's words.

https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block, .../data-table-block, .../table-block
"""

from typing import Any

from tests.fakes.slack import plans
from tests.fakes.slack.elements import items, length
from tests.fakes.slack.shapes import is_list, is_object

Json = dict[str, Any]


def table(block: Json, at: str, problems: list[str]) -> None:
    characters = _cells(block, 100, at, problems)
    if characters > 10_000:
        problems.append(f"table holds more than 10000 characters [json-pointer:{at}/rows]")
    settings = block.get("column_settings", [])
    if not is_list(settings) or len(settings) > 20:
        problems.append(f"no more than 20 items allowed [json-pointer:{at}/column_settings]")
        return
    for number, setting in enumerate(settings):
        if setting is not None and (
            set(setting) - {"align", "is_wrapped"} or setting.get("align", "left") not in ("left", "center", "right")
        ):
            problems.append(f"unsupported setting [json-pointer:{at}/column_settings/{number}]")


def data_table(block: Json, at: str, problems: list[str]) -> None:
    _known(block, {"type", "rows", "block_id", "page_size", "caption", "row_header_column_index"}, at, problems)
    length(block.get("caption"), 255, f"{at}/caption", problems)
    if block.get("page_size", 5) not in range(1, 101):
        problems.append(f"must be between 1 and 100 [json-pointer:{at}/page_size]")
    if _cells(block, 101, at, problems) > 10_000:
        problems.append(f"table holds more than 10000 characters [json-pointer:{at}/rows]")
    rows: list[Any] = block.get("rows") or []
    if len(rows) < 2:
        problems.append(f"must contain at least 2 items [json-pointer:{at}/rows]")
    elif any(cell.get("type") == "rich_text" for cell in rows[0] if is_object(cell)):
        problems.append(f"rich_text is not allowed in the header [json-pointer:{at}/rows/0]")


def _cells(block: Json, most: int, at: str, problems: list[str]) -> int:
    """Check rows and cells; how many characters they hold."""
    characters = 0
    widths: set[int] = set()
    for number, row in items(block, "rows", most, at, problems):
        where = f"{at}/rows/{number}"
        if not is_list(row) or not 1 <= len(row) <= 20:
            problems.append(f"must contain 1 to 20 cells [json-pointer:{where}]")
            continue
        cells = row
        widths.add(len(cells))
        characters += sum(_cell(cell, f"{where}/{column}", problems) for column, cell in enumerate(cells))
    if len(widths) > 1:
        problems.append(f"all rows must have the same number of cells [json-pointer:{at}/rows]")
    return characters


def _cell(cell: Any, at: str, problems: list[str]) -> int:
    kind = cell.get("type") if is_object(cell) else None
    if kind == "raw_text":
        _known(cell, {"type", "text"}, at, problems)
        length(cell.get("text"), 10_000, f"{at}/text", problems)
    elif kind == "raw_number":
        _known(cell, {"type", "text", "value"}, at, problems)
        length(cell.get("text"), 10_000, f"{at}/text", problems)
        _number(cell.get("value"), f"{at}/value", problems)
    elif kind == "rich_text":
        plans.rich_text(cell, at, problems)
        return 0
    else:
        problems.append(f"unsupported type: {kind} [json-pointer:{at}/type]")
        return 0
    return len(cell["text"]) if isinstance(cell.get("text"), str) else 0


def data_visualization(block: Json, at: str, problems: list[str]) -> None:
    _known(block, {"type", "block_id", "title", "chart"}, at, problems)
    length(block.get("title"), 50, f"{at}/title", problems)
    given = block.get("chart")
    chart: Json = given if is_object(given) else {}
    kind = chart.get("type")
    if kind == "pie":
        _pie(chart, f"{at}/chart", problems)
    elif kind in ("bar", "area", "line"):
        _series(chart, f"{at}/chart", problems)
    else:
        problems.append(f"must be one of: pie, bar, area, line [json-pointer:{at}/chart/type]")


def _pie(chart: Json, at: str, problems: list[str]) -> None:
    _known(chart, {"type", "segments"}, at, problems)
    for number, segment in items(chart, "segments", 6, at, problems):
        where = f"{at}/segments/{number}"
        _known(segment, {"label", "value"}, where, problems)
        length(segment.get("label"), 20, f"{where}/label", problems)
        value = segment.get("value")
        _number(value, f"{where}/value", problems)
        if isinstance(value, int | float) and value <= 0:
            problems.append(f"must be more than 0 [json-pointer:{where}/value]")


def _series(chart: Json, at: str, problems: list[str]) -> None:
    _known(chart, {"type", "series", "axis_config"}, at, problems)
    axis = chart.get("axis_config")
    if not is_object(axis):
        problems.append(f"missing required field: axis_config [json-pointer:{at}]")
        return
    axis = axis
    _known(axis, {"categories", "x_label", "y_label"}, f"{at}/axis_config", problems)
    for name in ("x_label", "y_label"):
        if name in axis:
            length(axis[name], 50, f"{at}/axis_config/{name}", problems)
    categories = [category for _, category in items(axis, "categories", 20, f"{at}/axis_config", problems)]
    for number, category in enumerate(categories):
        length(category, 20, f"{at}/axis_config/categories/{number}", problems)
    names: list[Any] = []
    for number, series in items(chart, "series", 6, at, problems):
        where = f"{at}/series/{number}"
        _known(series, {"name", "data"}, where, problems)
        length(series.get("name"), 20, f"{where}/name", problems)
        names.append(series.get("name"))
        labels: list[Any] = []
        for place, point in items(series, "data", 20, where, problems):
            _known(point, {"label", "value"}, f"{where}/data/{place}", problems)
            _number(point.get("value"), f"{where}/data/{place}/value", problems)
            labels.append(point.get("label"))
        if sorted(map(str, labels)) != sorted(map(str, categories)):
            problems.append(f"labels must match the categories [json-pointer:{where}/data]")
    if len(names) != len(set(names)):
        problems.append(f"names must be unique [json-pointer:{at}/series]")


def _number(value: Any, at: str, problems: list[str]) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        problems.append(f"must be a number [json-pointer:{at}]")


def _known(value: Json, names: set[str], at: str, problems: list[str]) -> None:
    problems.extend(f"additional property: {name} [json-pointer:{at}]" for name in sorted(set(value) - names))


CHECKS = {"data_visualization": data_visualization, "data_table": data_table}
