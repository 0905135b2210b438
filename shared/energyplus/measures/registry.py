"""All measures by the name that a submission gives; the API offers and documents exactly these."""

from shared.energyplus.measures.glazing import GLAZING_SHGC, GLAZING_U
from shared.energyplus.measures.insulation import ROOF_INSULATION, WALL_INSULATION
from shared.energyplus.measures.measure import Measure
from shared.energyplus.measures.window_to_wall import WINDOW_TO_WALL_RATIO

MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        WALL_INSULATION,
        ROOF_INSULATION,
        GLAZING_U,
        GLAZING_SHGC,
        WINDOW_TO_WALL_RATIO,
    )
}
