"""The program as it is here, and as it was at an older commit: trees that processes are run from, in turn.

Doubles and drivers are always today's, in this process: it never imports from another tree.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.crew import ROOT


@dataclass(frozen=True, slots=True)
class Tree:
    """Where the code of a process stands; it is also where it is started, so that ``python -m`` finds it first."""

    name: str
    root: Path


HERE = Tree("here", ROOT)


async def tree_of(folder: Path, commit: str) -> Tree:
    """The files of a commit, in a folder of their own. Raises AssertionError where git knows no such commit."""
    root = folder / f"tree-{commit}"
    root.mkdir()
    archive = folder / f"{commit}.tar"
    await _ran("git", "-C", str(ROOT), "archive", "--output", str(archive), commit)
    await _ran("tar", "-x", "-C", str(root), "-f", str(archive))
    return Tree(commit, root)


async def _ran(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    _, errors = await process.communicate()
    assert process.returncode == 0, errors.decode(errors="replace")
