"""What a bureau's office does about organisations, people, programmes and rights: one module a subject.

Beside `journey`, which tells the story of a teacher: here, too, the transactions live, every change asks
`people.require` first and leaves an event on the audit trail.
"""
