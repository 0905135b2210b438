"""Measures `wall_insulation` and `roof_insulation`: a U-value for the constructions of outdoor walls or roofs.

U-values are in W/m2K without air films, because those depend on weather and direction. Over an attic, the insulation
may be in its floor: then the floor is changed, from both of its sides.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import partial

from shared.energyplus.building.envelope import Envelope, by_construction
from shared.energyplus.building.fields import key
from shared.energyplus.building.surfaces import Element, Outside, Surface
from shared.energyplus.formats.document import Document, shown_name
from shared.energyplus.measures.acting import construction_states, movable_insulation
from shared.energyplus.measures.attics import Attic, Separation, find_attics
from shared.energyplus.measures.constructions import Constructions, Copy
from shared.energyplus.measures.measure import Applied, Measure, Options, refuse

#: W/m2K: a passive house's wall with a reserve, and a metal sheet with a little insulation (judgement).
LOW, HIGH = 0.05, 6.0
#: How many times the U-value of an attic's floor must be its roof's, or the other way round, to know the insulated one.
CLEARLY = 2.0


class _Work:
    """One application of a measure to a model."""

    def __init__(self, document: Document, element: Element, u_value: float) -> None:
        self.document = document
        self.element = element
        self.u_value = u_value
        self.envelope = Envelope.of(document)
        self.constructions = Constructions(document)
        self.changed: list[str] = []
        self.left: list[str] = []
        #: Keys of the surfaces with another construction.
        self.done: set[str] = set()
        self._copies: dict[str, Copy] = {}

    def insulate(self, surfaces: Sequence[Surface]) -> None:
        """Give outdoor surfaces copies of their constructions."""
        for name, own in by_construction(surfaces).items():
            if copy := self._copy(name, own, f"outdoor {self.element} surfaces"):
                self._assign(own, copy.name)

    def insulate_floors(self, floors: Sequence[Separation]) -> None:
        """Give the floors of attics copies of their constructions, and their other sides the same reversed."""
        pairs: dict[tuple[str, str], list[Separation]] = defaultdict(list)
        for floor in floors:
            pairs[floor.surface.construction, floor.other.construction if floor.other else ""].append(floor)
        for (name, other), own in pairs.items():
            self._check_reversed(own[0])
            surfaces = [floor.surface for floor in own]
            copy = self._copy(name, surfaces, "floors of attics, on both sides")
            if copy is None:
                continue
            self._assign(surfaces, copy.name)
            if other:
                backwards = copy.layers[::-1]
                same = list(map(key, backwards)) == list(map(key, copy.layers))
                wanted = f"{self.constructions.shown(other)} ({self._purpose})"
                reversed_name = copy.name if same else self.constructions.add(wanted, backwards)
                self._assign([floor.other for floor in own if floor.other], reversed_name)

    def insulated_side(self, attic: Attic) -> str:
        """`floor` or `roof`, whichever has the clearly lower U-value. Raises PreparationError where neither has."""
        floor = self._mean(attic, [separation.surface for separation in attic.floors])
        roof = self._mean(attic, attic.roofs)
        if floor * CLEARLY <= roof:
            return "floor"
        if roof * CLEARLY <= floor:
            return "roof"
        return refuse(
            f"zone '{attic.name}' is unconditioned and below a roof, and neither its roof ({roof:.3g} W/m2K) nor its "
            f"floor ({floor:.3g} W/m2K) is clearly the insulated one"
        )

    @property
    def _purpose(self) -> str:
        return f"{self.element} insulation"

    def _copy(self, name: str, surfaces: Sequence[Surface], what: str) -> Copy | None:
        if reason := self.constructions.reason_to_leave(name):
            self.left.append(f"{len(surfaces)} {what}: {reason}")
            return None
        copy = self._copies.get(name)
        if copy is None:
            copy = self._copies[name] = self.constructions.with_u_value(name, self.u_value, self._purpose)
            self.changed.append(
                f"Construction '{copy.name}' added: {self.constructions.u_value(name):.4g} to {self.u_value:g} W/m2K "
                f"without air films; {copy.line}"
            )
        self.changed.append(
            f"{len(surfaces)} {what}, {self.envelope.area(surfaces):.6g} m2: construction "
            f"'{self.constructions.shown(name)}' changed to '{copy.name}'"
        )
        return copy

    def _assign(self, surfaces: Iterable[Surface], construction: str) -> None:
        for surface in surfaces:
            surface.item.set("construction_name", construction)
            self.done.add(key(surface.item.name))

    def _check_reversed(self, floor: Separation) -> None:
        """EnergyPlus wants the layers of both sides to be each other's reverse."""
        if floor.other is None:
            return
        layers, others = (self.constructions.layers(surface.construction) for surface in (floor.surface, floor.other))
        if layers != others[::-1]:
            refuse(
                f"{shown_name(floor.surface.item)} and {shown_name(floor.other.item)} are the two sides of one "
                "surface, but the layers of their constructions are not each other's reverse"
            )

    def _mean(self, attic: Attic, surfaces: Sequence[Surface]) -> float:
        """U-value in W/m2K by area."""
        for surface in surfaces:
            if reason := self.constructions.reason_to_leave(surface.construction):
                refuse(f"whether the roof or the floor of zone '{attic.name}' is insulated cannot be known: {reason}")
        areas = [self.envelope.area([surface]) for surface in surfaces]
        values = [self.constructions.u_value(surface.construction) for surface in surfaces]
        flow = sum(area * value for area, value in zip(areas, values, strict=True))
        return flow / sum(areas) if sum(areas) else sum(values) / len(values)


