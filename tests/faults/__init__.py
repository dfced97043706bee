"""Faults put into the pipeline on purpose: some of each kind, or, where `MSPE_FAULTS` is `full`, every one."""

import os

FULL = os.environ.get("MSPE_FAULTS") == "full"
