"""Files that a question names."""

import re


def without_file(question: str, name: str) -> str:
    """The question without the file's own name, which may well be that of a column."""
    return re.sub(rf"\S*{re.escape(name)}\S*", " ", question, flags=re.IGNORECASE)
