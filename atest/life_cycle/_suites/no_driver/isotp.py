"""Stands in the way of the driver, so that an import of it is seen."""

raise ImportError("a driver was imported although nothing was opened")
