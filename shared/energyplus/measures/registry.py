"""All measures by the name that a submission gives; the API offers and documents exactly these."""

from shared.energyplus.measures.efficiency import COOLING, HEATING
from shared.energyplus.measures.fans import FANS
from shared.energyplus.measures.gains import LIGHTING, PLUGS
from shared.energyplus.measures.glazing import GLAZING_SHGC, GLAZING_U
from shared.energyplus.measures.infiltration import INFILTRATION
from shared.energyplus.measures.insulation import ROOF_INSULATION, WALL_INSULATION
from shared.energyplus.measures.measure import Measure
from shared.energyplus.measures.orientation import ORIENTATION
from shared.energyplus.measures.photovoltaics import PHOTOVOLTAICS
from shared.energyplus.measures.set_points import COOLING_SET_POINT, HEATING_SET_POINT
from shared.energyplus.measures.window_to_wall import WINDOW_TO_WALL_RATIO

_ALL = (
    WALL_INSULATION,
    ROOF_INSULATION,
    GLAZING_U,
    GLAZING_SHGC,
    WINDOW_TO_WALL_RATIO,
    LIGHTING,
    PLUGS,
    INFILTRATION,
    COOLING_SET_POINT,
    HEATING_SET_POINT,
    COOLING,
    HEATING,
    FANS,
    ORIENTATION,
    PHOTOVOLTAICS,
)

MEASURES: dict[str, Measure] = {measure.name: measure for measure in _ALL}
