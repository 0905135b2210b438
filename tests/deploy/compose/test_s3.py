"""The compose stack with its own S3 store, which here is SeaweedFS from PyPI in the version of the image."""

from urllib.parse import urlsplit

import pytest
import requests

from deploy.local.ports import LOOPBACK, free_ports
from tests.deploy.compose.stack import running_stack
from tests.deploy.docker import Docker

pytestmark = pytest.mark.deploy


def test_files_are_in_the_store_and_downloads_are_redirected_to_it(docker: Docker) -> None:
    (port,) = free_ports(1)
    given = {
        "COMPOSE_PROFILES": "s3",
        "EPSM_S3_PORT": str(port),
        "EPSM_STORAGE_URL": "s3://epsm/files",
        "EPSM_S3_ENDPOINT_URL": f"http://s3.localhost:{port}",
        "EPSM_S3_ACCESS_KEY": "0123456789abcdef",
        "EPSM_S3_SECRET_KEY": "fedcba9876543210",
    }
    with running_stack(docker, given) as stack:
        (run,) = stack.ended(stack.submit([1.0]))
        file = next(file for file in run["files"] if file["name"] == "eplusout.err")
        answer = requests.get(
            f"{stack.url}{file['href']}", headers=stack.authorization, allow_redirects=False, timeout=60
        )

        assert run["status"] == "succeeded"
        assert answer.is_redirect
        place = urlsplit(answer.headers["Location"])
        assert place.netloc == f"s3.localhost:{port}"
        here = place._replace(netloc=f"{LOOPBACK}:{port}").geturl()
        found = requests.get(here, headers={"Host": place.netloc}, timeout=60)
        assert found.ok, found.text
        assert len(found.content) == file["size"]
        assert "EnergyPlus" in found.text
        assert requests.get(here.partition("?")[0], headers={"Host": place.netloc}, timeout=60).status_code == 403
