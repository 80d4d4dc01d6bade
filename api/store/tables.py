"""Every table of the store. `migrations/` brings a database here; a test holds the two together.

Names: plurals for tables, `..._at` for moments (UTC), `..._id` for keys. People's judgements (`verdicts`)
and the machine's findings (`ads`) are in different tables and never overwrite each other.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA = MetaData(naming_convention=NAMING)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC. Naive ones are refused; neither database is trusted with a time zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC without the zone, as it is stored."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """With its zone again."""
        return None if value is None else value.replace(tzinfo=UTC)


_KEY = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER counts up by itself in SQLite


def _key() -> Column[int]:
    return Column("id", _KEY, primary_key=True, autoincrement=True)


# People and what they may do ----------------------------------------------------------------------------------------

PEOPLE = Table(
    "people",
    METADATA,
    _key(),
    Column("login", String(120), nullable=False, unique=True),  # lower case
    Column("name", String(200), nullable=False),
    Column("role", String(16), nullable=False),
    Column("password_hash", String(200)),  # argon2id; none for those who come by OpenID Connect, and for the notebook
    Column("subject", String(300), unique=True),  # "issuer|sub" of OpenID Connect
    Column("created_at", Moment, nullable=False),
    Column("disabled_at", Moment),
    # The password was chosen by somebody else: a new one is asked for before anything else.
    Column("must_change", Boolean, nullable=False, server_default="0"),
    CheckConstraint("role IN ('analyst', 'lead', 'admin', 'auditor')", name="role"),
)
SESSIONS = Table(
    "sessions",
    METADATA,
    Column("token_hash", String(64), primary_key=True),  # sha256 of the cookie, which is never stored
    Column("person_id", _KEY, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
)
DEVICES = (
    Table(  # browsers in which somebody has signed in before: what strangers do to their account cannot delay them
        "devices",
        METADATA,
        Column("token_hash", String(64), primary_key=True),  # sha256 of the cookie, which is never stored
        Column("person_id", _KEY, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("seen_at", Moment, nullable=False),
    )
)
THROTTLES = Table(  # failed sign-ins, counted per account, address and browser; old ones are taken out
    "throttles",
    METADATA,
    Column("key", String(64), primary_key=True),  # sha256: neither logins nor addresses stand here
    Column("failures", Integer, nullable=False),
    Column("locked_until", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False, index=True),
)
AUDIT = Table(
    "audit",
    METADATA,
    Column("number", _KEY, primary_key=True, autoincrement=False),  # 1, 2, 3 ... without a gap
    Column("at", Moment, nullable=False, index=True),
    Column("actor", String(120), nullable=False, index=True),  # login, "system", or "key:NAME"
    Column("action", String(60), nullable=False, index=True),
    Column("object", String(120), nullable=False, index=True),  # "ad:17", "person:rina"
    Column("details", Text, nullable=False),  # canonical JSON; never the text of an ad
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),  # sha256 over the previous hash and this row
)

# Ads: what was received, and what the machine found -----------------------------------------------------------------

_FILTERED = ("level", "typology", "kind", "channel", "verdict", "kept_by", "job_id")
ADS = Table(
    "ads",
    METADATA,
    _key(),
    Column("sha256", String(64), nullable=False, unique=True),  # of the text as received, UTF-8
    Column("received_at", Moment, nullable=False),
    Column("week", Integer, nullable=False),  # of `received_at`, `moments.week_of`: no database does sums with dates
    Column("last_seen_at", Moment, nullable=False),
    Column("times_seen", Integer, nullable=False, server_default="1"),
    Column("channel", String(40), nullable=False, server_default=""),  # "whatsapp", "facebook" ...; "" unknown
    Column("origin", String(500), nullable=False, server_default=""),  # free: a link, a group's name, a file and row
    Column("kept_by", _KEY, ForeignKey("people.id", ondelete="SET NULL")),
    Column("job_id", String(32), ForeignKey("jobs.id", ondelete="SET NULL"), index=True),
    Column("risk", Float, nullable=False),
    Column("level", String(12), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("typology", String(30), nullable=False, server_default=""),  # the most probable one, "" where none is
    Column("language", String(10), nullable=False),
    Column("answered_by", String(8), nullable=False),
    Column("model", String(40), nullable=False),
    Column("knowledge", String(20), nullable=False),
    Column("campaign_id", _KEY, ForeignKey("campaigns.id", ondelete="SET NULL"), index=True),
    # What people have said so far, told again by `verdicts` at any time: "" none, a verdict, or "disputed".
    Column("verdict", String(16), nullable=False, server_default=""),
    Column("judged_at", Moment),
    Column("novelty", Float, nullable=False, server_default="0"),  # share of words that the model had never seen
    Column("priority", Float, nullable=False, server_default="0"),  # how much a verdict on it would teach
    # Long values come last: what stands in front of them is read without them.
    Column("text", Text, nullable=False),
    Column("normal", Text, nullable=False),  # as the detector read it
    Column("words", Text, nullable=False),  # of `normal`, folded by `search.words_of`: what the search looks in
    Column("assessment", JSON, nullable=False),  # assessment/1 without the text
    # Lists in each order that they have, with every column that a list is filtered by: no row is read to be skipped.
    Index("ix_ads_verdict_priority", "verdict", "priority"),
    Index("ix_ads_received", "received_at", "id", *_FILTERED),
    Index("ix_ads_risk", "risk", "id", "received_at", *_FILTERED),
    Index("ix_ads_times_seen", "times_seen", "id", "received_at", *_FILTERED),
    Index("ix_ads_week", "week", "level", "typology", "id"),
    Index("ix_ads_level_received", "level", "received_at"),
    Index("ix_ads_typology_received", "typology", "received_at"),
    Index("ix_ads_verdict_received", "verdict", "received_at"),
    Index("ix_ads_kept_by_received", "kept_by", "received_at"),
    Index("ix_ads_channel_received", "channel", "received_at"),
)
AD_DESTINATIONS = Table(
    "ad_destinations",
    METADATA,
    Column("iso2", String(2), primary_key=True),
    Column("ad_id", _KEY, ForeignKey("ads.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_ad_destinations_ad", "ad_id", "iso2"),
)
CONTACTS = Table(
    "contacts",
    METADATA,
    _key(),
    Column("type", String(20), nullable=False),  # phone, telegram, email, link, domain, account ...
    Column("value", String(300), nullable=False),
    Column("first_seen_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False, index=True),
    Column("ads", Integer, nullable=False, server_default="0"),
    Column("highest_risk", Float, nullable=False, server_default="0"),
    Column("hub", Boolean, nullable=False, server_default=false()),  # stands in many unlike ads and ties none of them
    UniqueConstraint("type", "value"),
    Index("ix_contacts_value", "value"),
    Index("ix_contacts_ads", "ads", "id"),
    Index("ix_contacts_risk", "highest_risk", "id"),
)
AD_CONTACTS = Table(
    "ad_contacts",
    METADATA,
    Column("contact_id", _KEY, ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True),
    Column("ad_id", _KEY, ForeignKey("ads.id", ondelete="CASCADE"), primary_key=True, index=True),
)
CAMPAIGNS = Table(
    "campaigns",
    METADATA,
    _key(),
    Column("created_at", Moment, nullable=False),
    Column("first_seen_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False, index=True),
    Column("ads", Integer, nullable=False),
    Column("highest_risk", Float, nullable=False),
    Column("typology", String(30), nullable=False, server_default=""),  # the most frequent one
    Column("merged_into", _KEY, ForeignKey("campaigns.id", ondelete="SET NULL"), index=True),  # its address still works
    Index("ix_campaigns_first_seen", "first_seen_at", "merged_into"),
    Index("ix_campaigns_ads", "ads", "id"),
)
AD_BANDS = Table(  # MinHash bands: ads that share a key are compared when a new one is kept
    "ad_bands",
    METADATA,
    Column("band_key", BigInteger, primary_key=True),
    Column("ad_id", _KEY, ForeignKey("ads.id", ondelete="CASCADE"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

# What people judge --------------------------------------------------------------------------------------------------

VERDICTS = Table(
    "verdicts",
    METADATA,
    _key(),
    Column("ad_id", _KEY, ForeignKey("ads.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("person_id", _KEY, ForeignKey("people.id", ondelete="SET NULL"), index=True),
    Column("verdict", String(16), nullable=False),
    Column("typology", String(30), nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    Column("evidence", JSON, nullable=False),  # [{start, end, says: "sign"|"not_sign", indicator}], code points
    Column("settles", Boolean, nullable=False, server_default=false()),  # a lead's word on a dispute
    Column("released", Boolean, nullable=False, server_default=false()),  # a lead lets a victim's text be training data
    Column("risk", Float, nullable=False),  # what the machine said at that moment, and which machine
    Column("level", String(12), nullable=False),
    Column("model", String(40), nullable=False),
    Column("knowledge", String(20), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("undone_at", Moment),
    CheckConstraint("verdict IN ('confirmed', 'lawful', 'not_offer', 'unsure')", name="verdict"),
    Index("ix_verdicts_created", "created_at", "id"),
)

# Files of listings --------------------------------------------------------------------------------------------------

JOBS = Table(
    "jobs",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("person_id", _KEY, ForeignKey("people.id", ondelete="SET NULL"), index=True),
    Column("file_name", String(300), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("options", JSON, nullable=False),  # text and id columns, model, whether alerts are kept
    Column("state", String(12), nullable=False, index=True),
    Column("rows", BigInteger, nullable=False, server_default="0"),
    Column("scored", BigInteger, nullable=False, server_default="0"),
    Column("alerts", BigInteger, nullable=False, server_default="0"),
    Column("rejected", BigInteger, nullable=False, server_default="0"),
    Column("done_share", Float, nullable=False, server_default="0"),  # of the file's bytes
    Column("error", Text, nullable=False, server_default=""),
    Column("created_at", Moment, nullable=False, index=True),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Column("owner", String(80)),  # the worker that holds the lease
    Column("lease_until", Moment),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("cancelled_at", Moment),  # asked for; the worker stops at its next part
    CheckConstraint("state IN ('uploaded', 'queued', 'running', 'done', 'failed', 'cancelled')", name="state"),
)
JOB_ROWS = Table(
    "job_rows",
    METADATA,
    Column("job_id", String(32), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("row_id", String(300), nullable=False, server_default=""),
    Column("risk", Float),  # none: rejected
    Column("level", String(12), nullable=False, server_default=""),
    Column("typology", String(30), nullable=False, server_default=""),
    Column("kind", String(12), nullable=False, server_default=""),
    Column("reason", String(200), nullable=False, server_default=""),  # of a rejected row
    Column("excerpt", String(300), nullable=False, server_default=""),
    Column("offset", BigInteger),  # of the row's line in the job's result file, in bytes
    # With every column that the list is filtered by: no row is read to be skipped.
    Index("ix_job_rows_rank", "job_id", "risk", "number", "level", "typology", "reason"),
)

# Lists that offices hold --------------------------------------------------------------------------------------------

OFFICE_LISTS = Table(
    "office_lists",
    METADATA,
    _key(),
    Column("kind", String(20), nullable=False, index=True),
    Column("as_of", String(10), nullable=False),  # the list's own date, ISO 8601
    Column("origin", String(300), nullable=False),
    Column("file_name", String(300), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),  # the file as loaded: what was checked against can be shown again
    Column("entries", Integer, nullable=False),
    Column("loaded_at", Moment, nullable=False),
    Column("loaded_by", _KEY, ForeignKey("people.id", ondelete="SET NULL")),
    Column("retired_at", Moment),
    CheckConstraint("kind IN ('p3mi', 'job_orders', 'domains', 'watched')", name="kind"),
)
SETTINGS = Table(  # what an admin changes while the server runs: days of retention, bands of the alarms
    "settings",
    METADATA,
    Column("name", String(60), primary_key=True),
    Column("value", JSON, nullable=False),
)
