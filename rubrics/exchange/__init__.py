"""Rubrics of other systems, both ways: CASE 1.1, Open Response Assessment (ORA2), Canvas.

Every format is read into a :class:`rubrics.exchange.sheet.Sheet` and written from one; each reading and writing comes
with a report of what the format could not carry. Start at :mod:`rubrics.exchange.formats` (files) and
:mod:`rubrics.exchange.definition` (our own rubrics).
"""
