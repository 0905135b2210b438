"""Templates of HVAC systems, whose equipment is not in the model until ExpandObjects has run."""

from shared.energyplus.formats.document import TEMPLATES, Document, shown_name
from shared.energyplus.measures.measure import refuse

#: Templates without equipment that has an efficiency.
WITHOUT_EQUIPMENT = ("HVACTemplate:Thermostat", "HVACTemplate:Zone:IdealLoadsAirSystem")


def refuse_templates(document: Document) -> None:
    """Refuse a measure on equipment that is yet to be made."""
    for class_name in sorted(document.classes()):
        if class_name.startswith(TEMPLATES) and class_name not in WITHOUT_EQUIPMENT:
            shown = shown_name(document.objects(class_name)[0])
            refuse(f"{shown} is a template, whose equipment is not in the model yet; submit the expanded model")
