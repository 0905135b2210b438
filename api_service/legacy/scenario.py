"""The scenario that a form of the old page names, read from the old installation's database; never in a transaction."""

from collections.abc import Sequence
from uuid import UUID

from api_service.http.dependencies import Dependencies
from api_service.http.helpers import HelperEnded
from api_service.http.problem import Fault, Problem, away, invalid
from api_service.http.uploads import current_spool
from api_service.legacy.construction_sets import PER_CONSTRUCTION, expand_scenario, labelled
from api_service.legacy.library_queries import LibraryScenario, TooManyLayers, read_scenario
from api_service.submission.spec import ConstructionSets
from shared.db.address import legacy_database_address
from shared.db.foreign import ForeignDatabaseAway, ForeignDatabaseUnfit
from shared.energyplus.assemblies.assembly import Assembly
from shared.energyplus.assemblies.library import LibraryConstruction
from shared.energyplus.findings import Rejected
from shared.energyplus.jobs import LIBRARY, LibraryRequest
from shared.logging import get_logger

log = get_logger(__name__)

SCENARIO, MODE = "scenario_id", "construction_mode"
#: The classes of materials have the same fields and ranges in every version that runs here.
MATERIALS_VERSION = "25.2.0"
NOT_SET = (
    "the construction library cannot be read here, because EPSM_LEGACY_DATABASE_URL is not set; submit without a "
    "scenario, or a model for each of its variants"
)


def read_sets(of: Dependencies, scenario_id: str, mode: str) -> ConstructionSets | None:
    """Returns the sets of constructions that a form asks for; None without a scenario. Raises Problem."""
    if mode not in ("", PER_CONSTRUCTION):
        raise _fault(MODE, f"must be {PER_CONSTRUCTION}, or empty for all combinations")
    if not scenario_id:
        if mode:
            raise _fault(MODE, f"needs a {SCENARIO}")
        return None
    if (url := legacy_database_address(of.settings)) is None:
        raise _fault(SCENARIO, NOT_SET)
    known, scenario = _read(url, scenario_id)
    try:
        assemblies = _assemblies(of, labelled(scenario.choices))
        return expand_scenario(assemblies, known, scenario, mode, of.settings.max_runs)
    except HelperEnded as error:
        raise _fault(SCENARIO, f"reading the scenario's constructions {error.reason}") from None
    except Rejected as rejected:
        raise invalid([Fault(SCENARIO, finding.message) for finding in rejected.findings]) from None


def _assemblies(of: Dependencies, constructions: tuple[LibraryConstruction, ...]) -> Sequence[Assembly]:
    read = of.helpers.call(LIBRARY, LibraryRequest(MATERIALS_VERSION, constructions), current_spool()).assemblies
    if [(item.element, item.label) for item in read] != [(item.element, item.label) for item in constructions]:
        raise HelperEnded("gave an answer that is none", 0)
    return read


def _read(url: str, scenario_id: str) -> tuple[str, LibraryScenario]:
    unknown = _fault(SCENARIO, "there is no scenario with this id in the old installation's database")
    try:
        known = UUID(scenario_id)
    except ValueError:
        raise unknown from None
    try:
        scenario = read_scenario(url, known)
    except TooManyLayers as error:
        raise _fault(SCENARIO, f"the scenario {error}") from None
    except (ForeignDatabaseAway, ForeignDatabaseUnfit) as error:
        log.warning("legacy.library_away", error=str(error))
        raise away(
            f"The old installation's database (EPSM_LEGACY_DATABASE_URL): {error}; nothing was queued"
        ) from error
    if scenario is None:
        raise unknown
    return str(known), scenario


def _fault(field: str, message: str) -> Problem:
    return invalid([Fault(field, message)])
