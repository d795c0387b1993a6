"""The rest of the car: simulated ECUs, gateways, and what they do."""
