"""Import arguments, keyword arguments or YAML → frozen descriptions of buses and connections."""
