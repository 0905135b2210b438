# ruff: noqa: E501  (lines of models)
"""Models that the real EnergyPlus executes, some of which intake would reject: how each run ends.

Every model is the small office with additional objects. `ends` is a regular expression on verdict, exit and messages.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class HostileModel:
    """One model. {canary} stands for a file outside its directory that it must not read."""

    tries: str
    objects: str | Callable[[], str]
    ends: str
    seconds: float = 20
    memory: int = 2 << 30
    file: int = 8 << 20
    annual: bool | None = False


def program(*lines: str) -> str:
    """An EMS program that is called in every time step."""
    return (
        "EnergyManagementSystem:ProgramCallingManager,Caller,BeginTimestepBeforePredictor,Hostile;\n"
        f"EnergyManagementSystem:Program,Hostile,{','.join(lines)};"
    )


def nested(depth: int) -> str:
    return program(*(["IF 1 == 1"] * depth + ["SET x = 1"] + ["ENDIF"] * depth))


CANARY = "Schedule:File,Canary,,{canary},1,1,8760,Comma,No,60;"
LIST = "ZoneList,Many,{};".format(",".join(f"Z{n}" for n in range(20_000)))
TEMPLATE = "HVACTemplate:Thermostat,../../x $(id) %s %n `id`,,20,,26;\nHVACTemplate:Zone:IdealLoadsAirSystem,../../../etc/passwd,../../x $(id) %s %n `id`;"

MODELS = {
    "reads the canary": HostileModel("reads a file outside by its absolute path", CANARY, "^fatal"),
    "reads the canary upwards": HostileModel(
        "reads a file outside by going up", CANARY.replace("{canary}", "../outside/canary.csv"), "^fatal"
    ),
    "reads the canary by windows' path": HostileModel(
        "the same with other separators", CANARY.replace("{canary}", "..\\outside\\canary.csv"), "^fatal"
    ),
    "reads the system's passwords": HostileModel(
        "reads /etc/passwd", CANARY.replace("{canary}", "/etc/passwd"), "^fatal"
    ),
    "reads a device": HostileModel("reads without end", CANARY.replace("{canary}", "/dev/zero"), "^fatal"),
    "reads randomness": HostileModel(
        "reads a permitted device without end",
        CANARY.replace("{canary}", "/dev/urandom"),
        "^fatal",
        seconds=3,
    ),
    "reads the worker's environment": HostileModel(
        "reads secrets", CANARY.replace("{canary}", "/proc/self/environ"), "^fatal"
    ),
    "shading from outside": HostileModel("reads shading outside", "Schedule:File:Shading,{canary};", "^fatal"),
    "windows from outside": HostileModel(
        "reads windows outside", "Construction:WindowDataFile,C,{canary};", "^fatal.*\\n.*Could not open file"
    ),
    "loops in EMS": HostileModel(
        "never ends a time step",
        program("SET x = 1", "WHILE x > 0", "SET x = 1", "ENDWHILE"),
        "^timed_out",
        seconds=3,
    ),
    "nests EMS": HostileModel("exhausts the stack", lambda: nested(3000), "^fatal"),
    "calls itself in EMS": HostileModel(
        "recurses without end", program("RUN Hostile"), "^crashed .signal 11", seconds=5
    ),
    "writes without end": HostileModel(
        "fills the disk with messages",
        "Output:Variable,*,*,Detailed;\nOutput:Diagnostics,DisplayExtraWarnings;\nOutput:DebuggingData,Yes,Yes;\n"
        + "".join(
            f"Output:Variable,*,{name},Detailed;\n"
            for name in ("Zone Mean Air Temperature", "Surface Inside Face Temperature")
        ),
        "^crashed .*a file grew past",
        file=1 << 20,
        annual=True,
        seconds=5,
    ),
    "takes more memory than it may": HostileModel("allocates", LIST, "^crashed .*out of memory", memory=200 << 20),
    "zones without end": HostileModel(
        "makes EnergyPlus search",
        lambda: "".join(f"Zone,Z{n};\n" for n in range(3000)) + LIST,
        "^crashed .*a file grew past",
        seconds=20,
    ),
    "years without end": HostileModel(
        "simulates 8,000 years",
        "RunPeriod,Ages,1,1,1600,12,31,9600,,Yes,Yes,No,Yes,Yes;",
        "^timed_out",
        annual=None,
        seconds=5,
    ),
    "invalid dates": HostileModel(
        "counts wrongly",
        "RunPeriod,Never,99,99,999999999,-1,-1,0;",
        "^fatal",
        annual=None,
        seconds=5,
    ),
    "infinite numbers": HostileModel(
        "overflows", "Zone,Z,1e999,-1e999,1e308,1e308,1,99999999999999999999,1e-999,nan;", "^fatal"
    ),
    "a field of megabytes": HostileModel("overflows", lambda: "Zone," + "x" * 1_000_000 + ";", "^fatal"),
    "templates with hostile names": HostileModel(
        "has ExpandObjects write elsewhere or run a shell", TEMPLATE, "^fatal"
    ),
    "format strings": HostileModel("reads memory by a format string", "Zone,%s%n%x {0} ${PATH} ../../x;", "^fatal"),
    "unknown class": HostileModel("confuses the engine", "Nonsense,../../x;", "^fatal"),
}
