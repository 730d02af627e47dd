"""The networks and surfaces on which units run the engine."""
