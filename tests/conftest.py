"""Fixtures for every test; ``isolation`` comes first, since it cleans the environment that the others read."""

pytest_plugins = [
    "tests.isolation",
    "tests.fixtures.servers",
    "tests.fixtures.legwork",
    "tests.fixtures.mailing",
    "tests.fixtures.room",
    "tests.fixtures.playing",
    "tests.fixtures.modelled",
    "tests.fixtures.town",
    "tests.fixtures.linked",
    "tests.fixtures.members",
    "tests.fixtures.operated",
]
