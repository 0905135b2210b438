"""What is found of this machine's configuration, and of CONTRIBUTING.md."""

from pathlib import Path

import pytest

from tests.deploy.bare.document import commands, paths
from tests.deploy.bare.reach import APT_OPTIONS, VARIABLES, local_paths, pip_configuration, pip_file

LISTED = """\
global.index-url='https://index.example/simple'
global.find-links='/srv/wheels\\nfile:///srv/more'
install.no-binary=':none:'
:env:.index-url='https://other.example/simple'
"""
DOCUMENT = """\
# Contributing

## Set up

```sh
apt-get update
make setup
```

## Add a thing

1. `things/`: one file, such as `things/one.py`.
2. `things/__init__.py` and `tests/test_things.py`.
"""


def test_pip_is_configured_with_what_it_lists_but_variables() -> None:
    assert pip_file(pip_configuration(LISTED)) == (
        "[global]\nindex-url = https://index.example/simple\nfind-links = /srv/wheels\n    file:///srv/more\n"
        "[install]\nno-binary = :none:\n"
    )


def test_absolute_paths_are_found_and_of_an_index_the_directory_with_its_files() -> None:
    values = ["/srv/wheels\nfile:///srv/more", "https://index.example/simple file:///srv/index/simple", "180 off"]

    assert local_paths(values) == {Path("/srv/wheels"), Path("/srv/more"), Path("/srv/index")}


@pytest.mark.parametrize("name", ["PIP_INDEX_URL", "https_proxy", "NO_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_variables_that_lead_to_an_index_are_handed_over(name: str) -> None:
    assert VARIABLES.fullmatch(name)


@pytest.mark.parametrize("name", ["PATH", "AWS_SECRET_ACCESS_KEY", "EPSM_DATABASE_URL", "VIRTUAL_ENV"])
def test_no_other_variable_is(name: str) -> None:
    assert not VARIABLES.fullmatch(name)


def test_of_apts_options_those_are_taken_that_lead_to_the_mirror() -> None:
    assert APT_OPTIONS.fullmatch('Acquire::http::Proxy "http://proxy.example:3128";')
    assert APT_OPTIONS.fullmatch('Acquire::Check-Valid-Until "false";')
    assert not APT_OPTIONS.fullmatch('Acquire::http "";')
    assert not APT_OPTIONS.fullmatch('DPkg::Post-Invoke:: "rm -f /var/cache/apt/archives/*.deb";')


def test_a_section_is_read_for_its_commands_and_its_files() -> None:
    assert commands(DOCUMENT, "Set up") == ["apt-get update", "make setup"]
    assert paths(DOCUMENT, "Add a thing") == ["things/", "things/__init__.py", "tests/test_things.py"]
