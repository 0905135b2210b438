"""Values that EnergyPlus's schema allows and does not, for tests of our check and of the engine's own."""

LIGHTS = "Lights,L,Z,S,Watts/Area,,9,,0,0.4,0.2,1;"
BUILDING = "Building,B,0,Suburbs,0.04,0.2;"
#: What is written in place of what in an IDF of one lamp, and what is said about it.
REFUSED = [
    ("0.4", "1.4", "line 3: Lights 'L': fraction_radiant: 1.4 is out of range; it must be at least 0 and at most 1"),
    (",9,", ",-9,", "watts_per_floor_area: -9 is out of range; it must be at least 0 W/m2"),
    (",9,", ",nine,", "watts_per_floor_area: 'nine' is no number"),
    (",9,", ",9 W,", "watts_per_floor_area: '9 W' is no number"),
    (",9,", ",nan,", "watts_per_floor_area: 'nan' is no number"),
    (",9,", ",1e400,", "watts_per_floor_area: inf is no finite number"),
    (",9,", ",autosize,", "watts_per_floor_area: 'autosize' is no number"),
    ("Watts/Area", "Watts/Aera", "design_level_calculation_method: 'Watts/Aera' is none of LightingLevel, Watts/Area"),
    (
        "Suburbs",
        "Suburbia",
        "line 2: Building 'B': terrain: 'Suburbia' is none of City, Country, Ocean, Suburbs, Urban",
    ),
    ("0.04", "0", "loads_convergence_tolerance_value: 0 is out of range; it must be above 0 "),
    (",S,", ",,", "line 3: Lights 'L': schedule_name is required, and has no value"),
    (LIGHTS, LIGHTS + LIGHTS, "Lights 'L': another object of this class has the same name"),
    (LIGHTS, "Timestep,4;Timestep,6;", "Timestep '6': a model has one object of this class only"),
]
#: The same, about what EnergyPlus takes.
ACCEPTED = [
    (",9,", ",+9,"),
    (",9,", ",9.e0,"),
    ("Watts/Area", "WATTS/AREA"),
    (LIGHTS, LIGHTS + LIGHTS.replace(",L,", ",l,")),
    (LIGHTS, "PlantLoop,P,Water,,O,N,80,20,autosize,0,AUTOSIZE,A,B,C,D,E,F,G,H;"),
    (LIGHTS, "Timestep,4.5;"),
    (LIGHTS, "Material:NoMass,M,Rough,0.5;"),
    (LIGHTS, "EnergyManagementSystem:Program,P,SET A = 1,SET B = 2;"),
]
