"""All ports of a running stack listen on loopback only, unless configured otherwise."""

import os
import socket
from ipaddress import ip_address

from tests.e2e.conftest import System
from tests.e2e.processes import family, listening


def test_every_port_of_the_stack_is_on_loopback(system: System) -> None:
    stack = system.stack
    found = {
        process.name: {place for pid in family(process.pid or 0) for place in listening(pid)}
        for process in (*stack.processes, stack.rabbitmq._names)
    }

    ports = stack.state.ports
    assert {process: {port for _, port in places} for process, places in found.items()} == {
        "postgres": {ports["postgres"]},
        "rabbitmq": {ports["amqp"], ports["management"], ports["broker_metrics"], ports["distribution"]},
        "epmd": {ports["names"]},
        "api": {ports["api"], ports["api_health"]},
        "worker": {ports["worker"]},
        "scheduler": {ports["scheduler"]},
    }
    assert all(address.is_loopback for places in found.values() for address, _ in places), found


def test_what_listens_everywhere_would_be_seen() -> None:
    with socket.create_server(("", 0)) as four, socket.create_server(("::", 0), family=socket.AF_INET6) as six:
        assert {(ip_address(0), four.getsockname()[1])} <= listening(os.getpid())
        assert {(ip_address("::"), six.getsockname()[1])} <= listening(os.getpid())