def _apply(element: Element, document: Document, value: float, options: Options) -> Applied:  # noqa: ARG001
    work = _Work(document, element, value)
    surfaces = [surface for surface in work.envelope.surfaces if surface.element is element and not surface.base]
    outdoor = [surface for surface in surfaces if surface.outside is Outside.OUTDOORS]
    counts = Counter(surface.zone for surface in outdoor)
    attics = {attic.zone: attic for attic in find_attics(document, work.envelope.surfaces) if attic.zone in counts}
    sides = {zone: work.insulated_side(attic) for zone, attic in attics.items()}
    below = {zone for zone, side in sides.items() if side == "floor"}
    work.insulate([surface for surface in outdoor if surface.zone not in below])
    if element is Element.ROOF:
        work.insulate_floors([floor for zone in sorted(below) for floor in attics[zone].floors])
    for zone, side in sorted(sides.items()):
        if side == "floor":
            own = f"its {counts[zone]} outdoor {element} surfaces"
            work.left.append(f"Zone '{attics[zone].name}': its floor is insulated, so {own} stay")
        elif element is Element.ROOF:
            work.left.append(f"Zone '{attics[zone].name}': its roof is insulated, so its floor stays")
    work.left += _not_outdoors(surfaces)
    work.left += movable_insulation(document, work.done) + construction_states(document, work.done)
    if not work.changed:
        reasons = "; ".join(work.left) or "there is none"
        refuse(f"the model has no outdoor {element} whose insulation could be changed: {reasons}")
    return Applied(tuple(work.changed), tuple(work.left))


def _not_outdoors(surfaces: Sequence[Surface]) -> list[str]:
    """Surfaces to the ground and to other-side models, by construction."""
    others = [surface for surface in surfaces if surface.outside in (Outside.GROUND, Outside.OTHER)]
    return [
        f"Construction '{own[0].item.get('construction_name')}' on {len(own)} surfaces to "
        f"{own[0].item.get('outside_boundary_condition') or own[0].outside} stays"
        for own in by_construction(others).values()
    ]


def _measure(element: Element, more: str) -> Measure:
    text = (
        f"U-value of the constructions of outdoor {element}s, without air films, by the resistance or thickness of "
        f"their most resistive layer{more}; refused below what the other layers give."
    )
    return Measure(f"{element}_insulation", text, "W/m2K", LOW, HIGH, partial(_apply, element))


WALL_INSULATION = _measure(Element.WALL, "")
ROOF_INSULATION = _measure(Element.ROOF, ", or of the floors of attics where these are insulated and not the roof")
