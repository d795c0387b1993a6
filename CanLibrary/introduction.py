"""The introduction of the libdoc page, text only."""

INTRODUCTION = """Tests ECUs over CAN, CAN FD and ISO-TP."""
