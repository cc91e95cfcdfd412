from sqlalchemy import CheckConstraint, Column, Integer, Table, Text, text

from domain.core.db import key, metadata, moment, nobodys

health_checks = Table(
    "health_checks",
    metadata,
    key(),
    Column("name", Text, nullable=False, unique=True),
    Column("status", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("remedy", Text),
    Column("response_time", Integer),  # milliseconds
    moment("last_checked", nullable=False, server_default=text("now()")),
    Column("standing", Text, nullable=False),  # as it was told; one failure alone turns nothing
    moment("turned_at", nullable=False),
    Column("streak", Integer, nullable=False),  # how often in a row it was otherwise
    CheckConstraint("status IN ('ok', 'warning', 'error')", name="status"),
    CheckConstraint("standing IN ('up', 'down')", name="standing"),
    info=nobodys("how the services stand that everybody's work stands on"),
)
