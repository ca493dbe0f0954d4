"""The service's own settings; on a shared broker under names of this run alone."""

from __future__ import annotations

import os

from kombu import Exchange, Queue

from lti_tools.config.settings import *  # noqa: F403
from lti_tools.config.settings import CELERY_BROKER_URL

_run = os.environ["SHIJIE_TEST_RUN"]
if CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": _run}
elif CELERY_BROKER_URL.startswith("amqp"):
    # The names the service uses stay what they are: each is an alias of a queue nobody else listens to.
    CELERY_TASK_QUEUES = [
        Queue(f"{_run}-{name}", Exchange(f"{_run}-{name}"), routing_key=name, alias=name)
        for name in ("default", "media")
    ]
