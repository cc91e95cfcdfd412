"""Outside services that organizations have connected, and what opens them: never stored but sealed."""
