"""What a model says of its building: surfaces and their areas, zones, constructions, materials. Pure."""
