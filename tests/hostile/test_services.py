"""Attacks on other people's runs: each is ended as its own fault, and nobody else notices."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.e2e.conftest import SIZING
from tests.hostile.attacks import ATTACKS
from tests.hostile.services import ContainedServices

#: What may be stored of a run, in the short form and in full: its prepared model and a little more.
KEPT_BYTES = {False: 2 << 20, True: 32 << 20}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("what", ATTACKS)
def test_it_is_ended_and_innocent_runs_beside_it_succeed_at_once(contained: ContainedServices, what: str) -> None:
    attack = ATTACKS[what]
    content = attack.content(contained.full)
    count = max(contained.at_once, attack.together)

    with contained.watched() as watch, ThreadPoolExecutor() as submitters:
        sending = [submitters.submit(contained.send, attack, content) for _ in range(count)]
        beside_the_api = contained.system.submit(SIZING, owner="innocent")
        sent = [one.result() for one in sending]
        beside_the_worker = contained.system.submit(SIZING, owner="innocent")
        told = [answer_to(contained, one) for one in sent]
        ends = [end(contained, innocent) for innocent in (beside_the_api, beside_the_worker)]

    assert all(re.search(attack.says, text) for text in told), told
    assert ends == [("succeeded", 1)] * 2
    assert contained.faults(watch) == []


def answer_to(contained: ContainedServices, sent: requests.Response) -> str:
    """What the submitter of an attack is told in the end: the API's refusal, or the error of the run."""
    if sent.status_code == 422:
        return sent.text
    assert sent.status_code == 201, sent.text
    simulation = contained.system.ended(sent.json())
    (run,) = contained.system.runs(simulation)
    assert (run["status"], run["attempt"]) in (("failed", 1), ("failed", 2)), run
    assert sum(file["size"] for file in run["files"]) < KEPT_BYTES[contained.full], run["files"]
    return str(run["error"]["message"])


def end(contained: ContainedServices, simulation: dict[str, object]) -> tuple[str, int]:
    """Status and attempt of the run of a simulation."""
    (run,) = contained.system.runs(contained.system.ended(simulation))
    return str(run["status"]), int(run["attempt"])
