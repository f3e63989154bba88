"""How a file is handed to a browser."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"


def attachment(name: str) -> dict[str, str]:
    """Headers that make a browser keep it under this name (letters, digits, `-`, `_`, `.`)."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}
