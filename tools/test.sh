#!/usr/bin/env bash
# The whole suite on the embedded default. Each settings module is a run of its own; all must pass.
set -uo pipefail
cd "$(dirname "$0")/.."
source tools/parts.sh
# Whatever the shell has set, this is the embedded default.
unset SHIJIE_DATABASE_URL SHIJIE_BROKER_URL SHIJIE_DATA_DIR
test=".venv/bin/python -m pytest -q"

part "judgement, documents, service, house, stories" \
  $test -n 2 --dist loadfile tests/rubrics tests/reports tests/lti_tools tests/architecture tests/journeys
# Real workers mostly wait; the two small runs fit in between.
beside "killed and living workers" $test tests/worker
part "blocks and the LMS side" $test tests/xblocks --ds=tests.xblocks.lms_settings
part "the demo LMS" $test tests/demo --ds=lti_tools.demo.settings
join
part "the whole story in a browser" $test tests/browser
ended
