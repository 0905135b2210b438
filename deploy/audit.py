"""`make audit`: lists the locked packages (SBOM) and looks them up among known vulnerabilities.

`python -m deploy.audit [DIRECTORY]` writes `sbom.json` (CycloneDX) and `audit.json` (pip-audit). It fails when a
package is vulnerable, and also when packages could not be looked up.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
DIRECTORY = ROOT / ".local" / "audit"
UNREACHED = "the advisories could not be reached, so nothing was audited"


def main() -> int:
    """Writes both files; returns 0 when all locked packages were audited without findings, else 1 and prints errors."""
    parser = argparse.ArgumentParser(prog="python -m deploy.audit", description=__doc__)
    parser.add_argument(
        "directory", nargs="?", type=Path, default=DIRECTORY, help="directory for both files (default .local/audit)"
    )
    directory: Path = parser.parse_args().directory
    directory.mkdir(parents=True, exist_ok=True)
    write_sbom(directory / "sbom.json")
    print(f"bill of materials: {directory / 'sbom.json'}", file=sys.stderr)
    faults = judge(ask(directory / "audit.json"))
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    return 1 if faults else 0


def write_sbom(path: Path) -> None:
    """Writes every package of the lock with version and hashes; the same lock gives the same bytes."""
    project = ("--pyproject", str(ROOT / "pyproject.toml"))
    command = ["requirements", *project, "--output-reproducible", "--of", "JSON", "-o", str(path), str(LOCK)]
    # Without warnings: cyclonedx_py warns that there is no dependency graph, which a lock file does not contain.
    subprocess.run([sys.executable, "-W", "ignore", "-m", "cyclonedx_py", *command], check=True)


def ask(path: Path) -> dict[str, Any] | None:
    """Runs pip-audit on the lock; returns its report, which is kept at `path`, or None when there is none."""
    path.unlink(missing_ok=True)
    # Audits only the lock file: without dependency resolution, no packages are fetched.
    lock = ("--requirement", str(LOCK), "--require-hashes", "--disable-pip")
    command = [*lock, "--progress-spinner", "off", "--format", "json", "--output", str(path)]
    done = subprocess.run([sys.executable, "-m", "pip_audit", *command], capture_output=True, text=True, check=False)
    try:
        return dict(json.loads(path.read_text()))
    except (OSError, ValueError):
        print(done.stderr.strip()[-500:], file=sys.stderr)
        return None


def judge(report: dict[str, Any] | None) -> list[str]:
    """Returns the findings, one sentence each; an empty list means that all packages are fine."""
    packages = (report or {}).get("dependencies", [])
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    if len(skipped) == len(packages):
        return [UNREACHED]
    faults = [
        f"{package['name']} {package['version']} has {known['id']}, {_mended(known['fix_versions'])}"
        for package in packages
        for known in package.get("vulns", [])
    ]
    return faults + (
        [f"no advisories were found for {', '.join(skipped)}, so they were not audited"] if skipped else []
    )


def _mended(versions: list[str]) -> str:
    return f"mended in {', '.join(versions)}" if versions else "which no version mends"


if __name__ == "__main__":
    sys.exit(main())
