"""TLS settings: contradictions stop the process with an error message, addresses carry the certificates."""

import traceback
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pika
import pytest
import trustme
from sqlalchemy.engine import make_url

from shared.broker.address import broker_address
from shared.broker.broker import with_limits
from shared.db.address import database_address
from shared.settings import SettingsError, read_settings

ROOT = Path(__file__).resolve().parents[2]
PLAIN = {"database_url": "postgresql://u:w@db/d", "broker_url": "amqps://u:w@mq/v"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An authority, a certificate with its key, a certificate with another key, and an invalid file."""
    place = tmp_path_factory.mktemp("certificates")
    authority = trustme.CA()
    mine, other = authority.issue_cert("epsm"), authority.issue_cert("other")
    authority.cert_pem.write_to_path(str(place / "ca"))
    mine.cert_chain_pems[0].write_to_path(str(place / "cert"))
    mine.private_key_pem.write_to_path(str(place / "key"))
    other.private_key_pem.write_to_path(str(place / "other"))
    (place / "nonsense").write_text("nonsense")
    return {name: str(place / name) for name in ("ca", "cert", "key", "other", "nonsense", "missing")}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"broker_url": "amqp://mq/", "broker_ca_file": "ca"}, "EPSM_BROKER_URL does not begin with amqps://"),
        ({"database_url": "postgresql://db/d?sslmode=prefer", "database_ca_file": "ca"}, "allows plain text"),
        (
            {
                "database_url": "postgresql://db/d",
                "database_listen_url": "postgresql://db/d?sslmode=prefer",
                "database_ca_file": "ca",
            },
            "EPSM_DATABASE_LISTEN_URL allows plain text",
        ),
        ({"s3_ca_file": "ca", "s3_endpoint_url": "http://s3"}, "EPSM_S3_ENDPOINT_URL does not begin with https://"),
        ({"s3_ca_file": "ca"}, "EPSM_S3_ENDPOINT_URL does not begin with https://"),
        ({"database_ca_file": "ca", "database_key_file": "key"}, "EPSM_DATABASE_KEY_FILE belong together"),
        ({"broker_ca_file": "ca", "broker_cert_file": "cert"}, "EPSM_BROKER_KEY_FILE belong together"),
        ({"database_cert_file": "cert", "database_key_file": "key"}, "without EPSM_DATABASE_CA_FILE"),
        ({"database_ca_file": "missing"}, "EPSM_DATABASE_CA_FILE .* cannot be used: No such file"),
        ({"broker_ca_file": "nonsense"}, "EPSM_BROKER_CA_FILE .* cannot be used"),
        (
            {"database_ca_file": "ca", "database_cert_file": "cert", "database_key_file": "other"},
            "EPSM_DATABASE_KEY_FILE .* cannot be used: KEY_VALUES_MISMATCH",
        ),
    ],
)
def test_a_contradiction_or_an_unusable_file_stops_the_process(
    files: dict[str, str], given: dict[str, str], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        read_settings(**{**PLAIN, **{name: files.get(value, value) for name, value in given.items()}})


def test_without_certificates_the_addresses_are_what_was_given() -> None:
    settings = read_settings(**PLAIN, database_ca_file="", broker_ca_file="")

    assert database_address(settings) == "postgresql+psycopg2://u:w@db/d"
    assert broker_address(settings) == "amqps://u:w@mq/v"


def test_postgres_is_verified_whole_whatever_weaker_mode_its_address_asks_for(files: dict[str, str]) -> None:
    settings = read_settings(
        database_url="postgresql://u:a%40b@db/d?sslmode=require&target_session_attrs=read-write",
        database_ca_file=files["ca"],
        database_cert_file=files["cert"],
        database_key_file=files["key"],
    )

    url = make_url(database_address(settings))

    assert (url.password, url.host) == ("a@b", "db")
    assert dict(url.query) == {
        "sslmode": "verify-full",
        "sslrootcert": files["ca"],
        "sslcert": files["cert"],
        "sslkey": files["key"],
        "gssencmode": "disable",
        "target_session_attrs": "read-write",
    }


def test_rabbitmq_keeps_the_limits_of_its_address_beside_the_certificates(files: dict[str, str]) -> None:
    settings = read_settings(broker_url="amqps://u:a%40b@mq/v?heartbeat=7", broker_ca_file=files["ca"])

    address = with_limits(broker_address(settings))
    made = pika.URLParameters(address)

    assert (made.host, made.port, made.virtual_host, made.credentials.password) == ("mq", 5671, "v", "a@b")
    assert (made.heartbeat, made.socket_timeout, made.blocked_connection_timeout) == (7, 5, 10)
    assert made.ssl_options.context.check_hostname
    assert parse_qs(urlsplit(address).query)["ssl_options"] == [repr({"ca_certs": files["ca"]})]


@pytest.mark.parametrize(
    ("setting", "address"),
    [
        ("database_url", "postgresql://epsm:pa@ss@db/epsm"),
        ("database_url", "postgresql://epsm:pa:ss@db:port/epsm"),
        ("database_url", "mysql://epsm:pass@db/epsm"),
        ("broker_url", "amqp://epsm:pa@ss@mq/epsm"),
        ("broker_url", "amqp://epsm:pa/ss@mq/epsm"),
        ("broker_url", "amqp://epsm:12/pa@mq/epsm"),
        ("broker_url", "amqp://epsm:pa#ss@mq/epsm"),
        ("broker_url", "amqp://epsm:pa;ss@mq/epsm"),
        ("broker_url", "amqp://epsm:pass@[mq/epsm"),
        # Characters that are normalized to a slash: urllib rejects them and quotes the whole address.
        ("broker_url", "amqp://epsm:pass\u2100@mq/epsm"),
        ("storage_url", "s3://key:pass\u2100@bucket/prefix"),
        ("broker_url", "redis://epsm:pass@mq/epsm"),
        ("storage_url", "s3://key:pass@bucket/prefix"),
    ],
)
@pytest.mark.parametrize("through", ["override", "variable"])
def test_an_address_that_cannot_be_read_is_refused_without_a_piece_of_its_password(
    setting: str, address: str, through: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if through == "variable":
        monkeypatch.setenv(f"EPSM_{setting.upper()}", address)

    with pytest.raises(SettingsError, match=f"EPSM_{setting.upper()}: ") as refused:
        read_settings(**({setting: address} if through == "override" else {}))

    # The chain of exceptions too, because a traceback prints it.
    shown = "".join(traceback.format_exception(refused.value))
    assert not any(piece in shown for piece in ("pa@", "pass@", "pass\u2100", "ss@", "'pa", "pa/", "12/", "pa;"))


def test_each_address_is_read_in_one_module_only() -> None:
    places = {
        path.relative_to(ROOT).as_posix()
        for package in ("api_service", "scheduler_service", "sim_worker", "shared")
        for path in (ROOT / package).rglob("*.py")
        if any(f"settings.{name}" in path.read_text() for name in ("database_url", "broker_url"))
    }
    assert places == {"shared/db/address.py", "shared/broker/address.py"}
