"""One stage for all tests of a run: on the embedded default, or on the database and broker of the environment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services import servers
from tests.worker.stage import Stage, raised


@pytest.fixture(scope="session")
def _running_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    data = tmp_path_factory.mktemp("stage")
    broker = os.environ.get("SHIJIE_BROKER_URL", "")
    with (
        _database(data) as database,
        servers.own_names(broker) as run,
        raised(data, SHIJIE_DATABASE_URL=database, SHIJIE_TEST_RUN=run) as stage,
    ):
        yield stage


def _database(data: Path):  # type: ignore[no-untyped-def]
    """Always a database of this run alone, whatever the environment names."""
    server = os.environ.get("SHIJIE_DATABASE_URL", "")
    return servers.own_database(server) if server else servers.own_file(data / "shijie.sqlite3")


@pytest.fixture
def stage(_running_stage: Stage) -> Iterator[Stage]:
    """The stage with a worker on it and the wire whole; a test that fails shows what the worker said last."""
    _running_stage.wire.forget_plans()
    _running_stage.ensure_worker()
    yield _running_stage
    print(_running_stage.last_words())
