// The sentences and words of the first visit.

export const words = {
  reading: "Reading the model …",
  /** @param {string} percent */
  sending: (percent) => `Sending the files: ${percent} %`,
  checking: "Checking …",
  unnamed: "Unnamed building",
  problems: {
    /** @param {string} name */
    noModel: (name) => `${name} is no model. A model's name ends in .idf or .epJSON; a ZIP may have the whole project in it.`,
    /** @param {string} name */
    onlyWeather: (name) => `${name} is a weather file. Drop the model that it is for, too.`,
    /** @param {string} name */
    secondModel: (name) => `${name} was not taken: this page runs one model at a time. A ZIP may have several.`,
    /** @param {string} name @param {string} size @param {string} most */
    tooLarge: (name, size, most) => `${name} has ${size}, and models may have ${most} at most. Nothing was sent.`,
    /** @param {string} size @param {string} most */
    allTooLarge: (size, most) => `The files have ${size} together, and a submission may have ${most} at most. Nothing was sent.`,
    /** @param {string} name */
    empty: (name) => `${name} is empty. Nothing was sent.`,
    folder: "A folder cannot be dropped. Drop its files, or a ZIP of it.",
    twoWeather: "You dropped more than one weather file. One run takes one: the choice is below.",
    notRead: "A file could not be read: it was changed, moved or deleted since it was chosen. Choose it again.",
    cutOff: "The connection was cut off before the server had everything. Your files are still here.",
    nothingRuns: {
      annual: "There is no period to simulate.",
      authored: "The model runs neither design days nor a weather period. Choose a full year.",
      design: "The model has no design days. Choose a full year.",
    },
    title: "This model cannot run yet",
    /** @param {number} line */
    line: (line) => `Line ${line}`,
    mend: "Mend the file and drop it again.",
    noWeather: "Weather is missing: choose or drop an EPW file.",
    again: "Try again",
  },
  card: {
    /** @param {string} zones */
    zones: (zones) => (zones === "1" ? "1 zone" : `${zones} zones`),
    /** @param {string} version */
    version: (version) => `EnergyPlus ${version}`,
    /** @param {number} more */
    more: (more) => (more === 1 ? "and 1 more model" : `and ${more} more models`),
    period: "Simulate",
    periods: { annual: "A full year", authored: "As authored", design: "Design days only" },
    sentences: {
      noWeatherRun: "There is no weather run in it, so it will run a full year.",
      annual: "It will run a full year, whatever period the model has.",
      design: "It will run its design days only: sizes, and no energy.",
      /** @param {string} periods */
      authored: (periods) => `It will run as authored: ${periods}.`,
      authoredNothing: "As authored it simulates nothing.",
    },
    /** @param {string} time */
    takes: (time) => `A run takes ${time}.`,
    /** @param {number} days */
    designDays: (days) => (days === 1 ? "1 design day" : `${days} design days`),
    /** @param {string} begin @param {string} end @param {number} days */
    span: (begin, end, days) => `${begin} to ${end} (${days} ${days === 1 ? "day" : "days"})`,
    /** @param {number} days */
    days: (days) => `a period of ${days} days`,
    name: "Name",
    weather: "Weather",
    dropped: "yours",
    /** @param {string} km */
    away: (km) => `${km} km away`,
    chooseWeather: "Use your own EPW",
    /** @param {string} place @param {string} km */
    far: (place, km) => `The nearest weather that is installed is ${km} km from ${place}. Your own file may fit better.`,
    noneInstalled: "No weather files are installed with this service. Drop the EPW of the building's place here, or choose it.",
    noPlace: "The model does not say where it is, so choose its weather.",
    warnings: "What a run would change",
    run: "Run",
    other: "Start over",
  },
  picture: {
    colour: "Coloured by",
    boundary: "Boundary",
    zone: "Zone",
    turn: "Drag to turn, or use the arrow keys.",
    left: "Turn left",
    right: "Turn right",
    boundaries: {
      outdoors: "Outdoors", ground: "Ground", adiabatic: "Adiabatic", inside: "Inside", other: "Other", shading: "Shading", window: "Window",
    },
    /** @param {number} more */
    moreZones: (more) => `and ${more} more`,
    /** @param {string} size @param {string} parts */
    text: (size, parts) => `A building of ${size}: ${parts}.`,
    /** @param {string} x @param {string} y @param {string} z */
    size: (x, y, z) => `${x} m by ${y} m, ${z} m high`,
    /** @type {Record<string, [string, string]>} One and several. */
    kinds: {
      wall: ["wall", "walls"], roof: ["roof", "roofs"], ceiling: ["ceiling", "ceilings"], floor: ["floor", "floors"],
      window: ["window", "windows"], door: ["door", "doors"], shading: ["shading surface", "shading surfaces"],
    },
  },
  run: {
    queued: "Waiting for a worker",
    starting: "Starting",
    /** @param {number} percent @param {string} doing */
    progress: (percent, doing) => `${percent} %, ${doing}`,
    label: "Progress",
    cancel: "Cancel",
    /** @param {number} ended @param {number} total */
    several: (ended, total) => `${ended} of ${total} runs have ended.`,
  },
  result: {
    failed: "The run failed",
    cancelled: "The run was cancelled",
    siteEnergy: "Site energy",
    peak: "Electricity peak",
    /** @param {string} at */
    at: (at) => `on ${at}`,
    unmetHeating: "Unmet hours, heating",
    unmetCooling: "Unmet hours, cooling",
    area: "Total area",
    tableSummary: "As a table",
    noEnergy: "Design days have no energy: the run sized the building's zones.",
    sizes: "Design loads of the zones",
    load: { heating: "Heating", cooling: "Cooling" },
    severe: "EnergyPlus said",
    simulation: "Open the simulation",
    run: "All results of this run",
    again: "Run another model",
  },
};
