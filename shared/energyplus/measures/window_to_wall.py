"""Measure `window_to_wall_ratio`: the windows of outdoor walls are scaled until they have this share of the walls.

The ratio is the one of EnergyPlus's table "Window-Wall Ratio" above ground: windows with frames and glazed doors over
gross outdoor walls, all with their multipliers. Windows are scaled about their centres, all by the same factor; glazed
doors stay, although they count.
"""

import math
from collections.abc import Sequence

from shared.energyplus.building.envelope import Envelope
from shared.energyplus.building.fields import key, number
from shared.energyplus.building.surfaces import DETAILED_OPENING, group_vertices
from shared.energyplus.building.vectors import centroid, scaled_about
from shared.energyplus.formats.document import Document, ModelObject
from shared.energyplus.measures.acting import given_shadows
from shared.energyplus.measures.facades import STEEP, Facade, Opening, Orientation, read_facades
from shared.energyplus.measures.measure import Applied, Measure, Option, Options, refuse
from shared.energyplus.measures.noise import without_noise
from shared.energyplus.measures.openings import Kind, framed, glazed_openings, interior_glazing

ALL = "all"
#: Halvings of the range in which the largest factor is sought: more digits than a model has.
HALVINGS = 40
#: What stays where it is while windows become larger or smaller.
STAYING = (
    "Daylighting:ReferencePoint",
    "Shading:Site:Detailed",
    "Shading:Building:Detailed",
    "Shading:Zone:Detailed",
    "DaylightingDevice:Shelf",
    "ZoneVentilation:WindandStackOpenArea",
)
#: Fixed sizes at a window, whose place follows it, by the field that names the window.
FOLLOWING = {
    "Shading:Overhang": "window_or_door_name",
    "Shading:Fin": "window_or_door_name",
    "AirflowNetwork:MultiZone:Surface": "surface_name",
}

#: Sizes that are shares of a window's.
SIZED = dict.fromkeys(("Shading:Overhang:Projection", "Shading:Fin:Projection"), "window_or_door_name")
SIZED_BY = "are sized by their windows and change with them"


def window_to_wall_ratio(facades: Sequence[Facade], scale: float = 1.0) -> float:
    """The ratio after the windows were scaled; 0 without walls."""
    walls = sum(facade.area for facade in facades)
    glazed = sum(window.area(scale) for window in _windows(facades)) + _glazed_doors(facades)
    return glazed / walls if walls else 0.0


def _apply(document: Document, value: float, options: Options) -> Applied:
    orientation = options.get("orientation", ALL)
    envelope = Envelope.of(document)
    all_facades = read_facades(document, envelope)
    facades = [facade for facade in all_facades if orientation in (ALL, facade.orientation)]
    windows = _windows(facades)
    which = "outdoor" if orientation == ALL else f"{orientation} outdoor"
    if not windows:
        refuse(f"the {len(facades)} {which} walls of the model have no windows to be scaled")
    before = window_to_wall_ratio(facades)
    scale = _scale(facades, value)
    if scale > 1:
        _refuse_beyond(facades, scale, value)
    for window in windows:
        _resize(window, scale)
    changed = [
        f"{len(windows)} windows of {which} walls: window-to-wall ratio {before:.4g} to {value:g}, length and height "
        f"of each window scaled by {scale:.6g} about its centre"
    ]
    for each in Orientation:
        own = [facade for facade in facades if facade.orientation is each]
        if count := len(_windows(own)):
            areas = [sum(window.area(factor) for window in _windows(own)) for factor in (1.0, scale)]
            changed.append(f"{each.capitalize()}: {count} windows, {areas[0]:.6g} to {areas[1]:.6g} m2 with frames")
    return Applied(tuple(changed), tuple(_left(document, envelope, windows, _windows(all_facades))))


def _windows(facades: Sequence[Facade]) -> list[Opening]:
    return [window for facade in facades for window in facade.windows]


def _glazed_doors(facades: Sequence[Facade]) -> float:
    return sum(facade.glazed_doors for facade in facades)


def _scale(facades: Sequence[Facade], ratio: float) -> float:
    """The factor of length and height that gives the ratio.

    Glass grows with the square of the factor, frames along it with the factor, and their corners not at all.
    """
    windows, walls = _windows(facades), sum(facade.area for facade in facades)
    corners, middle, double = (sum(window.area(scale) for window in windows) for scale in (0.0, 1.0, 2.0))
    glass = (double - 2 * middle + corners) / 2
    along = middle - corners - glass
    fixed = corners + _glazed_doors(facades)
    wanted = ratio * walls - fixed
    if wanted <= 0:
        refuse(
            f"the window-to-wall ratio cannot be {ratio:g}: glazed doors and the corners of frames, which are not "
            f"scaled, have {fixed / walls:.4f} of it"
        )
    if glass <= 0:
        refuse("the windows of the model have no area")
    # Written so that no digits are lost where there are no frames.
    return 2 * wanted / (along + math.sqrt(along**2 + 4 * glass * wanted))


