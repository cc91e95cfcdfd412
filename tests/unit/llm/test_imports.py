import subprocess
import sys

HEAVY = ("openai", "httpx2", "polars", "matplotlib")


def test_a_process_that_uses_no_model_loads_no_model_library():
    """The SDK takes some 25 MB that a worker without a model need not hold."""
    code = f"import sys, domain.llm.providers; print([name for name in {HEAVY} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
