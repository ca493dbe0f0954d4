#!/usr/bin/env bash
# What touches database, broker and jobs, again on PostgreSQL with Redis and with RabbitMQ.
# A server that does not answer is named and fails the run. Everything is done in databases, keys and queues of
# this run's own, which are removed at the end.
set -uo pipefail
cd "$(dirname "$0")/.."
source tools/parts.sh
: "${SHIJIE_TEST_POSTGRES:=postgres://postgres@127.0.0.1:5432/postgres}"
: "${SHIJIE_TEST_REDIS:=redis://127.0.0.1:6379/9}"
: "${SHIJIE_TEST_RABBITMQ:=amqp://guest:guest@127.0.0.1:5672//}"
export SHIJIE_TEST_POSTGRES SHIJIE_TEST_REDIS SHIJIE_TEST_RABBITMQ
python=.venv/bin/python
test="$python -m pytest -q"

$python -m tests.services.servers || exit 1
unset SHIJIE_DATA_DIR
run="shijie-test-$$-$RANDOM"
trap '$python -m tests.services.servers forget "$run"' EXIT
# Django puts "test_" before the name; the database itself need not exist.
database="${SHIJIE_TEST_POSTGRES%/*}/$run"

both() { # The same worker tests with either broker.
  SHIJIE_DATABASE_URL=$SHIJIE_TEST_POSTGRES SHIJIE_BROKER_URL=$SHIJIE_TEST_REDIS $test tests/worker
  local redis=$?
  SHIJIE_DATABASE_URL=$SHIJIE_TEST_POSTGRES SHIJIE_BROKER_URL=$SHIJIE_TEST_RABBITMQ $test tests/worker && return $redis
}

beside "workers with Redis, then with RabbitMQ" both
export SHIJIE_DATABASE_URL=$database SHIJIE_BROKER_URL=$SHIJIE_TEST_REDIS SHIJIE_TEST_RUN=$run
part "service and stories on PostgreSQL" $test -n 2 --dist loadfile -m "not browser" tests/lti_tools tests/journeys
part "many at once, and brokers that are away" $test tests/services
join
ended
