"""ISO-TP: what a backend is (`protocol`), and the backends behind it."""
