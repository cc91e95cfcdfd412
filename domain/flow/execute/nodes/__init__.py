"""One file a kind of node: how it runs, and what that can end in."""

from domain.flow.execute.nodes.run import Running, run_node

__all__ = ["Running", "run_node"]
