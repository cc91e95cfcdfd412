"""Doubles of the services Legwork talks to: real servers on the loopback, with a ledger of what they were asked."""
