"""The list of installed weather files, by distance or by name."""

from dataclasses import dataclass

from api_service.http.cursor import Page, decode, encode, page
from shared.energyplus.intake.weather import WeatherPlace
from shared.energyplus.weather_library import WeatherLibrary


@dataclass(frozen=True, slots=True)
class NearbyWeather:
    """An installed weather file, with its distance from the place that was asked for."""

    name: str
    place: WeatherPlace
    distance_km: float | None


def list_weather(
    library: WeatherLibrary,
    *,
    near: tuple[float, float] | None,
    place: str,
    limit: int,
    cursor: str | None,
) -> Page[NearbyWeather]:
    """Returns up to `limit` files: the nearest first, or by name. Raises Problem for an invalid cursor."""
    found = [
        NearbyWeather(item.name, item.place, None if near is None else round(item.place.distance_km(*near), 3))
        for item in library.search(place)
    ]
    kind = "weather" if near is None else "weather-near"
    found.sort(key=_key)
    if cursor is not None:
        after = decode(cursor, kind, float, str)
        found = [item for item in found if _key(item) > after]
    items, more = page(found, limit)
    return Page(items, encode(kind, *_key(items[-1])) if more else None)


def _key(item: NearbyWeather) -> tuple[float, str]:
    return (item.distance_km or 0.0, item.name)
