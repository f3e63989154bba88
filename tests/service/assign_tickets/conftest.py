from tests.support.assign_fixtures import dsn, world

__all__ = ["dsn", "world"]
