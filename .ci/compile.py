"""Compiles what Legwork loads of its virtualenv. Compiled whole, the packages would take half as much room again.

Not left to the first start: where PYTHONDONTWRITEBYTECODE is set, or the virtualenv belongs to another account, it
would be compiled anew at every start.
"""

import compileall
import importlib
import pkgutil
import sys
from pathlib import Path

ON_FIRST_USE = (
    "docx",
    "fpdf",
    "lxml.html",
    "matplotlib.backends.backend_agg",
    "openai",
    "openpyxl",
    "polars",
    "pypdf",
    "trafilatura",
    "xlsxwriter",
)
"""What modules load only where they need it."""


def load() -> None:
    for package in ("bot", "domain", "jobs"):
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            importlib.import_module(module.name)
    for name in ON_FIRST_USE:
        importlib.import_module(name)


load()
own = Path(sys.prefix).resolve()
for module in list(sys.modules.values()):
    source = Path(getattr(module, "__file__", None) or "")
    if source.suffix == ".py" and own in source.resolve().parents:
        compileall.compile_file(source, quiet=2)
