"""Servers the tests need: whether they answer, and a database of one's own on them."""

from __future__ import annotations

import os
import socket
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

NEEDED = {
    "SHIJIE_TEST_POSTGRES": ("PostgreSQL", "postgres://postgres@127.0.0.1:5432/postgres"),
    "SHIJIE_TEST_REDIS": ("Redis", "redis://127.0.0.1:6379/9"),
    "SHIJIE_TEST_RABBITMQ": ("RabbitMQ", "amqp://guest:guest@127.0.0.1:5672//"),
}
PORTS = {"postgres": 5432, "postgresql": 5432, "redis": 6379, "amqp": 5672}


def address(variable: str) -> str:
    return os.environ.get(variable) or NEEDED[variable][1]


def away(environment: Mapping[str, str] = os.environ) -> list[str]:
    """One sentence for each server that takes no connection."""
    found = []
    for variable, (name, usual) in NEEDED.items():
        url = environment.get(variable) or usual
        parts = urlsplit(url)
        place = (parts.hostname or "127.0.0.1", parts.port or PORTS[parts.scheme])
        try:
            socket.create_connection(place, timeout=5).close()
        except OSError as problem:
            found.append(
                f"{name} does not answer at {place[0]}:{place[1]} ({problem}); {variable} names another."
            )
    return found


@contextmanager
def own_database(server: str) -> Iterator[str]:
    """The address of a new, empty database on a PostgreSQL server; dropped at the end."""
    import psycopg

    name = f"shijie_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(_at(server, "postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield _at(server, name)
    finally:
        with psycopg.connect(_at(server, "postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def own_file(path: Path) -> Iterator[str]:
    yield f"sqlite:///{path}"


@contextmanager
def own_names(broker: str) -> Iterator[str]:
    """A prefix under which this run keeps what it keeps on a broker; taken away at the end, and nothing else."""
    run = f"shijie-test-{uuid.uuid4().hex[:12]}"
    try:
        yield run
    finally:
        if broker.startswith("redis"):
            _forget_keys(broker, run)
        elif broker.startswith("amqp"):
            _forget_queues(broker, run)


def messages(broker: str, run: str) -> int:
    """How many wake-ups lie on the broker for this run's default queue."""
    if broker.startswith("redis"):
        import redis

        with redis.Redis.from_url(broker) as server:
            return int(server.llen(f"{run}default"))
    from amqp.exceptions import NotFound
    from kombu import Connection

    with Connection(broker) as server:
        try:
            return int(server.default_channel.queue_declare(f"{run}-default", passive=True).message_count)
        except NotFound:
            return 0


def _forget_keys(broker: str, run: str) -> None:
    import redis

    with redis.Redis.from_url(broker) as server:
        for key in server.scan_iter(f"{run}*"):
            server.delete(key)


def _forget_queues(broker: str, run: str) -> None:
    from kombu import Connection

    with Connection(broker) as server:
        for name in (f"{run}-default", f"{run}-media"):
            server.default_channel.queue_delete(name)
            server.default_channel.exchange_delete(name)


def _at(server: str, database: str) -> str:
    parts = urlsplit(server)
    return urlunsplit(parts._replace(path=f"/{database}"))


def forget(run: str) -> None:
    """Removes what a run that was broken off may have left: its test databases and its keys on Redis."""
    import psycopg

    with psycopg.connect(_at(address("SHIJIE_TEST_POSTGRES"), "postgres"), autocommit=True) as connection:
        mine = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        for (name,) in connection.execute(mine, [f"test_{run}"]).fetchall():
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _forget_keys(address("SHIJIE_TEST_REDIS"), run)


if __name__ == "__main__":
    if sys.argv[1:2] == ["forget"]:
        forget(sys.argv[2])
    else:
        sys.exit("\n".join(away()) or 0)
