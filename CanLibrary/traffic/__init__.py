"""What passes on a bus: the one receiver, the trace, the mailbox, waits and the periodic scheduler."""
