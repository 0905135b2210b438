"""The WebSockets of the old page: the machine every second, and the progress of a simulation until its end."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, Response, current_app
from flask.blueprints import BlueprintSetupState

from api_service.http.dependencies import EXTENSION, Dependencies, dependencies
from api_service.http.sampler import Sampler
from api_service.http.socket import NORMAL, POLICY, SendText, respond_with_socket
from api_service.identity.credentials import still_valid
from api_service.identity.who import Identity, current_identity
from api_service.legacy.blueprint import found, read_id
from api_service.legacy.queries import first_failure
from api_service.legacy.resources import read_resources
from api_service.legacy.translation import CANCELLED_ERROR, translate
from api_service.simulations.queries import read_followed

#: Key of the feeds among the extensions of the Flask application.
FEEDS = "epsm-legacy-feeds"
#: How often the sessions and tokens of open WebSockets are looked up, in seconds.
CREDENTIALS_SECONDS = 5.0
#: What has not changed is sent after so many readings: proxies close connections on which nothing comes for a minute.
UNCHANGED_READINGS = 15
CONNECTED = json.dumps({"message": "connected"})

#: Not in the OpenAPI document, which cannot describe WebSockets.
blp = Blueprint("legacy_sockets", __name__, url_prefix="/ws")


@dataclass(frozen=True, slots=True)
class ToldProgress:
    """What a client is told of a simulation, and whether there is more to tell."""

    text: str
    is_last: bool


class Feeds:
    """What WebSockets follow: each reading is for all of them together."""

    def __init__(self, of: Dependencies) -> None:
        self._of = of
        self._machine = Sampler(self._read_machine)
        self._simulations = Sampler(self._read_simulations)
        self._identities = Sampler(self._read_identities, seconds=CREDENTIALS_SECONDS)

    async def machine(self, send: SendText) -> int:
        """Sends the machine and the fleet every second."""
        await send(CONNECTED)
        with self._machine.following(None) as newest:
            while True:
                await send(str(await newest()))

    async def progress(self, simulation_id: UUID, send: SendText) -> int:
        """Sends the progress of a simulation when it changes, until the simulation has ended or is deleted."""
        said, unchanged = "", 0
        with self._simulations.following(simulation_id) as newest:
            while (progress := await newest()) is not None:
                unchanged += 1
                if progress.text != said or unchanged == UNCHANGED_READINGS:
                    await send(progress.text)
                    said, unchanged = progress.text, 0
                if progress.is_last:
                    break
        return NORMAL

    async def validity(self, identity: Identity, _: SendText) -> int:
        """Ends when the session or the token of a client is not valid any more."""
        with self._identities.following(identity) as newest:
            while await newest():
                pass
        return POLICY

    def _read_machine(self, _: Collection[None]) -> Mapping[None, str]:
        return {None: json.dumps(read_resources(self._of)[0])}

    def _read_simulations(self, ids: Collection[UUID]) -> Mapping[UUID, ToldProgress]:
        told = {}
        with self._of.database.transaction() as connection:
            for simulation in read_followed(connection, ids):
                translated = translate(simulation)
                body: dict[str, Any] = {"progress": translated.progress, "status": translated.page_status}
                if translated.state == "REVOKED":
                    body["error"] = CANCELLED_ERROR
                elif translated.state == "FAILURE":
                    body["error"] = first_failure(connection, simulation) or translated.message
                told[simulation.id] = ToldProgress(json.dumps(body), translated.ready)
        return told

    def _read_identities(self, identities: Collection[Identity]) -> Mapping[Identity, bool]:
        with self._of.database.transaction() as connection:
            return dict.fromkeys(still_valid(connection, identities), True)


@blp.record
def _start(state: BlueprintSetupState) -> None:
    state.app.extensions[FEEDS] = Feeds(state.app.extensions[EXTENSION])


@blp.get("/system-resources/")
def system_resources() -> Response:
    """Follow what the API's machine has and uses, every second."""
    return respond_with_socket(_feeds().machine, partial(_feeds().validity, current_identity()))


@blp.get("/simulation-progress/<simulation_id>/")
def simulation_progress(simulation_id: str) -> Response:
    """Follow the progress of a simulation."""
    known = read_id(simulation_id, "Simulation")
    with dependencies().database.transaction() as connection:
        found(connection, known, "Simulation")
    return respond_with_socket(partial(_feeds().progress, known), partial(_feeds().validity, current_identity()))


def _feeds() -> Feeds:
    return cast(Feeds, current_app.extensions[FEEDS])
