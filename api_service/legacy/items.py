"""Translates ended runs to the items of the old contract's results: energies in kWh/m2, one decimal. Pure."""

from collections.abc import Mapping
from datetime import UTC
from pathlib import PurePath
from typing import Any

from api_service.legacy.result_queries import LegacyRun
from api_service.legacy.translation import CANCELLED_ERROR
from shared.energyplus.fuels import END_USES
from shared.enums import Status

#: Rows of EnergyPlus's table "End Uses" -> our names of the end uses.
END_USE_ROWS = {name.replace("_", " ").title(): name for name in END_USES.values()}
DISTRICT_HEATING = ("district_heating_water", "district_heating_steam")
#: Metrics of the energies, by their names in an item and in a row.
ENERGIES = {
    "totalEnergyUse": ("total_energy_use", "site_energy_kwh"),
    "heatingDemand": ("heating_demand", "heating_kwh"),
    "coolingDemand": ("cooling_demand", "cooling_kwh"),
    "lightingDemand": ("lighting_demand", "interior_lighting_kwh"),
    "equipmentDemand": ("equipment_demand", "interior_equipment_kwh"),
}
#: Zones in one answer: every run of a study has the zones of its model.
MAX_ZONES = 50_000
#: Metrics of the constructions of a scenario. A plain run has none, which the old contract says with 0.
GWP, COST = "assemblies_gwp_kgco2e", "assemblies_cost_sek"


class Zones:
    """The zones of runs, up to MAX_ZONES of all; runs behind that have none."""

    def __init__(self) -> None:
        self._left = MAX_ZONES

    def of(self, run: LegacyRun) -> list[dict[str, Any]]:
        """Returns name, floor area in m2 and volume in m3 of the zones of a run."""
        found = (run.metrics or {}).get("zones") or []
        if len(found) > self._left:
            return []
        self._left -= len(found)
        return [
            {"name": zone["zone"], "area": _rounded(zone["floor_area_m2"]), "volume": _rounded(zone["volume_m3"])}
            for zone in found
        ]


def item(run: LegacyRun, zones: Zones) -> dict[str, Any]:
    """Returns a run as `{id}/results/` has it, and `raw_json` of a row."""
    error = error_of(run)
    return {
        "id": str(run.id),
        "simulationId": str(run.simulation_id),
        "simulation_id": str(run.simulation_id),
        "building": building(run),
        "fileName": run.model,
        "originalFileName": run.model,
        "file_name": run.model,
        **{name: per_area(run, metric) for name, (_, metric) in ENERGIES.items()},
        "runTime": run_time(run),
        "totalArea": total_area(run),
        "energy_use": energy_use(run),
        "zones": zones.of(run),
        "status": status(run),
        **({} if error is None else {"error": error}),
        "gwp_total": amount(run, GWP),
        "cost_total": amount(run, COST),
        "variant_idx": variant_index(run),
        "idf_idx": model_index(run),
        "construction_set": construction_set(run),
        **_weather(run),
    }


def row(run: LegacyRun, raw: Mapping[str, Any], log: str | None) -> dict[str, Any]:
    """Returns a run as `{id}/parallel-results/` has it: `raw` is its item, `log` the end of its .err file."""
    return {
        "id": raw["id"],
        "simulation_id": raw["simulation_id"],
        "run_id": raw["simulation_id"],
        "file_name": run.model,
        "building": raw["building"],
        **{name: raw[of_item] for of_item, (name, _) in ENERGIES.items()},
        "run_time": raw["runTime"],
        "total_area": raw["totalArea"],
        "status": raw["status"],
        "gwp_total": raw["gwp_total"],
        "cost_total": raw["cost_total"],
        "variant_idx": raw["variant_idx"],
        "idf_idx": raw["idf_idx"],
        "construction_set": raw["construction_set"],
        "created_at": created_at(run),
        "raw_json": raw,
        "zones": raw["zones"],
        "energy_use": raw["energy_use"],
        "energy_uses": [{"end_use": name, **values} for name, values in raw["energy_use"].items()],
        # What EnergyPlus prints besides its .err file is not stored.
        "run_output_log": None,
        "output_err": log,
    }


