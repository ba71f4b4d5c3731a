"""Intakes: what newcomers handed over with consent, and what staff decided about it."""
