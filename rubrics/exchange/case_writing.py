"""A sheet as a CASE 1.1 CFRubric; see :mod:`rubrics.exchange.case` for the sections and the extension.

Identifiers and URIs are written as they are. A thing without them gets a name-based UUID (RFC 9562 section 5.5) and
the URN of that UUID (section 4) from the rubric's code or title and its place in it: the same rubric gets the same ones
each time.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rubrics.exchange.case import CRITERION_EXTRAS, FORMAT, LEVEL_EXTRAS, OURS, RUBRIC_EXTRAS
from rubrics.exchange.json_text import Json, dump
from rubrics.exchange.losses import LOST, report_losses
from rubrics.exchange.report import Report, Written
from rubrics.exchange.sheet import Sheet, SheetCriterion, SheetLevel, criterion_name, level_name
from rubrics.nouns.rubric import Identity

#: lastChangeDateTime of what never stated one; required, and there is no clock here.
UNKNOWN_CHANGE = "1970-01-01T00:00:00+00:00"

_NAMES = uuid.uuid5(uuid.NAMESPACE_URL, "urn:shijie:rubric")


def write_case(sheet: Sheet, *, changed: str = UNKNOWN_CHANGE) -> Written:
    """A bare CFRubric. ``changed`` is the lastChangeDateTime of whatever states none."""
    report = Report()
    writer = _Writer(report, changed, own=sheet.origin == FORMAT)
    text = dump(writer.rubric(sheet))
    report_losses(sheet, report, format=FORMAT, rubric=LOST, criterion=LOST, level=LOST)
    return Written(text, report.reasons())


@dataclass(frozen=True, slots=True)
class _Writer:
    report: Report
    changed: str
    own: bool

    def rubric(self, sheet: Sheet) -> Json:
        seed = sheet.code or sheet.title or ""
        identity = self._identity(sheet, part="rubric", where="rubric", seed=seed)
        seeds = _distinct([one.code or one.label for one in sheet.criteria])
        positions = self._positions(sheet.criteria, part="criterion", where="rubric")
        criteria = [
            self._criterion(one, at=at, seed=f"{seed}/{name}", position=position, rubric=identity)
            for at, (one, name, position) in enumerate(
                zip(sheet.criteria, seeds, positions, strict=True), start=1
            )
        ]
        return self._object(
            sheet,
            part="rubric",
            where="rubric",
            extras=RUBRIC_EXTRAS,
            fields={
                "identifier": identity.identifier,
                "uri": identity.uri,
                "title": sheet.title,
                "description": sheet.description,
                "lastChangeDateTime": self._changed(sheet, part="rubric", where="rubric"),
                "CFRubricCriteria": criteria,
            },
        )

    def _criterion(
        self, criterion: SheetCriterion, *, at: int, seed: str, position: Decimal | None, rubric: Identity
    ) -> Json:
        where = criterion_name(criterion, at=at)
        identity = self._identity(criterion, part="criterion", where=where, seed=seed)
        seeds = _distinct([one.code or one.label for one in criterion.levels])
        positions = self._positions(criterion.levels, part="level", where=where)
        levels = [
            self._level(
                one, where=where, at=number, seed=f"{seed}/{name}", position=place, criterion=identity
            )
            for number, (one, name, place) in enumerate(
                zip(criterion.levels, seeds, positions, strict=True), start=1
            )
        ]
        return self._object(
            criterion,
            part="criterion",
            where=where,
            extras=CRITERION_EXTRAS,
            fields={
                "identifier": identity.identifier,
                "uri": identity.uri,
                "category": criterion.category,
                "description": criterion.label,
                "CFItemURI": criterion.item,
                "weight": criterion.weight,
                "position": position,
                "rubricId": criterion.kept.get("rubricId") if self.own else rubric.identifier,
                "lastChangeDateTime": self._changed(criterion, part="criterion", where=where),
                "CFRubricCriterionLevels": levels or None,
            },
        )

    def _level(
        self,
        level: SheetLevel,
        *,
        where: str,
        at: int,
        seed: str,
        position: Decimal | None,
        criterion: Identity,
    ) -> Json:
        where = level_name(level, criterion=where, at=at)
        identity = self._identity(level, part="level", where=where, seed=seed)
        return self._object(
            level,
            part="level",
            where=where,
            extras=LEVEL_EXTRAS,
            fields={
                "identifier": identity.identifier,
                "uri": identity.uri,
                "description": level.description,
                "quality": level.label,
                "score": level.points,
                "feedback": level.feedback,
                "position": position,
                "rubricCriterionId": level.kept.get("rubricCriterionId")
                if self.own
                else criterion.identifier,
                "lastChangeDateTime": self._changed(level, part="level", where=where),
            },
        )

    def _identity(
        self, thing: Sheet | SheetCriterion | SheetLevel, *, part: str, where: str, seed: str
    ) -> Identity:
        if thing.identity is not None:
            return thing.identity
        self.report.at("exchange.filled_identity", part, where)
        identifier = uuid.uuid5(_NAMES, seed)
        return Identity(str(identifier), identifier.urn)

    def _changed(self, thing: Sheet | SheetCriterion | SheetLevel, *, part: str, where: str) -> str:
        if thing.changed is None:
            self.report.at("exchange.filled_changed", part, where)
        return thing.changed or self.changed

    def _positions(
        self, things: Sequence[SheetCriterion] | Sequence[SheetLevel], *, part: str, where: str
    ) -> list[Decimal | None]:
        """As stated by CASE itself, or where they put every one in its place; else counted from 1."""
        stated = [one.position for one in things]
        known = [position for position in stated if position is not None]
        if self.own or (len(known) == len(things) and known == sorted(known)):
            return [None if position is None else Decimal(position) for position in stated]
        if known:
            self.report.at("exchange.changed_position", part, where)
        return [Decimal(at) for at in range(1, len(things) + 1)]

    def _object(
        self,
        thing: Sheet | SheetCriterion | SheetLevel,
        *,
        part: str,
        where: str,
        fields: Mapping[str, Json],
        extras: Mapping[str, str],
    ) -> dict[str, Json]:
        """The attributes that say something, then what was kept, with our extension beside the others."""
        kept = thing.kept if self.own else {}
        stated: dict[str, Json] = {key: value for key, value in fields.items() if value is not None}
        if ours := self._extras(thing, part=part, where=where, extras=extras):
            others: Json = kept.get("extensions")
            if others is not None and not isinstance(others, list | Mapping):
                self.report.at("exchange.lost_kept", part, f"{where}: extensions")
                others = None
            stated["extensions"] = _beside(others, ours, listed=part == "level")
        return stated | {key: value for key, value in kept.items() if key not in stated}

    def _extras(
        self, thing: Sheet | SheetCriterion | SheetLevel, *, part: str, where: str, extras: Mapping[str, str]
    ) -> dict[str, Json]:
        stated = {
            name: getattr(thing, field) for field, name in extras.items() if getattr(thing, field) is not None
        }
        for name in stated:
            self.report.at("exchange.carried_in_extension", part, f"{where}: {name}")
        return stated


def _beside(others: Json, ours: Json, *, listed: bool) -> Json:
    """Our part beside the others', in the form theirs have; without theirs as the OpenAPI description has it."""
    if isinstance(others, Mapping):
        return {**others, OURS: ours}
    if isinstance(others, list):
        return [*others, {OURS: ours}]
    return [{OURS: ours}] if listed else {OURS: ours}


def _distinct(names: Sequence[str | None]) -> list[str]:
    """Names to derive identifiers from; one that is missing or stands twice is replaced by its place."""
    times = Counter(names)
    return [name if name and times[name] == 1 else f"#{at}" for at, name in enumerate(names, start=1)]
