"""What visits leave behind and nobody needs for long: ended sessions, and who mistyped a password from where."""

from __future__ import annotations

from datetime import timedelta

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

# Long enough to look into a break-in; these rows hold names and network addresses.
KEPT_FOR = timedelta(days=30)


def forget_old_visits() -> None:
    """Every page with a form opens a session for whoever asks, so the table would grow for ever."""
    SessionStore.clear_expired()
    for kind in (AccessAttempt, AccessFailureLog, AccessLog):
        kind.objects.filter(attempt_time__lt=timezone.now() - KEPT_FOR).delete()
