"""Every connection to Postgres and RabbitMQ uses the address with the configured certificates."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("api_service", "sim_worker", "scheduler_service", "shared")
#: The settings with an address, and the only module that makes the verified address of each.
ADDRESSES = {
    **dict.fromkeys(("database_url", "database_listen_url", "migration_database_url"), "shared/db/address.py"),
    "broker_url": "shared/broker/address.py",
}
#: Functions that connect to the address in their first argument, and the function that makes that address.
CONNECTING = {
    "Database": "database_address",
    "Listener": "listening_address",
    **dict.fromkeys((f"migrate.{verb}" for verb in ("upgrade", "downgrade", "check", "run")), "migration_address"),
    "migrate.wait": "database_address",
    **dict.fromkeys(("EpsmBroker", "RabbitPublisher"), "broker_address"),
}
#: Functions of libraries that connect, and the only package that uses them; there the address is named `url`.
LIBRARIES = {
    **dict.fromkeys(("create_engine", "engine_from_config", "psycopg2.connect"), "shared/db/"),
    **dict.fromkeys(("RabbitmqBroker", "pika.BlockingConnection", "pika.SelectConnection"), "shared/broker/"),
    **dict.fromkeys(("URLParameters", "ConnectionParameters", "BlockingConnection"), "shared/broker/"),
}
PACKAGES = tuple(set(LIBRARIES.values()))
SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_text() for name in SERVICES for path in (ROOT / name).rglob("*.py")
}


def test_addresses_are_read_from_the_settings_in_one_place_each() -> None:
    places: dict[str, set[str]] = {name: set() for name in ADDRESSES}
    for place, source in SOURCES.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Attribute) and node.attr in ADDRESSES:
                places[node.attr].add(place)

    # The settings validate the addresses themselves.
    seen = {
        name: {place for place in found if not place.startswith("shared/settings/")} for name, found in places.items()
    }
    assert seen == {name: {place} for name, place in ADDRESSES.items()}


def unverified(place: str, source: str) -> list[int]:
    """Lines of a module that connect to another address than the verified one."""
    tree = ast.parse(source)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    variables = {
        target.id: _called(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return [
        call.lineno for call in calls if not (_is_in_its_package(call, place) and _is_verified(call, place, variables))
    ]


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func)


def _is_in_its_package(call: ast.Call, place: str) -> bool:
    return all(
        place.startswith(package) for name, package in LIBRARIES.items() if f".{_called(call)}".endswith(f".{name}")
    )


def _is_verified(call: ast.Call, place: str, variables: dict[str, str]) -> bool:
    makers = [maker for name, maker in CONNECTING.items() if f".{_called(call)}".endswith(f".{name}")]
    given = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "url")]
    if not makers or (place.startswith(PACKAGES) and [ast.unparse(one) for one in given] == ["url"]):
        return True
    return [_called(one) if isinstance(one, ast.Call) else variables.get(ast.unparse(one)) for one in given] == makers


def test_every_connection_is_to_the_verified_address() -> None:
    assert {place: lines for place, source in SOURCES.items() if (lines := unverified(place, source))} == {}


@pytest.mark.parametrize(
    "connection",
    [
        "Database(read_settings().database_url.get_secret_value(), name='a')",
        "Database(os.environ['EPSM_DATABASE_URL'])",
        "Database(broker_address(settings))",
        "Database(url=address)",
        "address = settings.broker_url\nEpsmBroker(address)",
        "RabbitPublisher(str(settings.broker), queue_type='classic')",
        "Listener(url, 'channel', poke)",
        "migrate.upgrade(os.environ['EPSM_DATABASE_URL'])",
        "create_engine(database_address(settings))",
        "sqlalchemy.create_engine(url)",
        "psycopg2.connect(url)",
        "pika.BlockingConnection(pika.URLParameters(url))",
        "BlockingConnection(URLParameters(url))",
    ],
)
def test_a_connection_to_another_address_is_found(connection: str) -> None:
    assert unverified("api_service/tokens/__main__.py", connection)


@pytest.mark.parametrize(
    "connection",
    [
        "Database(database_address(read_settings()), name='a')",
        "url = listening_address(settings)\nListener(url, 'channel', poke)",
        "EpsmBroker(broker_address(settings), prefetch=2)",
        "signal.connect(url)",
    ],
)
def test_a_connection_to_the_verified_address_is_let_through(connection: str) -> None:
    assert not unverified("api_service/tokens/__main__.py", connection)
