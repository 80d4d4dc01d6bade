"""Files of listings on the workbench: received, looked at, scored by a worker that may be killed, handed out again."""
