"""What all of the supervisor's pages share: their templates and words."""

from pathlib import Path

from shared.web.templates import Templates

HERE = Path(__file__).parent
templates = Templates(HERE)
