"""Serve it from one process with several threads.

The workbench keeps usage ids in memory; while a block waits for the service, the service fetches our keys.
"""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lti_tools.demo.settings")
application = get_wsgi_application()
