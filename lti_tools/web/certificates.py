"""The public page that checks a certificate, and the holder's own download."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_ratelimit.core import is_ratelimited

from lti_tools.certificates import api as certificates
from lti_tools.web.screen import PageRequest, screen

PAPER_LIMIT = 5 * 1024 * 1024


class VerifyForm(forms.Form):
    """Number and name, or the PDF itself."""

    number = forms.CharField(required=False, max_length=60)
    name = forms.CharField(required=False, max_length=80)
    paper = forms.FileField(required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        paper = given.get("paper")
        if paper and paper.size > PAPER_LIMIT:
            raise forms.ValidationError(
                _("This file is larger than any certificate of ours (5 MB). It was not kept.")
            )
        if not paper and not (given.get("number") and given.get("name")):
            raise forms.ValidationError(_("Please give the number and the name, or choose the PDF file."))
        if not paper and certificates.number_is_wrong(given["number"]):
            raise forms.ValidationError(
                _(
                    "This cannot be a certificate number: a character is missing or mistyped. "
                    "Compare it with the paper."
                )
            )
        return given


@screen("public.verify", methods=("GET", "POST"))
def verify(request: PageRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "shijie/verify.html", {"form": VerifyForm()})
    form = VerifyForm(request.POST, request.FILES)
    if is_ratelimited(request, group="verify", key="ip", rate="30/m", method="POST", increment=True):
        return render(request, "shijie/verify.html", {"form": form, "too_often": True}, status=429)
    if not form.is_valid():
        return render(request, "shijie/verify.html", {"form": form}, status=422)
    found = _find(form.cleaned_data)
    return _shown(request, form, found, by="paper" if form.cleaned_data["paper"] else "name")


def _find(given: dict[str, Any]) -> certificates.PublicCertificate | None:
    if given["paper"]:
        return certificates.by_paper(given["paper"].read())
    return certificates.public(given["number"], name=given["name"])


@screen("public.verify")
def verify_secret(request: PageRequest, secret: str) -> HttpResponse:
    """The address behind the QR code."""
    if is_ratelimited(request, group="verify", key="ip", rate="30/m", increment=True):
        return render(request, "shijie/verify.html", {"form": VerifyForm(), "too_often": True}, status=429)
    return _shown(request, VerifyForm(), certificates.by_secret(secret), by="code")


def _shown(
    request: PageRequest, form: VerifyForm, found: certificates.PublicCertificate | None, *, by: str
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "found": found, "asked": True, "by": by}
    if found:
        context["number"] = certificates.shown(found.number)
        context["tier"] = found.evidence.tier.text(get_language() or "zh-hans")
    answer = render(request, "shijie/verify.html", context, status=200 if found else 404)
    # It names a person, and tomorrow the certificate may be revoked.
    answer["Cache-Control"] = "private, no-store"
    return answer


@screen("certificate.own")
def own_paper(request: PageRequest, certificate_id: uuid.UUID) -> HttpResponse:
    name, paper = certificates.own_paper(request.actor, certificate_id)
    return FileResponse(paper, as_attachment=True, filename=name, content_type="application/pdf")
