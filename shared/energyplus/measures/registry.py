"""All measures by the name that a submission gives; the API offers and documents exactly these."""

from shared.energyplus.measures.glazing import GLAZING_SHGC, GLAZING_U
from shared.energyplus.measures.insulation import ROOF_INSULATION, WALL_INSULATION
from shared.energyplus.measures.measure import Measure

MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        WALL_INSULATION,
        ROOF_INSULATION,
        GLAZING_U,
        GLAZING_SHGC,
    )
}
