"""Prometheus for the local stack, on loopback, with the rules of every deployment.

There is no Alertmanager: Debian's build finds its templates only when it is installed, and the page of Prometheus
shows firing alerts.
"""

import http.client
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from deploy.local.install import POSTGRES_EXPORTER, PROMETHEUS, unpacked
from deploy.local.ports import LOOPBACK
from deploy.local.processes import Process, wait_until

MONITORING = Path(__file__).resolve().parents[1] / "monitoring"
KEPT = "14d"
SCRAPE_SECONDS = 5


@dataclass(frozen=True, slots=True)
class MonitoringPorts:
    """Ports of the monitoring processes."""

    prometheus: int
    postgres_exporter: int


class Monitoring:
    """Prometheus, which scrapes `targets` (host:port by job), and the exporter for Postgres."""

    def __init__(
        self, directory: Path, ports: MonitoringPorts, targets: Mapping[str, str], postgres_address: str
    ) -> None:
        self._directory = directory / "monitoring"
        self._ports = ports
        self._postgres_address = postgres_address
        self._targets = {
            **targets,
            "postgres": f"{LOOPBACK}:{ports.postgres_exporter}",
            "prometheus": f"{LOOPBACK}:{ports.prometheus}",
        }
        self._exporter = Process("postgres-exporter", directory)
        self._prometheus = Process("prometheus", directory)

    @property
    def url(self) -> str:
        """URL of Prometheus's page."""
        return f"http://{LOOPBACK}:{self._ports.prometheus}"

    @property
    def processes(self) -> tuple[Process, ...]:
        """All processes, in the order of starting."""
        return (self._exporter, self._prometheus)

    def start(self) -> Iterator[str]:
        """Starts the processes that are not running; yields the name of each one first. Raises StackError."""
        programs = unpacked([PROMETHEUS, POSTGRES_EXPORTER])
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield "the exporter for Postgres"
        self._start(
            self._exporter,
            [str(programs / POSTGRES_EXPORTER), f"--web.listen-address={LOOPBACK}:{self._ports.postgres_exporter}"],
            self._ports.postgres_exporter,
            "/metrics",
            # The address contains the password; as an argument, every user of the machine could read it.
            {"DATA_SOURCE_NAME": self._postgres_address},
        )
        yield "Prometheus"
        config = self._directory / "prometheus.yml"
        config.write_text(json.dumps(self._configuration(), indent=1))
        self._start(
            self._prometheus,
            [
                str(programs / PROMETHEUS),
                f"--config.file={config}",
                f"--storage.tsdb.path={self._directory / 'prometheus'}",
                f"--storage.tsdb.retention.time={KEPT}",
                f"--web.listen-address={LOOPBACK}:{self._ports.prometheus}",
            ],
            self._ports.prometheus,
            "/-/ready",
        )

    def stop(self) -> None:
        """Stops all processes; the recorded metrics are kept."""
        for process in reversed(self.processes):
            process.stop()

    def _configuration(self) -> dict[str, Any]:
        """Returns the configuration of the compose stack with the addresses of this stack."""
        source = MONITORING / "prometheus"
        configuration: dict[str, Any] = yaml.safe_load((source / "prometheus.yml").read_text())
        configuration["global"] = {"scrape_interval": f"{SCRAPE_SECONDS}s", "evaluation_interval": f"{SCRAPE_SECONDS}s"}
        configuration["rule_files"] = [str(source / pattern) for pattern in configuration["rule_files"]]
        del configuration["alerting"]
        configuration["scrape_configs"] = [
            {name: value for name, value in scrape.items() if not name.endswith("_sd_configs")}
            | _static(self._targets[scrape["job_name"]])
            for scrape in configuration["scrape_configs"]
            if scrape["job_name"] in self._targets
        ]
        return configuration

    def _start(
        self,
        process: Process,
        command: list[str],
        port: int,
        path: str,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        if process.pid is None:
            process.start(command, environment or {}, self._directory)
        wait_until(lambda: answers(port, path), process, process.name)


def answers(port: int, path: str) -> bool:
    """Returns whether a server on loopback answers a GET of `path` with 200."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _static(target: str) -> dict[str, Any]:
    return {"static_configs": [{"targets": [target]}]}
