"""Executable runs inserted by SQL: copies of one that was submitted and has been executed."""

import json
from uuid import UUID

import requests

from tests.chaos.engine import MODEL
from tests.chaos.load import WEATHER

COPY = """
WITH copied AS (
    INSERT INTO simulations (id, owner, name, priority, spec, correlation_id, total, soft_limit_seconds,
        hard_limit_seconds, created_at)
    SELECT gen_random_uuid(), owner, 'copy', priority, spec, correlation_id, :runs, soft_limit_seconds,
        hard_limit_seconds, now() + n * interval '1 microsecond'
    FROM simulations, generate_series(1, :simulations) n WHERE id = :original
    RETURNING id
), inputs AS (
    INSERT INTO simulation_inputs (simulation_id, role, name, sha256)
    SELECT copied.id, role, name, sha256 FROM simulation_inputs, copied WHERE simulation_id = :original
)
INSERT INTO runs (id, simulation_id, index, model, weather, variant, parameters, engine, max_attempts)
SELECT gen_random_uuid(), copied.id, n - 1, model, weather, variant, parameters, engine, max_attempts
FROM copied, generate_series(1, :runs) n, (SELECT * FROM runs WHERE simulation_id = :original LIMIT 1) original
"""


def submit_original(url: str) -> UUID:
    """Submits one run of a model that the stand-in engine executes at once; returns the simulation."""
    number = {"name": "number", "object": "Building", "field": "North Axis", "values": [0]}
    answer = requests.post(
        f"{url}/simulations",
        files=[("models", ("chaos.idf", MODEL.encode())), ("weather", ("chaos.epw", WEATHER))],
        data={"spec": json.dumps({"parameters": [number]})},
        timeout=60,
    )
    answer.raise_for_status()
    return UUID(answer.json()["id"])
