"""``python -m jobs``: worker, web and bot as one process. See ``together``."""

import gc
import sys

gc.disable()  # loading makes no garbage, and a fifth of its time went into looking for some; ``together`` enables it

from bot.process import run  # noqa: E402
from jobs.together import together  # noqa: E402

if __name__ == "__main__":
    sys.exit(run(together))
