from tests.support.assign_fixtures import desk, dsn, world

__all__ = ["desk", "dsn", "world"]