def listed(run: LegacyRun) -> dict[str, Any]:
    """Returns a run as `results/` has it."""
    energies = ("totalEnergyUse", "heatingDemand", "coolingDemand")
    return {
        "id": str(run.id),
        "simulation_id": str(run.simulation_id),
        "simulation_name": run.simulation_name,
        "user_id": run.owner,
        "user_email": run.owner if "@" in run.owner else "",
        **_weather(run),
        "file_name": run.model,
        "building": building(run),
        **{name: per_area(run, metric) for name, metric in (ENERGIES[energy] for energy in energies)},
        **dict.fromkeys(("gwp_total", "gwp"), amount(run, GWP)),
        **dict.fromkeys(("cost_total", "cost"), amount(run, COST)),
        "run_time": run_time(run),
        "total_area": total_area(run),
        "status": status(run),
        "variant_idx": variant_index(run),
        "idf_idx": model_index(run),
        "construction_set": construction_set(run),
        "created_at": created_at(run),
    }


def status(run: LegacyRun) -> str:
    """Returns the old contract's word for how a run ended."""
    return "success" if run.status == Status.SUCCEEDED.value else "error"


def error_of(run: LegacyRun) -> str | None:
    """Returns why a run has no result; None when it has one."""
    if run.status == Status.CANCELLED.value:
        return CANCELLED_ERROR
    return (run.error or "The run failed") if run.status == Status.FAILED.value else None


def building(run: LegacyRun) -> str:
    """Returns the building's name; without a result or a name, that of the model's file without its suffix."""
    return str((run.metrics or {}).get("building") or PurePath(run.model).stem)


def per_area(run: LegacyRun, metric: str) -> float | None:
    """Returns an energy in kWh per m2 of total building area; None where either is not known."""
    metrics = run.metrics or {}
    energy, area = metrics.get(metric), metrics.get("total_area_m2")
    return _rounded(energy / area) if energy is not None and area else None


def energy_use(run: LegacyRun) -> dict[str, dict[str, float]]:
    """Returns every row of EnergyPlus's table of end uses, in kWh; none when no weather was simulated."""
    end_uses = (run.metrics or {}).get("end_uses")
    if not end_uses:
        return {}
    found = {}
    for shown, name in END_USE_ROWS.items():
        fuels = end_uses.get(name, {})
        found[shown] = {
            "electricity": _rounded(fuels.get("electricity", 0.0)),
            "district_heating": _rounded(sum(fuels.get(fuel, 0.0) for fuel in DISTRICT_HEATING)),
            "total": _rounded(sum(fuels.values())),
        }
    return found


def amount(run: LegacyRun, metric: str) -> float:
    """Returns a total of the run's constructions; 0 without a scenario or a result."""
    return _rounded((run.metrics or {}).get(metric) or 0.0)


def construction_set(run: LegacyRun) -> dict[str, dict[str, Any]] | None:
    """Returns the constructions of a scenario that the run has, by element; None without a scenario."""
    found = {
        element: {"id": assembly.id, "name": assembly.name, "layers": [layer.name for layer in assembly.layers]}
        for element, assembly in run.assemblies.items()
    }
    return found or None


def run_time(run: LegacyRun) -> float:
    """Returns how long EnergyPlus ran, in seconds; without a result, how long the last attempt took."""
    seconds = (run.metrics or {}).get("engine_seconds")
    if seconds is None:
        seconds = (run.ended_at - run.started_at).total_seconds() if run.started_at else 0.0
    return _rounded(seconds)


def total_area(run: LegacyRun) -> float:
    """Returns the total building area in m2; 0 without a result, because the old page prints it as a number."""
    return _rounded((run.metrics or {}).get("total_area_m2") or 0.0)


def model_index(run: LegacyRun) -> int:
    """Returns the place of the run's model: by name where variants choose it, else models vary slowest."""
    if run.chosen_models:
        return run.chosen_models.index(run.model)
    baselines = run.models * run.weathers if run.has_baseline else 0
    if run.index < baselines:
        return run.index // run.weathers
    return (run.index - baselines) // max((run.total - baselines) // max(run.models, 1), 1)


def variant_index(run: LegacyRun) -> int | None:
    """Returns the place of the run's variant; None for a model as it is.

    Runs of older versions have no number: there all files are crossed, and variants vary fastest.
    """
    if run.variant is not None or run.has_baseline:
        return run.variant
    variants = max(run.total // max(run.models * run.weathers, 1), 1)
    return run.index % variants if variants > 1 or run.parameters else None


def created_at(run: LegacyRun) -> str:
    """Returns when the run ended: its result is as old as that."""
    return run.ended_at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _weather(run: LegacyRun) -> dict[str, str]:
    return dict.fromkeys(("weather_file", "epw", "_weatherKey"), run.weather)


def _rounded(value: float) -> float:
    return round(float(value), 1)