def _refuse_beyond(facades: Sequence[Facade], scale: float, value: float) -> None:
    """Raises PreparationError with the largest ratio that can be had, where the windows do not fit."""
    largest, reason = scale, ""
    for facade in facades:
        obstacle = facade.obstacle(largest)
        if obstacle is None:
            continue
        reason, low = obstacle, 1.0
        if facade.obstacle(low) is None:
            high = largest
            for _ in range(HALVINGS):
                middle = (low + high) / 2
                if (found := facade.obstacle(middle)) is None:
                    low = middle
                else:
                    high, reason = middle, found
        largest = low
    if reason:
        # Rounded down, so that the printed ratio itself fits.
        reached = math.floor(window_to_wall_ratio(facades, largest) * 1e4) / 1e4
        refuse(f"the window-to-wall ratio cannot be {value:g}, only {reached:.4f}: {reason}")


def _resize(window: Opening, scale: float) -> None:
    item = window.surface.item
    if item.class_name != DETAILED_OPENING:
        _resize_rectangle(item, scale)
        return
    fields = [[f"vertex_{vertex}_{axis}_coordinate" for axis in "xyz"] for vertex in range(1, 5)]
    vertices = list(group_vertices([[item.get(field) for field in vertex] for vertex in fields]))
    scaled = scaled_about(vertices, centroid(vertices), scale)
    coordinates = without_noise([coordinate for vertex in scaled for coordinate in vertex])
    for field, coordinate in zip((field for vertex in fields for field in vertex), coordinates, strict=False):
        item.set(field, coordinate)


def _resize_rectangle(item: ModelObject, scale: float) -> None:
    """A window that is drawn by its lower left corner in the wall, length and height."""
    starts, sizes = (("starting_x_coordinate", "starting_z_coordinate"), ("length", "height"))
    before = {field: number(item, field) or 0.0 for field in (*starts, *sizes)}
    moved = [before[start] + before[size] * (1 - scale) / 2 for start, size in zip(starts, sizes, strict=True)]
    values = without_noise([*moved, *(before[size] * scale for size in sizes)])
    for field, value in zip((*starts, *sizes), values, strict=True):
        item.set(field, value)


def _left(document: Document, envelope: Envelope, windows: Sequence[Opening], of_walls: Sequence[Opening]) -> list[str]:
    """`of_walls` are the windows of all walls, by their tilt: those of steep roofs are among them."""
    counted = {id(window.surface.item) for window in of_walls}
    lines = []
    for kind, openings in glazed_openings(envelope.surfaces).items():
        if own := [opening for opening in openings if id(opening.item) not in counted]:
            where = f" in surfaces less steep than {STEEP:g} degrees" if kind is Kind.WINDOW else ""
            lines.append(f"{len(own)} {kind}s{where} stay")
    if inside := interior_glazing(envelope.surfaces):
        lines.append(f"{len(inside)} glazed openings between zones stay")
    if others := len(of_walls) - len(windows):
        lines.append(f"{others} windows of other orientations stay")
    lines += framed(window.surface for window in windows)
    lines += [f"{name}: {len(items)} objects stay" for name in STAYING if (items := document.objects(name))]
    names = {key(window.surface.item.name) for window in windows}
    for classes, what in ((FOLLOWING, "keep their values and follow their windows"), (SIZED, SIZED_BY)):
        for class_name, field in classes.items():
            if count := sum(key(item.get(field)) in names for item in document.objects(class_name)):
                lines.append(f"{class_name}: {count} objects {what}")
    return lines + given_shadows(document)


WINDOW_TO_WALL_RATIO = Measure(
    "window_to_wall_ratio",
    "Share of windows with frames and of glazed doors in outdoor walls, as EnergyPlus's table has it above ground; all "
    "windows are scaled about their centres by one factor. Refused where one would leave its wall or reach another.",
    "fraction",
    0.01,
    0.95,
    _apply,
    (
        Option(
            "orientation",
            "Walls whose ratio is set; each orientation is 90 degrees wide, from true north.",
            default=ALL,
            choices=(ALL, *Orientation),
        ),
    ),
)
