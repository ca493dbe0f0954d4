"""The Celery application. Jobs live in `lti_tools.jobs`, because "task" is a word of the domain."""

from __future__ import annotations

import os
import threading
import time

from celery import Celery
from celery.signals import beat_embedded_init, worker_init
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lti_tools.config.settings")
# Kombu's own reads half-written messages, and a worker that does ends for good.
TRANSPORT_ALIASES["filesystem"] = "lti_tools.config.folder_broker:Transport"
app = Celery("shijie")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["lti_tools"], related_name="jobs")


@worker_init.connect
def check_environment(**_: object) -> None:
    """A worker that cannot set Chinese type quickly must not start and fail a certificate an hour later."""
    from reports.pdf import check_environment as check

    check()


@beat_embedded_init.connect
def end_with_the_worker(**_: object) -> None:
    """One scheduler: the one inside a worker that was killed must not go on beside that of the next worker."""
    worker = os.getppid()

    def watch() -> None:
        while os.getppid() == worker:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, name="end-with-the-worker", daemon=True).start()
