"""Files that intake rejects: what each tries, its content, and what the error message must say."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

HEAD = "Version,25.2;\nBuilding,B;\n"
ROW = "0,1,1,1,60,A7A7A7,20.0,10.0,50,101325,0,0,300,0,0,0,0,0,0,0,180,3.0,0,0,9999,77777,9,999999999,0,0.1,0,88,0,0,0"


@dataclass(frozen=True)
class BadFile:
    """One input. `says` is a regular expression; `files` are the side files that were uploaded with it."""

    tries: str
    content: bytes | Callable[[], bytes]
    says: str
    name: str = "model.idf"
    files: tuple[str, ...] = ("ok.csv",)


def idf(text: str) -> bytes:
    return (HEAD + text).encode()


def file_named(name: str) -> bytes:
    return idf(f"Schedule:File,Canary,,{name},1,0,8760;\n")


def epjson(**classes: Any) -> bytes:
    version = {"Version": {"v": {"version_identifier": "25.2"}}}
    return json.dumps(version | {name.replace("_", ":"): objects for name, objects in classes.items()}).encode()


def weather(rows: str = "", periods: str = "1,1,Data,Sunday,1/1,1/1", location: str = "Chicago") -> bytes:
    place = f"LOCATION,{location},IL,USA,TMY3,725300,41.98,-87.92,-6.0,201.0"
    names = ("DESIGN CONDITIONS", "TYPICAL/EXTREME PERIODS", "GROUND TEMPERATURES", "HOLIDAYS/DAYLIGHT SAVINGS")
    heads = [place, *(f"{name},0" for name in names), "COMMENTS 1,", "COMMENTS 2,", f"DATA PERIODS,{periods}"]
    return "\n".join([*heads, rows]).encode()


NAMED = r"line 3: Schedule:File 'Canary' names the file "
PLAIN = NAMED + r".*give its plain name"
UPLOAD = NAMED + r".*upload it with the model"
SHIFTED = "Schedule:File,\n Canary\n ,\n ,\n /etc/passwd, 1, 0, 8760;\n"
TWO_LINES = "Schedule:File, Canary, ,\n ok.csv ! a note\n /etc/passwd, 1, 0, 8760;\n"
BEHIND_CLASS = "Schedule:File ! x, , /etc/passwd, 1, 0, 8760;\n, Canary, , ok.csv, 1, 0, 8760;\n"
CANARY = {"Canary": {"file_name": "/etc/passwd"}}
SPELT_TWICE = {"Canary": {"File_Name": "ok.csv", "file_name": "/etc/passwd"}}
SPACED = {"Canary": {" file_name": "/etc/passwd"}}
TABLE = "Table:{0}/etc/passwd,1,1;"

FILES = {
    "absolute path": BadFile("reads /etc/passwd as a schedule", file_named("/etc/passwd"), PLAIN),
    "path upwards": BadFile("reads another run's input", file_named("../../inputs/model.idf"), PLAIN),
    "windows path upwards": BadFile("goes up with other separators", file_named("..\\..\\secret"), PLAIN),
    "drive letter": BadFile("names a drive", file_named("C:secret.csv"), PLAIN),
    "network share": BadFile("connects to another host", file_named("\\\\server\\share\\x.csv"), PLAIN),
    "address": BadFile("has EnergyPlus fetch something", file_named("http://169.254.169.254/latest"), PLAIN),
    "dots": BadFile("names the directory above", file_named(".."), PLAIN),
    "escaped dots": BadFile("hopes that the name is decoded", file_named("%2e%2e%2fsecret"), UPLOAD),
    "variable": BadFile("hopes that a variable is expanded", file_named("$HOME"), UPLOAD),
    "home": BadFile("hopes that a shell reads it", file_named("~root"), UPLOAD),
    "substitution": BadFile("hopes that a shell runs it", file_named("$(id)"), UPLOAD),
    "quoted": BadFile("hides the name in quotes", file_named('"ok.csv"'), UPLOAD),
    "tabs around": BadFile("hides the path between tabs", file_named("\t/etc/passwd\t"), PLAIN),
    "very long": BadFile("fills the answer with a path", file_named("/" + "x" * 500_000), PLAIN),
    "not uploaded": BadFile("reads what another run left", file_named("eplusout.sql"), UPLOAD),
    "class in capitals": BadFile(
        "spells the class otherwise", file_named("/etc/passwd").replace(b"Schedule:F", b"SCHEDULE:f"), "SCHEDULE:file"
    ),
    "shading": BadFile("reads shading from elsewhere", idf("Schedule:File:Shading,/etc/passwd;"), "line 3: .*Shading"),
    "window data": BadFile(
        "reads windows from elsewhere", idf("Construction:WindowDataFile,C,/x.dat;"), "line 3: Const"
    ),
    "coil by ASHRAE 205": BadFile("reads a coil", idf("Coil:DX:ASHRAE205:Performance,C,/x.cbor;"), "line 3: Coil:DX"),
    "chiller by ASHRAE 205": BadFile(
        "reads a chiller", idf("Chiller:Electric:ASHRAE205,C,/x.cbor;"), "line 3: Chiller"
    ),
    "table variable": BadFile(
        "reads a table", idf(TABLE.format("IndependentVariable,T,,,0,1,,,")), "line 3: Table:Ind"
    ),
    "table": BadFile("reads a table", idf(TABLE.format("Lookup,T,L,,1,0,1,,")), "line 3: Table:Lookup 'T' names"),
    "in epJSON": BadFile("the same in the other format", epjson(Schedule_File=CANARY), "'Canary' names", "m.epJSON"),
    "in epJSON, class in capitals": BadFile(
        "spells it otherwise", epjson(SCHEDULE_FILE=CANARY), "'Canary'", "m.epJSON"
    ),
    "in epJSON, spelt twice": BadFile(
        "shows one name, means another", epjson(Schedule_File=SPELT_TWICE), "names", "m.epJSON"
    ),
    "in epJSON, spaced": BadFile("spells the field with a space", epjson(Schedule_File=SPACED), "names", "m.epJSON"),
}
DIFFERENTIALS = {
    "commas first": BadFile("moves the name out of the field that is looked at", idf(SHIFTED), PLAIN),
    "field over two lines": BadFile(
        "shows one name, EnergyPlus takes the last", idf(TWO_LINES), "line 3: .*comma missing"
    ),
    "comment behind a class": BadFile("puts data into a comment", idf(BEHIND_CLASS), "line 3: .*takes for data"),
    "carriage return": BadFile(
        "ends a comment for some parsers", idf("! x\rPythonPlugin:Instance,P;\n"), "line 3: .*carriage"
    ),
    "vertical tab": BadFile("a space to Python, none to EnergyPlus", idf("Zone,\x0bZ;"), "line 3: .*control character"),
    "form feed": BadFile("the same, ending a page", idf("Zone,\x0cZ;"), "line 3: .*control character"),
    "escape": BadFile("colours a terminal", idf("Zone,\x1b[31mZ;"), "line 3: .*control character"),
    "zero byte": BadFile("ends the file for some parsers", idf("Zone,Z;\x00"), "zero byte"),
    "byte order mark inside": BadFile("hides a class behind it", idf("\ufeffZone,Z;"), "line 3: .*no class"),
    "next line": BadFile("ends a line for some parsers", idf("Zone,Z;\x85Zo\x85ne,Z;"), "line 3: .*no class"),
    "no end": BadFile("makes two parsers disagree on the end", idf("Zone,Z\n"), "line 3: .*does not end"),
    "a semicolon too few": BadFile(
        "swallows the next object", idf("Zone,Z\nPythonPlugin:Instance,P;"), "line 3: .*comma"
    ),
    "macro": BadFile("includes a file by EPMacro", idf("##include /etc/passwd\n"), "line 3: ##include is a macro"),
    "macro path": BadFile("sets EPMacro's search path", idf("  ##fileprefix /etc/\n"), "line 3: ##fileprefix"),
    "utf-16": BadFile("another encoding", (HEAD + "Zone,Z;").encode("utf-16"), "UTF-16"),
    "script": BadFile("is a program to a shell", b"#!/bin/sh\nid\nVersion,25.2;", "line 1: '#' is no class"),
    "archive": BadFile("is a ZIP with a model behind it", b"PK\x03\x04" + idf(""), "ZIP archive"),
    "archive behind": BadFile("is a model with a ZIP behind it", idf("!PK\x03\x04\x00\x00"), "zero byte"),
    "program": BadFile("is a program", b"\x7fELF" + idf(""), "a program"),
    "json called idf": BadFile("is read by another parser than intake used", epjson(), "is JSON, not an IDF"),
    "doubled key": BadFile(
        "says two things in one place",
        b'{"Version": {"v": {"version_identifier": "25.2"}}, "Version": {}}',
        "twice",
        "m.json",
    ),
    "no number": BadFile(
        "a number that JSON does not have", epjson(Zone={"Z": {"x": float("nan")}}), "no number", "m.json"
    ),
    "huge number": BadFile("overflows", b'{"Version": {"v": {"x": 1%s}}}' % (b"0" * 400), "larger than any", "m.json"),
    "huge float": BadFile("overflows", b'{"Version": {"v": {"x": 1e999}}}', "larger than any", "m.json"),
    "half a character": BadFile(
        "cannot be written down", b'{"Zone": {"Z": {"x": "\\ud800"}}}', "'Z'.*unprint", "m.json"
    ),
    "zero in a text": BadFile(
        "cannot be stored", b'{"Zone": {"Z": {"x": "\\u0000"}}}', "Zone 'Z'.*unprintable", "m.json"
    ),
    "newline in a name": BadFile("forges a line of a log", b'{"Zone": {"Z\\nERROR": {}}}', "unprintable", "m.json"),
    "object for a value": BadFile(
        "breaks later processing", b'{"Zone": {"Z": {"x": {"y": 1}}}}', "'Z': 'x' is ne", "m.json"
    ),
}
PROGRAMS = {
    "python plugin": BadFile(
        "runs Python", idf("PythonPlugin:Instance,P,No,m,c;"), "line 3: PythonPlugin:Instance 'P' runs"
    ),
    "python path": BadFile("loads modules", idf("PythonPlugin:SearchPaths,P,Yes;"), "line 3: PythonPlugin:SearchPaths"),
    "python in epJSON": BadFile(
        "runs Python", epjson(PythonPlugin_Instance={"P": {}}), "PythonPlugin:Instance 'P'", "m.json"
    ),
    "fmu": BadFile(
        "loads a library", idf("ExternalInterface:FunctionalMockupUnitImport,/x.fmu,15,0;"), "line 3: .*couples"
    ),
    "socket": BadFile(
        "opens a socket", idf("ExternalInterface,PtolemyServer;"), "line 3: ExternalInterface 'Ptol.*couples"
    ),
    "borehole design": BadFile(
        "has GHEDesigner run by a shell",
        idf("GroundHeatExchanger:System,G,I,O,1,Site:GroundTemperature:Undisturbed:Xing,T,2,2e6,,fulldesign;"),
        "line 3: GroundHeatExchanger:System 'G' runs another program",
    ),
    "slab": BadFile("starts a preprocessor", idf("GroundHeatTransfer:Control,C,Yes,Yes;"), "line 3: .*preprocessor"),
}
BOMBS = {
    "many objects": BadFile("takes minutes to read", lambda: idf("Zone,Z;" * 100_001), "more than 100000 objects"),
    "object without end": BadFile("is collected whole", lambda: idf(("x" * 99 + ",\n") * 100_000), "does not end"),
    "line without end": BadFile("is read whole", lambda: idf("Zone," + "x" * 10_000_000 + ";"), "a field is longer"),
    "deep json": BadFile("exhausts the stack", lambda: b'{"a":' * 200_000, "cannot|can be read", "m.epJSON"),
    "wide json": BadFile("exhausts memory", lambda: b'{"a":[' + b"[]," * 2_000_001, "more than 2000000", "m.epJSON"),
    "fault in every object": BadFile("fills the answer", lambda: idf("PythonPlugin:Instance,P;" * 9999), "runs Python"),
}
WEATHER = {
    "weather: no weather": BadFile("is a model", HEAD.encode(), "LOCATION", "w.epw"),
    "weather: cut": BadFile(
        "ends in the middle", weather((ROW + "\n") * 5 + ROW[:30]), "1/1 has no row for hour 2", "w.epw"
    ),
    "weather: control characters": BadFile(
        "colours a terminal", weather(location="Chi\x1b[2Jcago"), "control", "w.epw"
    ),
    "weather: not on Earth": BadFile("is not a number", weather().replace(b"41.98", b"nan"), "not on Earth", "w.epw"),
    "weather: very many periods": BadFile(
        "loops long", weather(periods="2000000000,1,,,1/1,1/1"), "2000000000", "w.epw"
    ),
    "weather: a period for every day": BadFile(
        "loops", weather(periods="365,60" + ",D,Sunday,1/1,12/31" * 365), "miss", "w.epw"
    ),
    "weather: zero": BadFile("divides by it", weather(periods="1,0,Data,Sunday,1/1,1/1"), "0 records", "w.epw"),
    "weather: words for numbers": BadFile("stops the engine", weather(ROW.replace("20.0", "ten")), "column 7", "w.epw"),
    "weather: endless temperature": BadFile("overflows", weather(ROW.replace("20.0", "1e999")), "column 7", "w.epw"),
    "weather: binary": BadFile("is no text", weather() + b"\x00", "zero byte", "w.epw"),
    "weather: endless line": BadFile("is read whole", lambda: weather("9" * 2_000_000), "line is longer", "w.epw"),
}
SIDE_FILES = {
    f"side file: {name}": BadFile(f"stands in for what EnergyPlus {what}", b"x", says, name)
    for name, what, says in (
        ("in.idf", "reads", "used by EnergyPlus"),
        ("IN.epJSON", "reads", "used by EnergyPlus"),
        ("eplusout.err", "writes", "used by EnergyPlus"),
        ("eplusout.sql", "writes", "used by EnergyPlus"),
        ("Energy+.ini", "is set up by", "used by EnergyPlus"),
        ("in.rvi", "has ReadVars read", "used by EnergyPlus"),
        ("in.mvi", "has ReadVars read", "used by EnergyPlus"),
        ("expanded.idf", "has ExpandObjects write", "used by EnergyPlus"),
        ("energyplus.out", "prints", "used by EnergyPlus"),
        ("socket.cfg", "connects to", "used by EnergyPlus"),
        ("NUL.csv", "would lose under Windows", "device"),
        ("../up.csv", "has above it", "another directory"),
        ("a\nb.csv", "would log", "control"),
        ("a\u202ecsv.exe", "would show backwards", "invisible"),
        (".hidden", "would not show", "begin with a dot"),
        ("x" * 300, "cannot store", "longer than"),
    )
}
REFUSED = FILES | DIFFERENTIALS | PROGRAMS | BOMBS | WEATHER | SIDE_FILES
