"""The answers that the old page expects, key by key and type by type, as its code reads them."""

from typing import Any

Shape = Any

NUMBER: Shape = (float,)
ENERGY: Shape = (float, type(None))
TEXT: Shape = (str,)
TEXT_OR_NULL: Shape = (str, type(None))
WHOLE: Shape = (int,)
WHOLE_OR_NULL: Shape = (int, type(None))
FLAG: Shape = (bool,)
NULL: Shape = (type(None),)

SUBMITTED: Shape = {"simulation_id": TEXT, "task_id": TEXT, "message": TEXT, "file_count": WHOLE}
STATUS: Shape = {
    "status": TEXT,
    "progress": WHOLE,
    "simulationId": TEXT,
    "error": TEXT_OR_NULL,
    "error_message": TEXT_OR_NULL,
}
WAITING: Shape = {"status": TEXT, "message": TEXT}
NOT_COMPLETED: Shape = {"error": TEXT, "status": TEXT, "simulationId": TEXT, "results": []}

RESOURCES: Shape = {
    "cpu": {"logical_cores": WHOLE, "physical_cores": WHOLE, "usage_percent": NUMBER},
    "memory": {"total_gb": NUMBER, "available_gb": NUMBER, "usage_percent": NUMBER},
    "disk": {"total_gb": NUMBER, "free_gb": NUMBER, "usage_percent": NUMBER},
    "network": {
        "bytes_sent_per_sec": NUMBER,
        "bytes_recv_per_sec": NUMBER,
        "total_bytes_sent": WHOLE,
        "total_bytes_recv": WHOLE,
    },
    "energyplus": {
        "docker_available": FLAG,
        "container_image": TEXT,
        "status": TEXT,
        "exists": FLAG,
        "version?": TEXT,
    },
    "platform": {"system": TEXT, "release": TEXT, "python": TEXT},
}

CHOSEN: Shape = {"id": TEXT, "name": TEXT, "layers": [TEXT]}
END_USE: Shape = {"electricity": NUMBER, "district_heating": NUMBER, "total": NUMBER}
ZONES: Shape = [{"name": TEXT, "area": NUMBER, "volume": NUMBER}]
#: Of a run of a scenario; a plain run has null.
CONSTRUCTION_SET: Shape = {"wall?": CHOSEN, "roof?": CHOSEN, "floor?": CHOSEN, "window?": CHOSEN}
ITEM: Shape = {
    **dict.fromkeys(("id", "simulationId", "simulation_id", "building", "fileName", "originalFileName"), TEXT),
    **dict.fromkeys(("file_name", "weather_file", "epw", "_weatherKey", "status"), TEXT),
    **dict.fromkeys(("totalEnergyUse", "heatingDemand", "coolingDemand", "lightingDemand"), ENERGY),
    "equipmentDemand": ENERGY,
    "runTime": NUMBER,
    "totalArea": NUMBER,
    "energy_use": {"*": END_USE},
    "zones": ZONES,
    "error?": TEXT,
    "gwp_total": NUMBER,
    "cost_total": NUMBER,
    "variant_idx": WHOLE_OR_NULL,
    "idf_idx": WHOLE,
    "construction_set": NULL,
}
ROW: Shape = {
    **dict.fromkeys(("id", "simulation_id", "run_id", "file_name", "building", "status", "created_at"), TEXT),
    **dict.fromkeys(("total_energy_use", "heating_demand", "cooling_demand", "lighting_demand"), ENERGY),
    "equipment_demand": ENERGY,
    "run_time": NUMBER,
    "total_area": NUMBER,
    "variant_idx": WHOLE_OR_NULL,
    "idf_idx": WHOLE,
    "construction_set": NULL,
    "raw_json": ITEM,
    "zones": ZONES,
    "energy_uses": [{"end_use": TEXT, **END_USE}],
    "run_output_log": TEXT_OR_NULL,
    "output_err": TEXT_OR_NULL,
    # The Results and Baseline pages read these from the row, which the old server did not have there.
    "energy_use": {"*": END_USE},
    "gwp_total": NUMBER,
    "cost_total": NUMBER,
}
LISTED: Shape = {
    **dict.fromkeys(("id", "simulation_id", "simulation_name", "user_id", "user_email", "weather_file"), TEXT),
    **dict.fromkeys(("epw", "_weatherKey", "file_name", "building", "status", "created_at"), TEXT),
    **dict.fromkeys(("total_energy_use", "heating_demand", "cooling_demand"), ENERGY),
    **dict.fromkeys(("gwp_total", "gwp", "cost_total", "cost", "run_time", "total_area"), NUMBER),
    "variant_idx": WHOLE_OR_NULL,
    "idf_idx": WHOLE,
    "construction_set": NULL,
}

OF_SET: Shape = {"construction_set": CONSTRUCTION_SET}
SET_ITEM: Shape = {**ITEM, **OF_SET}
SET_ROW: Shape = {**ROW, **OF_SET, "raw_json": SET_ITEM}
SET_LISTED: Shape = {**LISTED, **OF_SET}

PROPERTY: Shape = (float, int, str, type(None))
COMPONENT: Shape = {"name": TEXT, "type": TEXT, "existsInDatabase": FLAG, "source?": TEXT, "uniqueKey": TEXT}
PARSED: Shape = {
    "materials": [
        {
            **COMPONENT,
            "properties": {
                **dict.fromkeys(("thickness", "conductivity", "density", "specificHeat", "roughness"), PROPERTY),
                **dict.fromkeys(("thermalAbsorptance", "solarAbsorptance", "visibleAbsorptance"), PROPERTY),
            },
        }
    ],
    "constructions": [
        {**COMPONENT, "properties": {"layers": [TEXT], "surfaceCount": WHOLE, "totalArea": NUMBER}},
    ],
    "zones": [
        {
            "id": TEXT,
            "name": TEXT,
            "type": TEXT,
            "properties": {"area": NUMBER, "volume": ENERGY, "ceilingHeight": ENERGY},
            "uniqueKey": TEXT,
        }
    ],
    "element_quantities": {f"{element}_area": NUMBER for element in ("wall", "roof", "floor", "window")},
}


def differences(value: object, shape: Shape, place: str = "") -> list[str]:
    """What of a value is not as its shape says: a missing, further or mistyped key. `key?` may be absent."""
    if isinstance(shape, tuple):
        return [] if type(value) in shape else [f"{place}: {value!r} is none of {[kind.__name__ for kind in shape]}"]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{place}: {value!r} is no list"]
        if not shape:
            return [f"{place}: is not empty"] if value else []
        return [found for index, item in enumerate(value) for found in differences(item, shape[0], f"{place}[{index}]")]
    if not isinstance(value, dict):
        return [f"{place}: {value!r} is no object"]
    if "*" in shape:
        return [found for key, item in value.items() for found in differences(item, shape["*"], f"{place}.{key}")]
    known = {key.removesuffix("?"): inner for key, inner in shape.items()}
    needed = {key for key in shape if not key.endswith("?")}
    found = [f"{place}.{key} is missing" for key in sorted(needed - value.keys())]
    found += [f"{place}.{key} is not expected" for key in sorted(value.keys() - known.keys())]
    return found + [
        text for key in value.keys() & known.keys() for text in differences(value[key], known[key], f"{place}.{key}")
    ]
