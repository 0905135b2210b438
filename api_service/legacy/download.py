"""The results of a simulation as one ZIP archive, with the folders and file names of the old contract."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any
from uuid import UUID

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from api_service.files.download import send
from api_service.files.queries import StoredFile
from api_service.files.zip_stream import ZipMember, stream_zip
from api_service.http.dependencies import dependencies
from api_service.http.problem import Problem
from api_service.http.problem_schema import LegacyErrorSchema
from api_service.identity.who import current_identity
from api_service.legacy.blueprint import PREFIX, LegacyBlueprint
from api_service.legacy.items import Zones, item, model_index, variant_index
from api_service.legacy.result_queries import LegacyRun, ended_runs, input_files, output_files
from api_service.simulations.queries import read_simulation
from shared.enums import InputRole

#: Names of stored outputs -> names in the archive.
OUTPUTS = {
    "eplustbl.htm": "output.htm",
    "eplusout.err": "output.err",
    "eplusout.sql": "output.sql",
    "prepared.idf": "input.idf",
    "prepared.epJSON": "input.epJSON",
    "changes.json": "changes.json",
}
REPORT = "eplustbl.htm"
#: The report of a model of this name is served alone.
BASE = "base"
COMBINED = "combined_results.json"

blp = LegacyBlueprint("legacy_download", __name__, url_prefix=PREFIX, description="Archives for earlier clients.")

BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
ANSWERS = {
    "200": {
        "description": "The archive; of a model called `base`, its report.",
        "content": {"application/zip": BINARY, "text/html": BINARY},
    },
    "206": {"description": "The part of the report that was requested with Range.", "content": {"text/html": BINARY}},
    "304": {"description": "The report still has the entity tag in If-None-Match."},
}


@blp.route("/<simulation_id>/download/", strict_slashes=False)
@blp.doc(responses=ANSWERS)
@blp.alt_response(404, schema=LegacyErrorSchema)
@blp.alt_response(416, schema=LegacyErrorSchema)
def download(simulation_id: str) -> AnyResponse:
    """Download the stored files of the first 1000 runs that have ended."""
    known = _known(simulation_id)
    with dependencies().database.transaction() as connection:
        if read_simulation(connection, known, current_identity()) is None:
            raise _nothing()
        runs = ended_runs(connection, known, current_identity())
        outputs = output_files(connection, [run.id for run in runs])
        inputs = input_files(connection, known)
    runs = dependencies().designs.fill([run for run in runs if outputs[run.id]])
    if not runs:
        raise _nothing()
    folders = folders_of(runs)
    storage = dependencies().storage
    for run, folder in zip(runs, folders, strict=True):
        if folder == BASE and (report := outputs[run.id].get(REPORT)):
            return send(storage, report, redirecting=False)
    headers = {
        "Content-Disposition": f'attachment; filename="simulation_{known}_results.zip"',
        "Cache-Control": "private, no-cache",
    }
    members = _members(runs, folders, outputs, inputs)
    return Response(stream_zip(storage, members), 200, headers, mimetype="application/zip")


def folders_of(runs: Sequence[LegacyRun]) -> list[str]:
    """Returns a folder for each run: its model's name, or its place in the study, counted from 1."""
    folders: list[str] = []
    used: set[str] = set()
    for run in runs:
        variant = variant_index(run)
        place = f"variant_{(variant or 0) + 1}_idf_{model_index(run) + 1}"
        folder = place if variant is not None else PurePath(run.model).stem
        # Two models may differ in their suffixes alone, and a run by v1 in its weather; some systems ignore case.
        if folder.lower() in used:
            folder = f"{folder}_run_{run.index + 1}"
        used.add(folder.lower())
        folders.append(folder)
    return folders


def _members(
    runs: Sequence[LegacyRun],
    folders: Sequence[str],
    outputs: Mapping[UUID, Mapping[str, StoredFile]],
    inputs: Mapping[tuple[str, str], StoredFile],
) -> Iterator[ZipMember]:
    for run, folder in zip(runs, folders, strict=True):
        for name, file in outputs[run.id].items():
            if name in OUTPUTS:
                yield ZipMember(f"{folder}/{OUTPUTS[name]}", file, run.ended_at)
        if weather := inputs.get((InputRole.WEATHER.value, run.weather)):
            yield ZipMember(f"{folder}/weather.epw", weather, run.ended_at)
    zones = Zones()
    combined = json.dumps([item(run, zones) for run in runs], indent=1, ensure_ascii=False)
    yield ZipMember(COMBINED, combined.encode(), datetime.now(UTC))


def _known(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise _nothing() from None


def _nothing() -> Problem:
    return Problem(404, "Simulation results not found")
