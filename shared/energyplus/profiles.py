"""Profiles of outputs: which time series a run has, by the name that a submission gives."""

AS_AUTHORED, SUMMARY, HOURLY = "as_authored", "summary", "hourly"
#: Profiles with their texts for users; the API offers and documents exactly these.
PROFILES = {
    AS_AUTHORED: "the model's own series, or `outputs` in their place",
    SUMMARY: "no series but those of `outputs`; the fastest",
    HOURLY: "hourly, besides `outputs`: meters of each fuel and end use, zone air temperature, humidity, heating and "
    "cooling rates, outdoor dry bulb and solar radiation",
}
DEFAULT_PROFILE = AS_AUTHORED
