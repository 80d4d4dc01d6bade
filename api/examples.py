"""The example requests of the API's documentation, read from `locale/examples.yaml`."""

from pathlib import Path
from typing import Any

import yaml

EXAMPLES: dict[str, list[Any]] = yaml.safe_load(
    (Path(__file__).parent / "locale" / "examples.yaml").read_text(encoding="utf-8")
)
