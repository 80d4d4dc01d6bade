"""What Sigap keeps: the only room that speaks SQL. SQLite without any set-up, PostgreSQL by one setting."""

from api.store.engine import Store

__all__ = ["Store"]
