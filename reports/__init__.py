"""Evidence in, documents out: every document is a pure function of frozen evidence.

Nothing in here reads a database, a network or a framework's settings; the service freezes what it knows
into `reports.evidence`, and the same evidence gives the same document in ten years.
"""
