"""Buses and ISO-TP drivers that a Jumpstarter exporter offers: the one place that imports jumpstarter."""
