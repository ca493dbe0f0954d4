"""A bank of the format of version 2 for tests: the questions of version 1 with checks, a test and doubt added."""

from __future__ import annotations

from rubrics import library
from rubrics.model import DiagnosisBank

V1 = next(one.text for one in library.packaged() if (one.key, one.version) == ("diagnosis-entry", 1))

CHECKS = """
[doubt]
said = 0.25
answered = 0.15
outside = 0.1
hands_on = 0.05

[[outside]]
id = "regional"
zh = "全区信息素养测评"
en = "The region's literacy test"
most = 100
[[outside.bands]]
least = 80
shows = ["data"]
[outside.bands.evidence]
"2.2.1" = 0.9
"3.3.2" = 0.8
[[outside.bands]]
least = 0
[outside.bands.evidence]
"2.2.1" = 0.3

[[items]]
id = "H01"
kind = "hands_on"
check = "specialist"
zh = "请老师录一分钟"
en = "The teacher records one minute"
[[items.options]]
id = "a"
zh = "自己录好了"
en = "Recorded it unaided"
shows = ["record"]
evidence = { "2.2.2" = 1 }
[[items.options]]
id = "b"
zh = "今天没有录成"
en = "Did not get it recorded today"
lacks = ["record"]
evidence = { "2.2.2" = 0.2 }
advice = ["task-B3"]

[[items]]
id = "H02"
kind = "hands_on"
zh = "请老师在大屏上批注"
en = "The teacher annotates on the big screen"
[[items.options]]
id = "a"
zh = "自己完成"
en = "Did it unaided"
shows = ["interact"]
evidence = { "3.2.2" = 1 }
[[items.options]]
id = "b"
zh = "没有完成"
en = "Did not do it"
lacks = ["interact"]

[[items]]
id = "P01"
kind = "hands_on"
check = "screen"
zh = "把录课的步骤排好"
en = "Put the steps of recording in order"
[[items.steps]]
id = "place"
zh = "放稳手机"
en = "Set the phone up"
[[items.steps]]
id = "try"
zh = "试录"
en = "Record a trial"
[[items.steps]]
id = "watch"
zh = "回放"
en = "Play it back"
[[items.steps]]
id = "go"
zh = "正式开始"
en = "Start the lesson"
[[items.options]]
id = "right"
zh = "顺序正确"
en = "In order"
right_least = 4
shows = ["record"]
evidence = { "2.1.1" = 1 }
[[items.options]]
id = "half"
zh = "对了一半"
en = "Half in order"
right_least = 2
evidence = { "2.1.1" = 0.5 }
[[items.options]]
id = "wrong"
zh = "还没有排对"
en = "Not in order yet"
right_least = 0
evidence = { "2.1.1" = 0.2 }
"""

_DEMANDS = [
    ("version = 1", "version = 2"),
    ("short_minutes = 12", 'short_minutes = 12\nuntil_watched = "lower"'),
    (
        'any_of = [{ all = ["interact", "record", "data"] }]',
        'any_of = [{ all = ["interact", "record", "data"], hands_on = ["interact", "record"] }]',
    ),
]


def _text() -> str:
    text = V1
    for old, new in _DEMANDS:
        assert old in text
        text = text.replace(old, new, 1)
    return text + CHECKS


TEXT = _text()


def bank(text: str = TEXT) -> DiagnosisBank:
    read = library.parse(text, source="county.toml")
    assert isinstance(read, DiagnosisBank)
    return read
