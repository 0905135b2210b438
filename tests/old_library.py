"""An old installation's database with a construction library: tables by Django's names, as the old version has them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg2
from sqlalchemy.engine import make_url

SHARED = "name varchar(255) NOT NULL, gwp_kgco2e_per_m2 double precision, cost_sek_per_m2 double precision"
OPTICAL = """
    optical_data_type varchar(50), solar_transmittance double precision, front_solar_reflectance double precision,
    back_solar_reflectance double precision, visible_transmittance double precision,
    front_visible_reflectance double precision, back_visible_reflectance double precision,
    infrared_transmittance double precision, front_ir_emissivity double precision, back_ir_emissivity double precision,
    dirt_correction_factor double precision, solar_diffusing varchar(10)
"""
TABLES = f"""
    CREATE TABLE materials (id uuid PRIMARY KEY, {SHARED}, roughness varchar(20), thickness_m double precision,
        conductivity_w_mk double precision, density_kg_m3 double precision, specific_heat_j_kgk double precision,
        thermal_absorptance double precision, solar_absorptance double precision, visible_absorptance double precision,
        {OPTICAL});
    CREATE TABLE window_glazing (id uuid PRIMARY KEY, {SHARED}, thickness_m double precision,
        conductivity_w_mk double precision, {OPTICAL});
    CREATE TABLE constructions (id uuid PRIMARY KEY, {SHARED}, element_type varchar(20) NOT NULL,
        is_window boolean NOT NULL DEFAULT false, u_value_w_m2k double precision);
    CREATE TABLE layers (id serial PRIMARY KEY, construction_id uuid NOT NULL REFERENCES constructions,
        material_id uuid REFERENCES materials, window_id uuid REFERENCES window_glazing, layer_order integer NOT NULL,
        is_glazing_layer boolean NOT NULL DEFAULT false);
    CREATE TABLE scenarios (id uuid PRIMARY KEY, name varchar(255) NOT NULL, description text,
        total_simulations integer, author_id integer, date_created timestamptz NOT NULL DEFAULT now(),
        date_modified timestamptz NOT NULL DEFAULT now());
    CREATE TABLE scenario_constructions (id uuid PRIMARY KEY, scenario_id uuid NOT NULL REFERENCES scenarios,
        construction_id uuid NOT NULL REFERENCES constructions, element_type varchar(20) NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp());
"""
BRICK: dict[str, Any] = {
    "name": "Brick; red",
    "roughness": "MediumRough",
    "thickness_m": 0.12,
    "conductivity_w_mk": 0.62,
    "density_kg_m3": 1510.0,
    "specific_heat_j_kgk": 835.0,
    "thermal_absorptance": 0.93,
    "solar_absorptance": 0.63,
    "visible_absorptance": 0.61,
}
CONCRETE = {**BRICK, "name": "Concrete", "thickness_m": 0.2, "conductivity_w_mk": 1.7, "density_kg_m3": 2300.0}
#: Between two others, so that nothing depends on what it absorbs.
WOOL = {
    **BRICK,
    "name": "Wool",
    "thickness_m": 0.2,
    "conductivity_w_mk": 0.036,
    "density_kg_m3": 41.0,
    **dict.fromkeys(("thermal_absorptance", "solar_absorptance", "visible_absorptance")),
}
PANE: dict[str, Any] = {
    "name": "Clear 4",
    "optical_data_type": "SpectralAverage",
    "thickness_m": 0.004,
    "conductivity_w_mk": 1.05,
    "solar_transmittance": 0.82,
    "front_solar_reflectance": 0.074,
    "back_solar_reflectance": 0.076,
    "visible_transmittance": 0.89,
    "front_visible_reflectance": 0.081,
    "back_visible_reflectance": 0.082,
    "infrared_transmittance": 0.0,
    "front_ir_emissivity": 0.84,
    "back_ir_emissivity": 0.85,
    "dirt_correction_factor": 0.98,
    "solar_diffusing": "No",
}
FACTORS = {"gwp_kgco2e_per_m2": 50.5, "cost_sek_per_m2": 1200.0}


@contextmanager
def old_library(url: str) -> Iterator["OldLibrary"]:
    """Creates the tables in the database at `url`, which must exist and be empty."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg2.connect(address)) as connection:
        connection.autocommit = True
        library = OldLibrary(url, connection)
        library.execute(TABLES)
        yield library


@dataclass(frozen=True)
class OldLibrary:
    """A library at `url`; every call is a transaction of its own."""

    url: str
    connection: Any

    def execute(self, statement: str, values: Sequence[Any] = ()) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values)

    def insert(self, table: str, **values: Any) -> str:
        """Inserts a row; returns its id."""
        row = values if table == "layers" else {"id": str(uuid4()), **values}
        names, places = ", ".join(row), ", ".join(["%s"] * len(row))
        self.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", list(row.values()))  # noqa: S608
        return str(row.get("id", ""))

    def construction(self, element: str, name: str, layers: Sequence[Mapping[str, Any]], **values: Any) -> str:
        """Inserts a construction with its layers from outside; returns its id."""
        own = self.insert("constructions", **{"name": name, "element_type": element, **FACTORS, **values})
        for order, layer in enumerate(layers):
            is_pane = "solar_transmittance" in layer
            row = self.insert("window_glazing" if is_pane else "materials", **layer)
            named = {"window_id" if is_pane else "material_id": row, "is_glazing_layer": is_pane}
            self.insert("layers", construction_id=own, layer_order=order, **named)
        return own

    def scenario(self, name: str, choices: Sequence[tuple[str, str]], total: int | None) -> str:
        """Inserts a scenario that offers constructions, each an element and an id; returns its id."""
        own = self.insert("scenarios", name=name, total_simulations=total)
        for element, construction in choices:
            self.insert("scenario_constructions", scenario_id=own, construction_id=construction, element_type=element)
        return own

    def of_23_sets(self) -> str:
        """Inserts two walls and one roof, floor and window: 3 x 2 x 2 x 2 combinations but the empty one."""
        return self.scenario(
            "Renovation",
            [
                ("wall", self.construction("wall", "Brick wall", [BRICK, WOOL, BRICK], u_value_w_m2k=0.166)),
                ("wall", self.construction("wall", "Concrete wall", [CONCRETE, WOOL, CONCRETE], u_value_w_m2k=0.5)),
                ("roof", self.construction("roof", "Warm roof", [CONCRETE, WOOL, BRICK], u_value_w_m2k=0.169)),
                ("floor", self.construction("floor", "Slab", [WOOL | BRICK, CONCRETE], u_value_w_m2k=None)),
                ("window", self.construction("window", "Triple", [PANE] * 3, u_value_w_m2k=1.79, is_window=True)),
            ],
            23,
        )
