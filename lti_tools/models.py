"""Django finds models through this module; nothing else imports across applets' models."""

from __future__ import annotations

from lti_tools.audit.models import *  # noqa: F403
from lti_tools.certificates.models import *  # noqa: F403
from lti_tools.definitions.models import *  # noqa: F403
from lti_tools.identities.models import *  # noqa: F403
from lti_tools.keys.models import *  # noqa: F403
from lti_tools.launch.models import *  # noqa: F403
from lti_tools.lessons.models import *  # noqa: F403
from lti_tools.organisations.models import *  # noqa: F403
from lti_tools.outbox.models import *  # noqa: F403
from lti_tools.people.models import *  # noqa: F403
from lti_tools.privacy.models import *  # noqa: F403
from lti_tools.programmes.models import *  # noqa: F403
from lti_tools.ratings.models import *  # noqa: F403
from lti_tools.reporting.models import *  # noqa: F403
from lti_tools.results.models import *  # noqa: F403
from lti_tools.rosters.models import *  # noqa: F403
from lti_tools.tasks.models import *  # noqa: F403
