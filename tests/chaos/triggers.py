"""Makes a service reach a point: ordinary load is enough for most points, the others need an action from here."""

from collections.abc import Callable

import requests

from shared.db.tables import Run
from tests.chaos import faults
from tests.chaos.load import insist
from tests.chaos.scene import Scene
from tests.chaos.violations import CANCELLED, SUCCEEDED
from tests.chaos.world import WORKERS


def provoke(scene: Scene, point: str) -> frozenset[str]:
    """Triggers the point; returns the statuses that runs may end with because of that."""
    if point not in PROVOCATIONS:
        scene.submit_some()
        return SUCCEEDED
    PROVOCATIONS[point](scene)
    return CANCELLED if "cancellation" in point else SUCCEEDED


def _cancel_running(scene: Scene) -> None:
    scene.keep_busy()
    scene.aside(lambda: faults.cancel(scene.world, scene.load))


def _send_a_worker_away(scene: Scene) -> None:
    scene.keep_busy()
    scene.world.send_away(WORKERS[0])


def _kill_engines(scene: Scene) -> None:
    scene.keep_busy()
    faults.kill_engines(scene.world)
    scene.world.engine.let_go()


def _lose_a_worker(scene: Scene) -> None:
    scene.keep_busy()
    scene.world.services[WORKERS[0]].kill()
    scene.world.engine.let_go()


def _lose_messages(scene: Scene) -> None:
    for name in WORKERS:
        scene.world.services[name].kill()
    scene.submit(2).result()
    scene.world.until(lambda: scene.count(Run.published_at.is_not(None)) == 2, "both messages are out")
    faults.purge_queue(scene.world)


def _fail_and_retry(scene: Scene) -> None:
    scene.world.engine.breaks()
    simulation = scene.submit(2).result()
    scene.world.until(lambda: scene.count(Run.status == "failed") == 2, "both runs have failed")
    scene.world.engine.mend()
    scene.watch.retrying = True
    address = f"{scene.world.url}/api/v1/simulations/{simulation}/retry"
    # If the answer of a retry was lost, it may have been carried out: the next one then finds no failed run.
    scene.aside(lambda: insist(lambda: requests.post(address, timeout=20), {200, 409}))


def _delete_another(scene: Scene) -> None:
    gone = scene.submit(2).result()
    scene.world.until(lambda: scene.count(Run.status == "succeeded") == 2, "both runs have ended")
    insist(lambda: requests.delete(f"{scene.world.url}/api/v1/simulations/{gone}", timeout=20), {204, 404})
    scene.load.disown(gone)
    scene.submit_some()


PROVOCATIONS: dict[str, Callable[[Scene], None]] = {
    "cancellation asked for": _cancel_running,
    "cancellation written": _cancel_running,
    "run given back": _send_a_worker_away,
    "failure written": _kill_engines,
    "lease reaped": _lose_a_worker,
    "loss released": _lose_messages,
    "retry written": _fail_and_retry,
    "files deleted": _delete_another,
}
