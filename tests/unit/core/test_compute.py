"""Computations run beside the event loop, and none of them keeps its process for ever."""

import time

import pytest

from domain.core.compute import ProcessCompute
from domain.core.errors import Invalid


async def test_a_computation_that_takes_too_long_is_ended_and_leaves_its_process_free() -> None:
    compute = ProcessCompute(1, longest=1)
    try:
        with pytest.raises(Invalid, match="too long"):
            await compute.run(time.sleep, 60)
        assert await compute.run(pow, 2, 10) == 1024
    finally:
        compute.close()
