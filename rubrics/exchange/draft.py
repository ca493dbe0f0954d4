"""A sheet as the text of a definition: a draft (status ``proposal``) that :func:`rubrics.library.parse` accepts.

What the sheet does not say is taken from a rubric that is like it, by default the packaged standard-lesson v1, and
named in the report. What nobody can fill in for the author is refused by name: points, levels that other criteria
have, a criterion worth nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from unicodedata import category

from rubrics.decimals import plain
from rubrics.exchange.grading import Grading, graded
from rubrics.exchange.losses import report_losses
from rubrics.exchange.report import Report, Written
from rubrics.exchange.sheet import Sheet, SheetCriterion
from rubrics.exchange.toml_text import Value, table
from rubrics.library import load, parse
from rubrics.nouns.base import Label
from rubrics.nouns.rubric import Identity, Rubric

FORMAT = "definition"

_RUBRIC = frozenset({"title", "description", "identity"})
_CRITERION = frozenset({"code", "label", "description", "weight", "identity"})
_LEVEL = frozenset({"code", "label", "description", "points", "identity"})

_CENT = Decimal("0.01")

#: The remark that holds the description of a rubric from elsewhere.
DESCRIPTION = "description"

#: What a rater of a criterion from elsewhere must point to, until the author says more.
EVIDENCE = "whole_lesson"


def to_definition(sheet: Sheet, *, key: str, version: int = 1, like: Rubric | None = None) -> Written:
    """A draft under this key and version, with panel rules, bands, attempts and video of ``like``.

    Bands and the gap between totals keep their share of the total. Refuses with :class:`ExchangeError` what only the
    author can add, and with :class:`rubrics.errors.DefinitionError` a key or version that is none and
    an identifier or URI with blanks around it, which nobody here may change.
    """
    report = Report()
    own = sheet.code in (None, f"{key}/v{version}")
    stated = replace(sheet, criteria=tuple(_counted(one) for one in sheet.criteria))
    report_losses(
        stated,
        report,
        format=FORMAT,
        rubric=_RUBRIC | {"code"} if own else _RUBRIC,
        criterion=_CRITERION,
        level=_LEVEL,
    )
    draft = _Draft(sheet, graded(sheet, report), like or load("rubric", "standard-lesson", 1), report)
    text = draft.text(key=key, version=version)
    parse(text, source=f"{key}/v{version}.toml")
    return Written(text, report.reasons())


def _counted(criterion: SheetCriterion) -> SheetCriterion:
    """Feedback is the default here, and required feedback without levels is ``feedback_only``: nothing is lost."""
    carried = criterion.feedback == "required" and not criterion.levels
    return replace(criterion, feedback=None) if carried else criterion


def note_about(criterion: str) -> str:
    """The remark that holds the description of this criterion."""
    return f"about-{criterion}"


class _Draft:
    def __init__(self, sheet: Sheet, grading: Grading, like: Rubric, report: Report) -> None:
        self.sheet = sheet
        self.grading = grading
        self.like = like
        self.report = report
        self.total = grading.total
        self.ids = self._ids()

    def text(self, *, key: str, version: int) -> str:
        parts = [
            self._head(key=key, version=version),
            self._audience(),
            *self._scale(),
            *self._bands(),
            *self._rules(),
            *self._criteria(),
            *self._notes(),
        ]
        language = "en" if self.sheet.language.lower().startswith("zh") else "zh"
        self.report.add("exchange.filled_language", language=language)
        return "".join(["# A draft from elsewhere: the texts stand in one language.\n\n", *parts])

    def _both(self, text: str | None, *, where: str, instead: str) -> dict[str, Value]:
        """The same text in both languages, without blanks around it, until somebody translates it."""
        seen = _seen(text or "")
        if seen != (text or ""):
            self.report.at("exchange.changed_signs", "text", where)
        clean = seen.strip()
        if clean != seen:
            self.report.at("exchange.changed_blanks", "text", where)
        if not clean:
            self.report.at("exchange.filled_text", "text", where)
        return {"zh": clean or instead, "en": clean or instead}

    def _head(self, *, key: str, version: int) -> str:
        values: dict[str, Value] = {
            "kind": "rubric",
            "key": key,
            "version": version,
            "status": "proposal",
            "title": self._both(self.sheet.title, where="title", instead=key),
            "total": self.total,
        }
        return table("", values, _identity(self.sheet.identity))

    def _audience(self) -> str:
        self.report.add("exchange.filled_audience", tier=self.like.audience_tier)
        return table("[audience]", {"tier": self.like.audience_tier}, _label(self.like.audience))

    def _scale(self) -> list[str]:
        return [
            table(
                "[[scale]]",
                {"level": one.number},
                {} if one.share is None else {"share": one.share},
                self._both(one.label, where=f"scale {one.number}", instead=str(one.number)),
            )
            for one in self.grading.scale
        ]

    def _bands(self) -> list[str]:
        bands = {band.id: self._part(band.min) for band in self.like.bands}
        self.report.add("exchange.filled_bands", excellent=bands["excellent"], cut=bands["pass"])
        return [
            table("[[bands]]", {"id": band.id, "min": bands[band.id]}, _label(band.label))
            for band in self.like.bands
        ]

    def _part(self, points: Decimal) -> Decimal:
        """As many of this total as ``points`` are of the total of the rubric it is like, to the hundredth."""
        return plain((points * self.total / self.like.total).quantize(_CENT, rounding=ROUND_HALF_UP))

    def _rules(self) -> list[str]:
        panel, attempts, video = self.like.panel, self.like.attempts, self.like.video
        for code in ("exchange.filled_panel", "exchange.filled_attempts", "exchange.filled_video"):
            self.report.add(code, like=f"{self.like.key}/v{self.like.version}")
        minutes: dict[str, Value] = {}
        for stage, (least, most) in video.minutes.items():
            minutes[stage] = {"least": least, "most": most}
        return [
            table(
                "[panel]",
                {
                    "criterion_gap": panel.criterion_gap,
                    "total_gap": self._part(panel.total_gap),
                    "straddling": panel.straddling,
                    "random_share": panel.random_share,
                    "blind": panel.blind,
                    "own_school": panel.own_school,
                },
            ),
            table(
                "[attempts]",
                {
                    "max": attempts.max,
                    "keep": attempts.keep,
                    "new_raters": attempts.new_raters,
                    "resubmit_days": attempts.resubmit_days,
                    "appeal_days": attempts.appeal_days,
                },
            ),
            table("[video]", {"segment_allowed": video.segment_allowed, "min_height": video.min_height}),
            table("[video.minutes]", minutes),
        ]

    def _criteria(self) -> list[str]:
        numbered = enumerate(zip(self.sheet.criteria, self.ids, strict=True))
        return [part for at, (one, name) in numbered for part in self._criterion(one, at=at, name=name)]

    def _code(self, code: str, *, at: int) -> str:
        seen = _seen(code).replace("\n", " ")
        if seen != code:
            self.report.at("exchange.changed_signs", "criterion", f"#{at}")
        return seen.strip()

    def _ids(self) -> list[str]:
        """The codes, without blanks; one that is missing or taken becomes C and its place."""
        codes = [self._code(one.code or "", at=at) for at, one in enumerate(self.sheet.criteria, start=1)]
        stated, found = set(codes), dict[str, None]()
        for at, code in enumerate(codes, start=1):
            name = code if code and code not in found else f"C{at}"
            while name in found or (name != code and name in stated):
                name += "a"
            if name != code:
                self.report.at("exchange.filled_code", "criterion", name)
            found[name] = None
        return list(found)

    def _criterion(self, criterion: SheetCriterion, *, at: int, name: str) -> list[str]:
        label = self._both(criterion.label, where=name, instead=name)
        identity = _identity(criterion.identity)
        if not criterion.levels:
            values: dict[str, Value] = {"feedback_only": True, "evidence": (), "jyt0646": ()}
            return [table("[[criteria]]", {"id": name}, label, values, identity)]
        self.report.at("exchange.filled_evidence", "criterion", name)
        points = self.grading.points[at]
        weight = max(points.values())
        values = {"weight": weight, "evidence": (EVIDENCE,), "jyt0646": ()}
        return [
            table("[[criteria]]", {"id": name}, label, values, identity),
            *self._levels(criterion, points, name=name),
        ]

    def _levels(self, criterion: SheetCriterion, points: Mapping[int, Decimal], *, name: str) -> list[str]:
        by_points = sorted(criterion.levels, key=lambda level: level.points or Decimal(0), reverse=True)
        numbers = sorted(points, reverse=True)
        shared = self.grading.scale[0].share is not None
        return [
            table(
                "[[criteria.levels]]",
                {"level": number},
                {} if shared else {"points": points[number]},
                self._both(level.description, where=f"{name}/{number}", instead=level.label or str(number)),
                _identity(level.identity),
            )
            for level, number in zip(by_points, numbers, strict=True)
        ]

    def _notes(self) -> list[str]:
        """Longer descriptions, which raters see beside the criteria."""
        described = [(DESCRIPTION, self.sheet.description)]
        for name, one in zip(self.ids, self.sheet.criteria, strict=True):
            described.append((note_about(name), one.description))
        return [
            table("[[notes]]", {"id": name}, self._both(text, where=name, instead=name))
            for name, text in described
            if text and text.strip()
        ]


def _seen(text: str) -> str:
    """Without what nobody can see: other line ends become line feeds, tabs a blank, and the rest goes."""
    lines = "\n".join(re.split("\r\n|[\r\x0b\x0c\x85\u2028\u2029]", text)).replace("\t", " ")
    return "".join(sign for sign in lines if sign == "\n" or category(sign) not in ("Cc", "Cf", "Cs"))


def _identity(identity: Identity | None) -> dict[str, Value]:
    return {"identifier": identity.identifier, "uri": identity.uri} if identity else {}


def _label(label: Label) -> dict[str, Value]:
    return {"zh": label.zh, "en": label.en}
