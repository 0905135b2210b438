"""Photovoltaics on the roofs: modules in the plane of each roof, one inverter, one distribution."""

from collections.abc import Sequence

from shared.energyplus.building.fields import key
from shared.energyplus.building.quantities import net_areas
from shared.energyplus.building.surfaces import Element, Outside, Surface, read_surfaces
from shared.energyplus.building.zones import read_multipliers
from shared.energyplus.formats.document import Document, shown_name
from shared.energyplus.measures.measure import Applied, Measure, Option, Options, refuse

DISTRIBUTION, GENERATORS = "ElectricLoadCenter:Distribution", "ElectricLoadCenter:Generators"
INVERTER, MODULES = "ElectricLoadCenter:Inverter:PVWatts", "Generator:PVWatts"
NAME = "Roof photovoltaics"
#: Nominal efficiency of each type of module: NREL, PVWatts Version 5 Manual (NREL/TP-6A20-62641), table 1.
MODULE_EFFICIENCIES = {"Standard": 0.15, "Premium": 0.19, "ThinFilm": 0.10}
#: W/m2 of the sun under which modules are rated.
RATED_SUN = 1000.0


def _cover(document: Document, share: float, options: Options) -> Applied:
    for item in document.objects(DISTRIBUTION):
        refuse(f"{shown_name(item)} distributes what is generated already")
    surfaces = read_surfaces(document)
    areas = net_areas(surfaces, read_multipliers(document))
    roofs = [(roof, area) for roof, area in zip(surfaces, areas, strict=True) if _is_roof(roof)]
    sunlit = [(roof, area) for roof, area in roofs if _is_sunlit(roof) and area > 0]
    if not sunlit:
        refuse("the model has no roof that is exposed to the sun")
    kind = str(options["module_type"])
    left = tuple(f"{shown_name(roof.item)} is not exposed to the sun" for roof, _ in roofs if not _is_sunlit(roof))
    return Applied(tuple(_install(document, sunlit, share, kind)), left)


def _is_roof(surface: Surface) -> bool:
    return not surface.base and surface.element is Element.ROOF and surface.outside is Outside.OUTDOORS


def _is_sunlit(roof: Surface) -> bool:
    # Classes without the field are always exposed, and a blank one stands for exposed.
    return key(roof.item.get("sun_exposure")) in ("SUNEXPOSED", "")


def _install(document: Document, roofs: Sequence[tuple[Surface, float]], share: float, kind: str) -> list[str]:
    changed, names = [], []
    for roof, area in roofs:
        watts = share * area * RATED_SUN * MODULE_EFFICIENCIES[kind]
        name = f"{NAME} {roof.item.name}"
        document.add(
            MODULES,
            name,
            pvwatts_version="5",
            dc_system_capacity=watts,
            module_type=kind,
            array_type="FixedRoofMounted",
            array_geometry_type="Surface",
            surface_name=roof.item.name,
        )
        names.append(name)
        changed.append(f"{MODULES} '{name}': added, {watts:.6g} W on {share:g} of {area:.6g} m2")
    outputs = [{"generator_name": name, "generator_object_type": MODULES} for name in names]
    document.add(GENERATORS, NAME, generator_outputs=outputs)
    document.add(INVERTER, f"{NAME} inverter")
    document.add(
        DISTRIBUTION,
        f"{NAME} distribution",
        generator_list_name=NAME,
        generator_operation_scheme_type="Baseload",
        electrical_buss_type="DirectCurrentWithInverter",
        inverter_name=f"{NAME} inverter",
    )
    return [*changed, f"{DISTRIBUTION} '{NAME} distribution': added, with an inverter by PVWatts's defaults"]


PHOTOVOLTAICS = Measure(
    name="photovoltaics",
    text="Photovoltaic modules (PVWatts) on this share of each roof's net area, with an inverter and a distribution; "
    "refused where the model has a distribution.",
    unit="share of the roof",
    low=0.05,
    high=1,
    apply=_cover,
    options=(
        Option(
            "module_type",
            "Type of the modules, with their efficiency by PVWatts: Standard 15 %, Premium 19 %, ThinFilm 10 %.",
            default="Standard",
            choices=tuple(MODULE_EFFICIENCIES),
        ),
    ),
)
