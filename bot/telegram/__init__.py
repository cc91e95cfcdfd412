"""Telegram: ``listen`` takes updates in, ``render`` dresses views, ``gateway`` says them."""
