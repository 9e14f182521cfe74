"""Models that are built late: every one of them can be built, and is the same as one that was built early."""
from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import aiogram.methods
import aiogram.types
from pydantic import BaseModel

ROOT = Path(__file__).parents[2]
LATE = """
from bot.models import import_aiogram
import_aiogram()
import aiogram.methods, aiogram.types
assert not aiogram.types.Update.__pydantic_complete__ and not aiogram.methods.SendMessage.__pydantic_complete__
from pydantic import BaseModel

class Mine(BaseModel):
    number: int

assert Mine.__pydantic_complete__, "models of others are built as ever"
from tests.bot.test_models import described
print("\\n".join(described()))
"""


def described() -> list[str]:
    """Every model that aiogram has for the Bot API with its fields, as they are once it is built."""
    found = [getattr(module, name) for module in (aiogram.types, aiogram.methods) for name in module.__all__]
    lines = []
    for model in found:
        if isinstance(model, type) and issubclass(model, BaseModel):
            model.model_rebuild()
            fields = {name: (field.annotation, field.is_required()) for name, field in model.model_fields.items()}
            lines.append(re.sub(r" at 0x[0-9a-f]+", "", f"{model.__name__} {fields} {model.__pydantic_complete__}"))
    return lines


def test_a_model_that_is_built_late_is_the_same() -> None:
    late = subprocess.run([sys.executable, "-c", LATE], cwd=ROOT, capture_output=True, text=True, check=False)
    assert late.returncode == 0, late.stderr
    assert late.stdout.splitlines() == described()
