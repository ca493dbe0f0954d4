"""The questions of a diagnosis bank as a form: one choice, several choices, or steps to put in order."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lti_tools.web.wording import language
from rubrics.errors import AnswersError

# What the bank refuses and the form cannot know by itself.
REFUSALS = {
    "answers.none_beside_some": gettext_lazy(
        "“None of these” and another answer do not go together. Please keep one of the two."
    ),
    "answers.each_step_once": gettext_lazy("Please give each step its own place, from first to last."),
}
DOES_NOT_FIT = gettext_lazy("This answer does not fit the question. Please choose again.")


@dataclass(frozen=True)
class Step:
    """One step of a screen task with the field for its place."""

    text: str
    field: Any


@dataclass(frozen=True)
class Question:
    """One question as the page shows it. `field` is None for a screen task, which has `steps`."""

    id: str
    label: str
    errors: Sequence[str]
    seconds: Any
    field: Any = None
    steps: Sequence[Step] = ()


class SecondsField(forms.IntegerField):
    """How long somebody took. Nobody enters it, so what makes no sense (a page left open for days, a clock set back) is
    left out and never holds up an answer."""

    def clean(self, value: Any) -> int | None:
        try:
            return super().clean(value)
        except forms.ValidationError:
            return None


class DiagnosisForm(forms.Form):
    """One field a question, or one a step; seconds per question arrive beside the answers.

    `optional`: questions may be left out, and those left out are in no answer. `left_open`: the words of a choice that
    takes a slip of the finger back, where there are to be any. Screen tasks are answered by a place
    for each step, so they need neither a mouse nor a script.
    """

    def __init__(
        self, items: Sequence[Any], *args: Any, optional: bool = False, left_open: str = "", **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.items = items
        self.optional = optional
        self.left_open = left_open
        self._unplaced: dict[str, list[str]] = {}
        for item in items:
            for name, field in self._fields_of(item):
                self.fields[name] = field
            self.fields[f"seconds-{item.id}"] = SecondsField(
                required=False, min_value=0, max_value=86400, widget=forms.HiddenInput
            )

    def _fields_of(self, item: Any) -> list[tuple[str, forms.Field]]:
        if item.check != "screen":
            return [(item.id, self._choice(item))]
        places = [("", "–"), *((str(place), str(place)) for place in range(1, len(item.steps) + 1))]
        return [
            (_step_name(item, step), forms.ChoiceField(choices=places, required=False)) for step in item.steps
        ]

    def _choice(self, item: Any) -> forms.Field:
        terms: dict[str, Any] = {
            "label": item.label.text(language()),
            "choices": [(option.id, option.label.text(language())) for option in item.options],
            "error_messages": {"required": _("Please choose one answer. There is no wrong one.")},
            "required": not self.optional,
        }
        if self.left_open and not item.multiple:
            terms["choices"] = [("", self.left_open), *terms["choices"]]
        if item.multiple:
            return forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, **terms)
        return forms.ChoiceField(widget=forms.RadioSelect, **terms)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for item in self.items:
            if item.check == "screen":
                self._clean_steps(item, cleaned)
        return cleaned

    def _clean_steps(self, item: Any, cleaned: dict[str, Any]) -> None:
        """An order only from a place for each step; half an order is sent back, none at all may be left out."""
        places = {step.id: cleaned.get(_step_name(item, step), "") for step in item.steps}
        if not any(places.values()) and self.optional:
            return
        if sorted(places.values()) == sorted(str(place) for place in range(1, len(places) + 1)):
            cleaned[item.id] = sorted(places, key=lambda step: int(places[step]))
        else:
            self.refuse(item.id, REFUSALS["answers.each_step_once"])

    def refuse(self, question: str | None, text: Any) -> None:
        """Marks a question; a screen task has no field of its own to carry the mark."""
        if question is None or question in self.fields:
            self.add_error(question, text)
            return
        self._unplaced.setdefault(question, []).append(str(text))
        self.add_error(None, text)

    def questions(self) -> list[Question]:
        return [self._question(item) for item in self.items]

    def _question(self, item: Any) -> Question:
        # Errors first: asking for them cleans the form, and that fills the marks of the screen tasks.
        errors = self.errors.get(item.id, []) or self._unplaced.get(item.id, [])
        screen = item.check == "screen"
        return Question(
            id=item.id,
            label=item.label.text(language()),
            errors=errors,
            seconds=self[f"seconds-{item.id}"],
            field=None if screen else self[item.id],
            steps=[self._step(item, step) for step in shuffled(item)] if screen else (),
        )

    def _step(self, item: Any, step: Any) -> Step:
        return Step(step.label.text(language()), self[_step_name(item, step)])

    def answers(self) -> dict[str, Any]:
        """What was answered; of optional questions only those."""
        found = {item.id: self.cleaned_data.get(item.id) for item in self.items}
        return {key: value for key, value in found.items() if value}

    def seconds(self) -> dict[str, int]:
        answered = self.answers()
        found = {key: self.cleaned_data.get(f"seconds-{key}") for key in answered}
        return {key: value for key, value in found.items() if value is not None}

    def refused(self, problem: AnswersError) -> None:
        """Says which answer the bank does not take; all of them are kept."""
        question = problem.values.get("question")
        known = str(question) if question in {item.id for item in self.items} else None
        self.refuse(known, REFUSALS.get(problem.code, DOES_NOT_FIT))


def _step_name(item: Any, step: Any) -> str:
    return f"{item.id}-{step.id}"


def shuffled(item: Any) -> list[Any]:
    """The steps in an order of their own, the same for everybody, with no step in its right place where that can be:
    numbering them as they stand is no answer."""
    mixed = sorted(item.steps, key=lambda step: hashlib.sha256(f"{item.id}{step.id}".encode()).digest())
    turns = [mixed[at:] + mixed[:at] for at in range(len(mixed))]
    turns.append([*item.steps[1:], item.steps[0]])
    return next(turn for turn in turns if all(a != b for a, b in zip(turn, item.steps, strict=True)))
