"""All measures by the name that a submission gives; the API offers and documents exactly these."""

from shared.energyplus.measures.measure import Measure

MEASURES: dict[str, Measure] = {}
