"""Dependencies are pinned, hashed and listed, and an audit that could not ask for vulnerabilities fails."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.audit import LOCK, UNREACHED, judge, write_sbom


def locked() -> Iterator[tuple[str, str, list[str]]]:
    """Name, pin and hashes of every requirement in the lock file, without markers."""
    for requirement in LOCK.read_text().replace("\\\n", " ").splitlines():
        words = re.sub(r";.*?(?=--hash|$)", " ", requirement).split()
        if words:
            name, pin = re.fullmatch(r"([A-Za-z0-9._-]+)(.*)", words[0]).groups()  # type: ignore[union-attr]
            yield name, pin, words[1:]


def test_every_requirement_is_pinned_to_one_version_and_its_hashes() -> None:
    found = list(locked())

    assert len(found) > 100
    for name, pin, hashes in found:
        assert re.fullmatch(r"==[\w.+!]+", pin), name
        assert hashes, name
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", said) for said in hashes), name


def test_the_bill_of_materials_lists_every_locked_package_and_is_the_same_every_time(tmp_path: Path) -> None:
    write_sbom(tmp_path / "sbom.json")

    bill = json.loads((tmp_path / "sbom.json").read_text())
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "epsm")
    assert "serialNumber" not in bill
    assert "timestamp" not in bill["metadata"]
    listed = {
        (part["name"], f"=={part['version']}"): {
            f"--hash=sha256:{digest['content']}" for place in part["externalReferences"] for digest in place["hashes"]
        }
        for part in bill["components"]
    }
    assert listed == {(name, pin): set(hashes) for name, pin, hashes in locked()}


WELL = {"name": "a", "version": "1", "vulns": []}
ILL = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
SKIPPED = {"name": "c", "skip_reason": "Dependency not found on PyPI and could not be audited: c (1)"}


@pytest.mark.parametrize(
    ("packages", "faults"),
    [
        ([WELL], []),
        ([WELL, ILL], ["b 2 has PYSEC-1, mended in 3"]),
        ([WELL, SKIPPED], ["no advisories were found for c, so they were not audited"]),
        ([SKIPPED, SKIPPED], [UNREACHED]),
        ([], [UNREACHED]),
    ],
)
def test_only_packages_that_were_looked_up_pass(packages: list[dict[str, object]], faults: list[str]) -> None:
    assert judge({"dependencies": packages}) == faults


def test_an_audit_without_a_result_fails() -> None:
    assert judge(None) == [UNREACHED]
