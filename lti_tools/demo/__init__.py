"""The demo LMS: its own process, settings, database and origin. Acting as somebody exists only here."""
