"""The service: one Django app and its site. Read `journey.py` first."""
