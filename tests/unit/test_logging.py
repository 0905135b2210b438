"""Logs contain no secrets that a library quotes, and no local variables of failed functions."""

import json
import subprocess
import sys

from shared.logging import MASK

PROGRAM = """
import logging
from shared.logging import configure_logging, get_logger
from shared.settings import read_settings
settings = read_settings(
    database_url="postgresql://epsm:sword%40fish@db/epsm",
    broker_url="amqp://guest:guest@mq/",
    s3_secret_key="abcdefgh",
    s3_access_key="guest",
)
configure_logging("test", "INFO", settings.secrets)
logging.getLogger("library").warning("cannot connect to %s, or sword@fish, as guest", "sword%40fish")
def fail():
    header = "Bearer tuna"
    raise RuntimeError("with abcdefgh")
try:
    fail()
except RuntimeError:
    get_logger("room").exception("it.failed", url="sword%40fish@db")
"""


def test_quoted_secrets_are_masked_and_local_variables_are_left_out() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)

    quoted, failed = (json.loads(line) for line in done.stderr.splitlines())
    assert quoted["event"] == f"cannot connect to {MASK}, or {MASK}, as guest"
    assert failed["url"] == f"{MASK}@db"
    assert failed["exception"][0]["exc_value"] == f"with {MASK}"
    assert "tuna" not in done.stderr
    assert [frame["name"] for frame in failed["exception"][0]["frames"]] == ["<module>", "fail"]
