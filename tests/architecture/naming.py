"""Which columns name a person, by their names and by what they refer to."""

import re
from typing import Any

from sqlalchemy import Column

_NAMES_A_PERSON = re.compile(
    r"(?:\w+_)?(?:user|person|actor|author|owner|member|recipient|inviter)(?:_ids?)?|\w+_by|\w+ed_of|on_behalf_of"
    r"|merged_into|(?:\w+_)?e?mail"
)
_NO_PERSON = {"heard_by", "tainted_by", "told_by", "platform_user_id"}
"""Those that are called so, and hold a round, hosts, a message; and one that is the person's own row."""


def names_a_person(column: Column[Any]) -> bool:
    """Whether it holds somebody's number, or who they are."""
    if any(key.column.table.name == "users" for key in column.foreign_keys):
        return True
    return column.name not in _NO_PERSON and _NAMES_A_PERSON.fullmatch(column.name) is not None
