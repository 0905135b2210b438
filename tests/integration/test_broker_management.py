"""RabbitMQ's management API: its numbers of our queues, and a reason when it has none."""

from dataclasses import replace

import pytest
from pydantic import SecretStr

from deploy.local.ports import free_ports
from deploy.local.rabbitmq import RabbitServer
from shared.broker.address import ManagementAddress, management_address
from shared.broker.management import BrokerManagement
from shared.messages import BrokerAway
from shared.settings import Settings
from tests.integration.receiving import ENGINE


@pytest.fixture
def address(rabbitmq_server: RabbitServer, broker_url: str) -> ManagementAddress:
    found = management_address(
        Settings(broker_url=SecretStr(broker_url), broker_management_url=rabbitmq_server.management_url)
    )
    assert found is not None
    return found


def fault(address: ManagementAddress) -> str:
    management = BrokerManagement(address, queue_type="classic")
    try:
        with pytest.raises(BrokerAway) as away:
            management.traffic([ENGINE])
    finally:
        management.close()
    return str(away.value)


def test_a_queue_that_does_not_exist_has_no_traffic(address: ManagementAddress) -> None:
    management = BrokerManagement(address, queue_type="classic")

    assert management.traffic([ENGINE]) == {}

    management.close()


def test_reasons_name_what_is_wrong_and_no_password(address: ManagementAddress) -> None:
    refused = fault(replace(address, password="swordfish"))
    assert "does not take the user and password" in refused
    assert "swordfish" not in refused
    assert "no such virtual host" in fault(replace(address, url=address.url.rpartition("/")[0] + "/nowhere"))
    assert "ConnectionError" in fault(replace(address, url=f"http://127.0.0.1:{free_ports(1)[0]}/api/queues/x"))
    assert "cannot be read" in fault(replace(address, url=address.url.partition("/api/")[0] + "/"))
