"""What is asked of a teacher and how it is judged, as data and as exact arithmetic.

Standard library only (``rubrics.measurement`` apart). Nothing here speaks a language to a person: every
explanation is a code with values (:class:`rubrics.model.Reason`, listed in :mod:`rubrics.codes`) and every
name a class:`rubrics.model.Label` in Chinese and English, so the caller words it.

Read in this order:

1. ``definitions/<key>/v<n>.toml`` and ``policies/<key>/v<n>.toml``: what a bureau's expert reads and edits.
   A published version never changes; ``definitions.lock`` holds the hashes (``sha256sum -c`` reads it).
2. :mod:`rubrics.library`: the one parser, the packaged versions, the frameworks.
3. :mod:`rubrics.marks` what one mark earns, :mod:`rubrics.scoring` one reading, :mod:`rubrics.panel` several.
4. :mod:`rubrics.diagnosis` answers to skill level, with :mod:`rubrics.portrait` to five axes and their bounds;
   :mod:`rubrics.tiers` age and skill to tier and tasks, :mod:`rubrics.awards` what was achieved to certificate
   or to what is missing; :mod:`rubrics.hours` how hours count by year, toward duties and as credits.

Scores, weights and hours are :class:`decimal.Decimal` throughout; no float enters a judgement.
"""
