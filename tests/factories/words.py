"""A table of words, of which each may be there once, and one of numbers: what tests of transactions write."""

from sqlalchemy import Column, Integer, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from domain.core.db import Database, Insert, Session

TABLES = MetaData()
WORDS = Table("words", TABLES, Column("id", Integer), Column("word", Text), Column("more", JSONB))
NUMBERS = Table("numbers", TABLES, Column("number", Integer))
ADD_WORD, ADD_NUMBER = Insert(WORDS, "word", "more"), Insert(NUMBERS, "number")


async def say(session: Session, word: str) -> None:
    await session.execute(text("INSERT INTO words (word) VALUES (:word)"), {"word": word})


async def said(database: Database) -> list[str]:
    async with database.system("a test") as session:
        return [row["word"] for row in await session.all(text("SELECT word FROM words ORDER BY id"))]
