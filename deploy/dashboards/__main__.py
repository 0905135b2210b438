"""`python -m deploy.dashboards`: writes every dashboard as JSON for Grafana's provisioning."""

from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from deploy.dashboards.boards import BOARDS
from deploy.dashboards.panels import Board, build

DIRECTORY = Path(__file__).resolve().parents[1] / "monitoring" / "grafana" / "dashboards"


def rendered(board: Board) -> str:
    """Returns the JSON text of a dashboard's file."""
    return JSONEncoder(sort_keys=True, indent=2).encode(build(board)) + "\n"


if __name__ == "__main__":
    for board in BOARDS:
        (DIRECTORY / f"{board.name}.json").write_text(rendered(board))
