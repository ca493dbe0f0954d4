"""What a block asks of the Shijie service, over the platform's own signature.

The platform signs who asks (a bearer JWT with `sub` = the user's id on this platform, `aud` = the service),
so no password or session of the service lives in the LMS. Nothing here retries: a page is waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import requests

CONNECT_SECONDS = 3.05
READ_SECONDS = 5
LARGEST_ANSWER = 64 * 1024
Signer = Callable[..., str]


class ClientError(Exception):
    """The service gave no usable answer; `permanent` says that asking again will not help."""

    def __init__(self, code: str, *, permanent: bool) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent


@dataclass(frozen=True)
class Placement:
    """A learner's tier as the service gives it; `placed` false means that the diagnosis is still to do."""

    placed: bool
    tier: str = ""
    tier_label: Mapping[str, str] | None = None
    skill: str = ""
    reasons: tuple[str, ...] = ()
    first_task: str = ""

    def label(self, language: str) -> str:
        labels = self.tier_label or {}
        return labels.get("zh" if language.startswith("zh") else "en") or self.tier

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"reasons": list(self.reasons)}

    @classmethod
    def from_json(cls, data: object, *, language: str = "zh") -> Placement:
        """Refuses any other shape: a half-read answer must not decide what a learner sees."""
        if not isinstance(data, Mapping) or not isinstance(data.get("placed"), bool):
            raise ClientError("bad_answer", permanent=False)
        if not data["placed"]:
            return cls(placed=False, reasons=_texts(data.get("reasons")))
        if not isinstance(data.get("tier"), str) or not data["tier"]:
            raise ClientError("bad_answer", permanent=False)
        return cls(
            placed=True,
            tier=data["tier"],
            tier_label=_labels(data.get("tier_label")),
            skill=str(data.get("skill") or ""),
            reasons=_texts(data.get("reasons")),
            first_task=_one_text(data.get("first_task"), language=language),
        )


class PathService(Protocol):
    """What the `shijie` XBlock service offers a block."""

    def placement(self, sub: str, *, language: str) -> Placement: ...


@dataclass(frozen=True)
class ServiceClient:
    """One service, one platform. `sign(sub=..., audience=...)` gives the bearer token."""

    base_url: str
    sign: Signer
    send: Callable[..., requests.Response] = requests.get

    def placement(self, sub: str, *, language: str) -> Placement:
        """Raises ClientError: unreachable, busy, refused, unknown_person or bad_answer."""
        answer = self._get("/api/v1/placement", sub=sub, language=language)
        return Placement.from_json(_json(answer), language=language)

    def _get(self, path: str, *, sub: str, language: str) -> requests.Response:
        token = self.sign(sub=sub, audience=self.base_url)
        headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/json",
            "Accept-Language": language,
        }
        try:
            answer = self.send(
                self.base_url + path,
                params={"lang": language},
                headers=headers,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,  # a redirect would carry the token elsewhere
            )
        except requests.RequestException as error:
            raise ClientError("unreachable", permanent=False) from error
        _check_status(answer.status_code)
        return answer


def _check_status(status: int) -> None:
    if status == 200:
        return
    if status == 404:
        raise ClientError("unknown_person", permanent=True)
    if status in {401, 403}:
        raise ClientError("refused", permanent=True)
    if status == 429 or status >= 500:
        raise ClientError("busy", permanent=False)
    raise ClientError("bad_answer", permanent=False)


def _json(answer: requests.Response) -> object:
    if len(answer.content) > LARGEST_ANSWER:
        raise ClientError("bad_answer", permanent=False)
    try:
        return answer.json()
    except ValueError as error:
        raise ClientError("bad_answer", permanent=False) from error


def _texts(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _labels(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping):
        return {}
    return {str(key): text for key, text in value.items() if isinstance(text, str)}


def _one_text(value: object, *, language: str) -> str:
    """A task is named by a text, by {zh, en}, or by an object holding such a label."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        inner = value.get("label") or value.get("title")
        if inner is not None:
            return _one_text(inner, language=language)
        return _labels(value).get("zh" if language.startswith("zh") else "en", "")
    return ""
