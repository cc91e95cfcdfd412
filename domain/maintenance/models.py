from sqlalchemy import Column, Index, Table, Text, Uuid, text

from domain.core.db import Fate, key, metadata, moment, personal

maintenance_periods = Table(
    "maintenance_periods",
    metadata,
    key(),
    Column("words", Text, nullable=False, server_default=""),  # what people are told of it
    Column("begun_by", Uuid),
    moment("begun_at", nullable=False, server_default=text("now()")),
    Column("ended_by", Uuid),
    moment("ended_at"),
    # one at a time
    Index(
        "uq_maintenance_periods_on",
        text("(ended_at IS NULL)"),
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
    ),
    info=personal(
        Fate.KEPT,
        "when the installation stood still is the installation's; what was said of it was said to everybody",
        exported=None,
        of={"begun_by": "users"},
        names=("ended_by",),
        stays=("words",),
    ),
)
