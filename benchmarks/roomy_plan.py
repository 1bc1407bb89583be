"""A plan with every limit that there is, each of which is wider than any benchmark: what is measured includes it."""

from pathlib import Path

from learnx.domain.plans import MOST
from learnx.domain.rate_limits import StrangerLimits
from learnx.domain.spending import Limits

#: What is counted one by one is remembered one by one: fewer of those.
COUNTED = 10_000


def roomy_plan(folder: Path) -> dict[str, str]:
    """The settings with which everybody has it; its file is kept in ``folder``."""
    names = [name for name in Limits.__struct_fields__ if not name.startswith("budget")]
    own = [f"{name} = {MOST if name == 'requests_per_minute' else COUNTED}" for name in names]
    strangers = [f"{name} = {MOST}" for name in StrangerLimits.__struct_fields__]
    plans = folder / "plans.toml"
    plans.write_text("\n".join(["[roomy]", *own, "[strangers]", *strangers, ""]))
    return {"LEARNX_PLANS": str(plans), "LEARNX_DEFAULT_PLAN": "roomy"}
