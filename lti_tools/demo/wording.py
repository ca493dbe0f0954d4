"""Words of the demo data in the language of the page: the fixtures are Chinese, as a bureau's list is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import get_language, gettext, gettext_noop

_OF_DATA = {
    "城区": gettext_noop("urban"),
    "镇区": gettext_noop("township"),
    "乡村": gettext_noop("village"),
    "未评": gettext_noop("not yet graded"),
    "三级教师": gettext_noop("Grade-3 teacher"),
    "二级教师": gettext_noop("Grade-2 teacher"),
    "一级教师": gettext_noop("Grade-1 teacher"),
    "高级教师": gettext_noop("Senior teacher"),
    "正高级教师": gettext_noop("Professor-grade senior teacher"),
    "语文": gettext_noop("Chinese"),
    "数学": gettext_noop("Mathematics"),
    "英语": gettext_noop("English"),
    "科学": gettext_noop("Science"),
    "体育": gettext_noop("Physical education"),
    "体育与健康": gettext_noop("Physical education and health"),
    "音乐": gettext_noop("Music"),
    "美术": gettext_noop("Art"),
    "信息科技": gettext_noop("Information technology"),
    "道德与法治": gettext_noop("Morality and law"),
    "物理": gettext_noop("Physics"),
    "化学": gettext_noop("Chemistry"),
    "生物学": gettext_noop("Biology"),
    "历史": gettext_noop("History"),
    "地理": gettext_noop("Geography"),
}
_ABOUT = {
    "senior": gettext_noop("Shows slides in class and has never recorded a lesson. The network is weak."),
    "middle": gettext_noop("Uses quick answers in class and would like to read homework data better."),
    "young": gettext_noop("Records her own lessons and is curious about AI assistants and smart homework."),
}
_PROGRESS = {
    "FullyGraded": gettext_noop("Final"),
    "Pending": gettext_noop("Being graded"),
    "PendingManual": gettext_noop("Waiting for the raters"),
    "NotReady": gettext_noop("Not graded yet"),
    "Failed": gettext_noop("Could not be graded"),
    "Initialized": gettext_noop("Opened"),
    "Started": gettext_noop("Started"),
    "InProgress": gettext_noop("In progress"),
    "Submitted": gettext_noop("Handed in"),
    "Completed": gettext_noop("Completed"),
}
_ROLES = {
    "administrator": gettext_noop("Administrator"),
    "officer": gettext_noop("Officer"),
    "reviewer": gettext_noop("Reviewer"),
    "chair": gettext_noop("Chair"),
    "rater": gettext_noop("Rater"),
    "specialist": gettext_noop("School specialist"),
    "envoy": gettext_noop("Technical envoy"),
    "school_office": gettext_noop("School office"),
}


def of_data(chinese: str) -> str:
    """A word of the data: itself on a Chinese page, its English name on an English one."""
    return chinese if _chinese() or chinese not in _OF_DATA else gettext(_OF_DATA[chinese])


def about(story: str) -> str:
    return gettext(_ABOUT[story]) if story in _ABOUT else ""


def progress(code: str) -> str:
    return gettext(_PROGRESS[code]) if code in _PROGRESS else code


def role(code: str) -> str:
    return gettext(_ROLES[code]) if code in _ROLES else code


def joined(words: Iterable[str]) -> str:
    return ("，" if _chinese() else ", ").join(word for word in words if word)


def listed(words: Iterable[str]) -> str:
    return ("、" if _chinese() else ", ").join(words)


def in_language(texts: Mapping[str, str]) -> str:
    return texts["zh" if _chinese() else "en"]


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")
