"""What a teacher can do about the data held about her: read who looked, have it corrected, have it erased."""

from __future__ import annotations

import re

from bureau import ID, posts
from django.urls import reverse
from storybook import PLAYS_SLIDES, Story

from lti_tools.audit import api as audit
from lti_tools.outbox import api as outbox
from lti_tools.people.api import Person
from lti_tools.privacy.api import corrections
from lti_tools.results import api as results


def test_a_teacher_has_a_fact_corrected_sees_who_looked_and_is_erased_in_the_end(story: Story) -> None:
    person = story.cast.people.senior
    for who in ("officer", "reviewer"):
        story.signs_in(who)
    story.launches("senior")
    story.answers("senior", PLAYS_SLIDES)

    # Her month of birth is wrong on the list; she asks, somebody at the bureau compares and agrees.
    asked = {"field": "birth_month", "wanted": "1968-04", "reason": "与户口簿一致"}
    posts(story, "senior", "correction-ask", **asked)
    assert Person.objects.get(id=person.id).birth_month == "1968-03"
    [waiting] = corrections.own(story.cast.actor("senior"))
    assert "王守田" in story.sees("officer", "corrections")
    posts(story, "officer", "correction", waiting.id, decision="approve")
    assert Person.objects.get(id=person.id).birth_month == "1968-04"
    assert "1968-04" in story.sees("senior", "own-data")

    # An officer opens her card; she reads that somebody of the county's bureau did, and when.
    story.sees("officer", "person", person.id)
    audit.collect_views()
    page = story.browser("senior").get(reverse("own-data")).content.decode()
    looked = page.rsplit("<table>", 1)[1]
    assert "甲县" in looked
    assert "甲县干部" not in looked, "people appear by role and unit"

    # She leaves and wants everything gone: one orders it, another approves it.
    ordered = posts(story, "officer", "erasure-order", person.id, reason="本人书面申请，第12号")
    order = re.findall(ID, ordered["Location"])[-1]
    refused = story.browser("officer").post(reverse("erasure-decide", args=[order]), {"decision": "approve"})
    assert refused.status_code == 404
    posts(story, "reviewer", "erasure-decide", order, decision="approve")
    story.background()

    # Nobody finds her, her way in is closed, and both chains still prove themselves from the first row.
    assert Person.objects.get(id=person.id).erased_at is not None
    assert not Person.objects.filter(name="王守田").exists()
    assert "王守田" not in story.sees("officer", "people")
    assert story.browser("senior").get(reverse("own-data")).status_code != 200
    assert outbox.problems() == []
    assert audit.verify() is None
    assert results.verify() is None
