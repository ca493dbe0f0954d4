"""What every definition and every explanation is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

Value = str | int | Decimal

#: The outcomes of a lesson and of a programme, best first. Their names on paper are data.
OUTCOMES = ("excellent", "pass", "fail")


@dataclass(frozen=True, slots=True)
class Label:
    """One name in both languages; neither is ever empty."""

    zh: str
    en: str

    def text(self, lang: str) -> str:
        """Chinese for any language tag that starts with ``zh``, English for every other."""
        return self.zh if lang.lower().startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was decided: a code of :mod:`rubrics.codes` and the values it promises."""

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def stored(self) -> dict[str, object]:
        """As JSON keeps it: code and values as text, Decimals exact."""
        return {"code": self.code, "values": {name: str(value) for name, value in self.values.items()}}


@dataclass(frozen=True, slots=True)
class Hours:
    """Training hours (学时; the policy says how many minutes one has) by how they are earned."""

    online: Decimal = Decimal(0)
    practice: Decimal = Decimal(0)
    offline: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        return self.online + self.practice + self.offline

    def __add__(self, other: Hours) -> Hours:
        return Hours(self.online + other.online, self.practice + other.practice, self.offline + other.offline)


@dataclass(frozen=True, slots=True)
class Definition:
    """What every definition carries: which one it is, and whether a bureau has adopted it."""

    kind: str
    key: str
    version: int
    hash: str
    title: Label
    status: str


@dataclass(frozen=True, slots=True)
class Note:
    """A named remark that belongs to a definition and is shown beside it."""

    id: str
    label: Label
