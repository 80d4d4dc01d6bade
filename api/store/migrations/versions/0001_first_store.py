"""Everything that the first store holds."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_FILTERED = ("level", "typology", "kind", "channel", "verdict", "kept_by", "job_id")


def upgrade() -> None:
    """To this shape."""
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("object", sa.String(length=120), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_action"), ["action"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_actor"), ["actor"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_object"), ["object"], unique=False)

    op.create_table(
        "campaigns",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=False),
        sa.Column("ads", sa.Integer(), nullable=False),
        sa.Column("highest_risk", sa.Float(), nullable=False),
        sa.Column("typology", sa.String(length=30), server_default="", nullable=False),
        sa.Column("merged_into", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["campaigns.id"], name=op.f("fk_campaigns_merged_into"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.create_index("ix_campaigns_ads", ["ads", "id"], unique=False)
        batch_op.create_index("ix_campaigns_first_seen", ["first_seen_at", "merged_into"], unique=False)
        batch_op.create_index(batch_op.f("ix_campaigns_last_seen_at"), ["last_seen_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_campaigns_merged_into"), ["merged_into"], unique=False)

    op.create_table(
        "contacts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=300), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=False),
        sa.Column("ads", sa.Integer(), server_default="0", nullable=False),
        sa.Column("highest_risk", sa.Float(), server_default="0", nullable=False),
        sa.Column("hub", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("type", "value", name=op.f("uq_contacts_type_value")),
    )
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.create_index("ix_contacts_ads", ["ads", "id"], unique=False)
        batch_op.create_index("ix_contacts_risk", ["highest_risk", "id"], unique=False)
        batch_op.create_index("ix_contacts_value", ["value"], unique=False)
        batch_op.create_index(batch_op.f("ix_contacts_last_seen_at"), ["last_seen_at"], unique=False)

    op.create_table(
        "people",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("subject", sa.String(length=300), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(), nullable=True),
        sa.Column("must_change", sa.Boolean(), server_default="0", nullable=False),
        sa.CheckConstraint("role IN ('analyst', 'lead', 'admin', 'auditor')", name=op.f("ck_people_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("login", name=op.f("uq_people_login")),
        sa.UniqueConstraint("subject", name=op.f("uq_people_subject")),
    )
    op.create_table(
        "throttles",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttles")),
    )
    with op.batch_alter_table("throttles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_throttles_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "devices",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_devices_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_devices")),
    )
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_devices_person_id"), ["person_id"], unique=False)

    op.create_table(
        "settings",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settings")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("rows", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("scored", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("alerts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rejected", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("done_share", sa.Float(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("owner", sa.String(length=80), nullable=True),
        sa.Column("lease_until", sa.DateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cancelled_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('uploaded', 'queued', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_jobs_state")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_jobs_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_jobs_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_jobs_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_jobs_state"), ["state"], unique=False)

    op.create_table(
        "office_lists",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=False),
        sa.Column("origin", sa.String(length=300), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(), nullable=False),
        sa.Column("loaded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("retired_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('p3mi', 'job_orders', 'domains', 'watched')", name=op.f("ck_office_lists_kind")),
        sa.ForeignKeyConstraint(
            ["loaded_by"], ["people.id"], name=op.f("fk_office_lists_loaded_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_lists")),
    )
    with op.batch_alter_table("office_lists", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_office_lists_kind"), ["kind"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sessions_person_id"), ["person_id"], unique=False)

    op.create_table(
        "ads",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=False),
        sa.Column("times_seen", sa.Integer(), server_default="1", nullable=False),
        sa.Column("channel", sa.String(length=40), server_default="", nullable=False),
        sa.Column("origin", sa.String(length=500), server_default="", nullable=False),
        sa.Column("kept_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("job_id", sa.String(length=32), nullable=True),
        sa.Column("risk", sa.Float(), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("typology", sa.String(length=30), server_default="", nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("answered_by", sa.String(length=8), nullable=False),
        sa.Column("model", sa.String(length=40), nullable=False),
        sa.Column("knowledge", sa.String(length=20), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("verdict", sa.String(length=16), server_default="", nullable=False),
        sa.Column("judged_at", sa.DateTime(), nullable=True),
        sa.Column("novelty", sa.Float(), server_default="0", nullable=False),
        sa.Column("priority", sa.Float(), server_default="0", nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("normal", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("assessment", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_ads_campaign_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_ads_job_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["kept_by"], ["people.id"], name=op.f("fk_ads_kept_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ads")),
        sa.UniqueConstraint("sha256", name=op.f("uq_ads_sha256")),
    )
    with op.batch_alter_table("ads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ads_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index("ix_ads_channel_received", ["channel", "received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_ads_job_id"), ["job_id"], unique=False)
        batch_op.create_index("ix_ads_kept_by_received", ["kept_by", "received_at"], unique=False)
        batch_op.create_index("ix_ads_level_received", ["level", "received_at"], unique=False)
        batch_op.create_index("ix_ads_received", ["received_at", "id", *_FILTERED], unique=False)
        batch_op.create_index("ix_ads_risk", ["risk", "id", "received_at", *_FILTERED], unique=False)
        batch_op.create_index("ix_ads_times_seen", ["times_seen", "id", "received_at", *_FILTERED], unique=False)
        batch_op.create_index("ix_ads_typology_received", ["typology", "received_at"], unique=False)
        batch_op.create_index("ix_ads_verdict_priority", ["verdict", "priority"], unique=False)
        batch_op.create_index("ix_ads_verdict_received", ["verdict", "received_at"], unique=False)
        batch_op.create_index("ix_ads_week", ["week", "level", "typology", "id"], unique=False)

    op.create_table(
        "job_rows",
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("row_id", sa.String(length=300), server_default="", nullable=False),
        sa.Column("risk", sa.Float(), nullable=True),
        sa.Column("level", sa.String(length=12), server_default="", nullable=False),
        sa.Column("typology", sa.String(length=30), server_default="", nullable=False),
        sa.Column("kind", sa.String(length=12), server_default="", nullable=False),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("excerpt", sa.String(length=300), server_default="", nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_job_rows_job_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", "number", name=op.f("pk_job_rows")),
    )
    with op.batch_alter_table("job_rows", schema=None) as batch_op:
        batch_op.create_index(
            "ix_job_rows_rank", ["job_id", "risk", "number", "level", "typology", "reason"], unique=False
        )

    op.create_table(
        "ad_bands",
        sa.Column("band_key", sa.BigInteger(), nullable=False),
        sa.Column("ad_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["ad_id"], ["ads.id"], name=op.f("fk_ad_bands_ad_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("band_key", "ad_id", name=op.f("pk_ad_bands")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("ad_bands", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ad_bands_ad_id"), ["ad_id"], unique=False)

    op.create_table(
        "ad_contacts",
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ad_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["ad_id"], ["ads.id"], name=op.f("fk_ad_contacts_ad_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_ad_contacts_contact_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contact_id", "ad_id", name=op.f("pk_ad_contacts")),
    )
    with op.batch_alter_table("ad_contacts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ad_contacts_ad_id"), ["ad_id"], unique=False)

    op.create_table(
        "ad_destinations",
        sa.Column("iso2", sa.String(length=2), nullable=False),
        sa.Column("ad_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["ad_id"], ["ads.id"], name=op.f("fk_ad_destinations_ad_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("iso2", "ad_id", name=op.f("pk_ad_destinations")),
    )
    with op.batch_alter_table("ad_destinations", schema=None) as batch_op:
        batch_op.create_index("ix_ad_destinations_ad", ["ad_id", "iso2"], unique=False)

    op.create_table(
        "verdicts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("ad_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("typology", sa.String(length=30), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("settles", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("released", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("risk", sa.Float(), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("model", sa.String(length=40), nullable=False),
        sa.Column("knowledge", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "verdict IN ('confirmed', 'lawful', 'not_offer', 'unsure')", name=op.f("ck_verdicts_verdict")
        ),
        sa.ForeignKeyConstraint(["ad_id"], ["ads.id"], name=op.f("fk_verdicts_ad_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_verdicts_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdicts")),
    )
    with op.batch_alter_table("verdicts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_verdicts_ad_id"), ["ad_id"], unique=False)
        batch_op.create_index("ix_verdicts_created", ["created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_verdicts_person_id"), ["person_id"], unique=False)
    _add_search()


def downgrade() -> None:
    """Back to the shape before."""
    _drop_search()
    with op.batch_alter_table("verdicts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_verdicts_person_id"))
        batch_op.drop_index("ix_verdicts_created")
        batch_op.drop_index(batch_op.f("ix_verdicts_ad_id"))

    op.drop_table("verdicts")
    with op.batch_alter_table("ad_destinations", schema=None) as batch_op:
        batch_op.drop_index("ix_ad_destinations_ad")

    op.drop_table("ad_destinations")
    with op.batch_alter_table("ad_contacts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ad_contacts_ad_id"))

    op.drop_table("ad_contacts")
    with op.batch_alter_table("ad_bands", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ad_bands_ad_id"))

    op.drop_table("ad_bands")
    with op.batch_alter_table("job_rows", schema=None) as batch_op:
        batch_op.drop_index("ix_job_rows_rank")

    op.drop_table("job_rows")
    with op.batch_alter_table("ads", schema=None) as batch_op:
        batch_op.drop_index("ix_ads_verdict_priority")
        batch_op.drop_index("ix_ads_week")
        batch_op.drop_index("ix_ads_verdict_received")
        batch_op.drop_index("ix_ads_typology_received")
        batch_op.drop_index("ix_ads_times_seen")
        batch_op.drop_index("ix_ads_risk")
        batch_op.drop_index("ix_ads_received")
        batch_op.drop_index("ix_ads_level_received")
        batch_op.drop_index("ix_ads_kept_by_received")
        batch_op.drop_index(batch_op.f("ix_ads_job_id"))
        batch_op.drop_index("ix_ads_channel_received")
        batch_op.drop_index(batch_op.f("ix_ads_campaign_id"))

    op.drop_table("ads")
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_devices_person_id"))

    op.drop_table("devices")
    with op.batch_alter_table("throttles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_throttles_seen_at"))

    op.drop_table("throttles")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_person_id"))
        batch_op.drop_index(batch_op.f("ix_sessions_expires_at"))

    op.drop_table("sessions")
    with op.batch_alter_table("office_lists", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_office_lists_kind"))

    op.drop_table("office_lists")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_jobs_state"))
        batch_op.drop_index(batch_op.f("ix_jobs_person_id"))
        batch_op.drop_index(batch_op.f("ix_jobs_created_at"))

    op.drop_table("jobs")
    op.drop_table("settings")
    op.drop_table("people")
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contacts_last_seen_at"))
        batch_op.drop_index("ix_contacts_value")
        batch_op.drop_index("ix_contacts_risk")
        batch_op.drop_index("ix_contacts_ads")

    op.drop_table("contacts")
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_campaigns_merged_into"))
        batch_op.drop_index(batch_op.f("ix_campaigns_last_seen_at"))
        batch_op.drop_index("ix_campaigns_first_seen")
        batch_op.drop_index("ix_campaigns_ads")

    op.drop_table("campaigns")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_object"))
        batch_op.drop_index(batch_op.f("ix_audit_at"))
        batch_op.drop_index(batch_op.f("ix_audit_actor"))
        batch_op.drop_index(batch_op.f("ix_audit_action"))

    op.drop_table("audit")


# Full-text search has no common words between the databases: each gets its own, over the same folded words.
_SQLITE = (
    "CREATE VIRTUAL TABLE ads_search USING fts5("
    "words, content='ads', content_rowid='id', tokenize=\"unicode61 remove_diacritics 0\")",
    "CREATE TRIGGER ads_search_insert AFTER INSERT ON ads BEGIN "
    "INSERT INTO ads_search(rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER ads_search_delete AFTER DELETE ON ads BEGIN "
    "INSERT INTO ads_search(ads_search, rowid, words) VALUES ('delete', old.id, old.words); END",
    "CREATE TRIGGER ads_search_update AFTER UPDATE OF words ON ads BEGIN "
    "INSERT INTO ads_search(ads_search, rowid, words) VALUES ('delete', old.id, old.words); "
    "INSERT INTO ads_search(rowid, words) VALUES (new.id, new.words); END",
)
_POSTGRESQL = (
    "ALTER TABLE ads ADD COLUMN search tsvector GENERATED ALWAYS AS (to_tsvector('simple', words)) STORED",
    # The long values lie apart and the words of the search in the row: a search reads thousands of rows, a page fifty.
    "ALTER TABLE ads SET (toast_tuple_target = 256)",
    "ALTER TABLE ads ALTER COLUMN search SET STORAGE MAIN",
    "CREATE INDEX ix_ads_search ON ads USING gin (search)",
)


def _add_search() -> None:
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def _drop_search() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER ads_search_{name}")
        op.execute("DROP TABLE ads_search")
    else:
        op.execute("DROP INDEX ix_ads_search")
        op.execute("ALTER TABLE ads DROP COLUMN search")
