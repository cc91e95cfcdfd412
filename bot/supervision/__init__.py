"""Running a group of processes on one machine: start, restart, stop, and what they print."""
