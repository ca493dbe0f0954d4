"""Orders to erase a person: an officer gives the reason, a reviewer of the area approves."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lti_tools.audit import api as audit
from lti_tools.office import privacy as office
from lti_tools.people.api import ACTIONS
from lti_tools.privacy.api import orders
from lti_tools.reporting import api as reporting
from lti_tools.web.fields import Line
from lti_tools.web.screen import PageRequest, screen

ON_A_PAGE = 50


class OrderForm(forms.Form):
    """Why everything about a person is to go."""

    reason = Line(
        label=gettext_lazy("Reason"),
        min_length=4,
        max_length=400,
        help_text=gettext_lazy("On whose request and by which rule, without the person's name."),
    )


class DecisionForm(forms.Form):
    """Approve or decline: there is no way back from the first."""

    decision = forms.ChoiceField(choices=[("approve", ""), ("decline", "")])


@screen("person.see")
def orders_page(request: PageRequest) -> HttpResponse:
    """The orders in sight and, for officers, the search for a person."""
    page = Paginator(orders.orders_for(request.actor), ON_A_PAGE).get_page(request.GET.get("page"))
    may_order = bool(request.actor.granted(ACTIONS[orders.ORDER].roles))
    wanted = request.GET.get("q", "")[:80] if may_order else ""
    found = orders.candidates(request.actor, wanted)
    audit.viewed(
        actor=request.actor.pseudonym,
        subjects=[str(row.person_id) for row in [*found, *page.object_list]],
        what="erasure.list",
    )
    context = {"page": page, "may_order": may_order, "q": wanted, "found": found}
    return render(request, "shijie/erasures.html", context)


@screen("erasure.order", methods=("GET", "POST"))
def order(request: PageRequest, person_id: uuid.UUID) -> HttpResponse:
    person = orders.person_in_sight(request.actor, person_id)
    form = OrderForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = office.order_erasure(request.actor, person_id, reason=form.cleaned_data["reason"])
        messages.success(request, _("Ordered. Nothing goes before a reviewer of your area has approved."))
        return redirect("erasure", order_id=made.id)
    audit.viewed(actor=request.actor.pseudonym, subjects=[str(person_id)], what="erasure")
    context = {"form": form, "person": person, "runs": reporting.runs_naming(request.actor, person_id)}
    return render(request, "shijie/erasure_order.html", context, status=422 if form.is_bound else 200)


@screen("person.see")
def one(request: PageRequest, order_id: uuid.UUID) -> HttpResponse:
    found = orders.find(request.actor, order_id)
    audit.viewed(actor=request.actor.pseudonym, subjects=[str(found.person_id)], what="erasure")
    context = {
        "order": found,
        "may_decide": orders.may_decide(request.actor, found),
        "runs": reporting.runs_naming(request.actor, found.person_id),
    }
    return render(request, "shijie/erasure.html", context)


@screen("erasure.approve", methods=("POST",))
def decide(request: PageRequest, order_id: uuid.UUID) -> HttpResponse:
    orders.require_decider(request.actor, order_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Nothing was decided. Choose one of the two."))
        return redirect("erasure", order_id=order_id)
    approve = form.cleaned_data["decision"] == "approve"
    office.decide_erasure(request.actor, order_id, approve=approve)
    done = _("Approved. It is being carried out now.") if approve else _("Declined. Nothing was erased.")
    messages.success(request, done)
    return redirect("erasure", order_id=order_id)


urlpatterns = [
    path("office/erasures", orders_page, name="erasures"),
    path("office/erasures/people/<uuid:person_id>", order, name="erasure-order"),
    path("office/erasures/<uuid:order_id>", one, name="erasure"),
    path("office/erasures/<uuid:order_id>/decision", decide, name="erasure-decide"),
]
