import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.bench import analysis, delivery, engine, platforms, startup
from tests.bench.measure import Figure

BENCHES: dict[str, Callable[[Path], Awaitable[list[Figure]]]] = {
    "analysis": analysis.run,
    "startup": startup.run,
    "engine": engine.run,
    "platforms": platforms.run,
    "delivery": delivery.run,
}


async def main(names: list[str]) -> int:
    unknown = set(names) - set(BENCHES)
    if unknown:
        print(f"There is no bench {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="legwork-bench-") as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101 - run by root, the embedded servers belong to another account
        for name in names or list(BENCHES):
            for figure in await BENCHES[name](Path(folder)):
                print(f"{name:10} {figure}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
