"""Groups of countries among countries, as the World Bank publishes them: “World”, “High income”, “Arab World”.

They repeat their members, whose numbers need not add up to theirs: estimates, and rates. They are known by their codes.
"""

from domain.reports.reading.months import fold
from domain.reports.reading.remarks import Remark, listed
from domain.reports.reading.table import Line, written

_CODE_WORDS = (
    "AFE AFR AFW ARB CAA CEA CEB CEU CLA CME CSA CSS DEA DEC DFS DLA DMN DNS DSA DSF DSS EAP EAR EAS ECA ECS EMU EUU "
    "FCS FXS HIC HPC IBB IBD IBT IDA IDB IDX INX LAC LAP LCN LCR LDC LIC LMC LMY LTE MCA MDE MEA MIC MNA NAC NAF NRS "
    "NXS OED OSS PRE PSS PST RRS SAS SSA SSF SST SXZ TEA TEC TLA TMN TSA TSS UMC WLD XZN"
)
_CODES = frozenset(_CODE_WORDS.split())
_HEADERS = frozenset(["country code", "countrycode", "country_code", "iso3", "iso code", "code", "economy"])
_FEWEST = 3
"""So few countries beside the groups, and the groups may be what the table is about."""


def without_country_groups(header: list[str], lines: list[Line], remarks: list[Remark]) -> list[Line]:
    """The lines of countries, where a column of their codes has those of groups too; what is left out is told."""
    place = next((at for at, name in enumerate(header) if fold(name).strip() in _HEADERS), None)
    if place is None:
        return lines
    codes = [written(line.cells[place]) for line in lines]
    groups = {code for code in codes if code in _CODES}
    countries = set(codes) - groups - {""}
    if not groups or len(countries) < _FEWEST or any(len(code) != 3 or not code.isupper() for code in countries):
        return lines
    left = [line for line, code in zip(lines, codes, strict=True) if code in groups]
    rows = [line.number for line in left]
    count = "1 row is" if len(rows) == 1 else f"{len(rows):,} rows are"
    shown = dict.fromkeys(f"“{_name(header, line)}”" for line in left)
    more = f" and {len(shown) - 2} more" if len(shown) > 3 else ""
    named = ", ".join(list(shown)[: 2 if more else 3])
    why = f"groups of countries, which repeat their members: {named}{more} ({listed(rows)})"
    remarks.append(Remark("rows left out", f"{count} left out: {why}.", tuple(rows)))
    return [line for line, code in zip(lines, codes, strict=True) if code not in groups]


def _name(header: list[str], line: Line) -> str:
    """What a line is about: its first cell with words that are no code."""
    words = [written(cell) for cell in line.cells[: len(header)] if isinstance(cell, str) and cell]
    return next((word for word in words if word not in _CODES), words[0])
