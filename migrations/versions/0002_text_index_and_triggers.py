"""The full-text index, and an audit trail that can only grow

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

REFUSED = {"audit_entry": ("UPDATE", "DELETE"), "raw_mail": ("UPDATE",)}


def upgrade() -> None:
    op.create_table(
        "submission_text",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_submission_text_submission_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("submission_id", name="pk_submission_text"),
    )
    if op.get_bind().dialect.name == "sqlite":
        _upgrade_sqlite()
    else:
        _upgrade_postgresql()
    # Rows from before a downgrade say that they are in an index that is gone.
    op.execute("UPDATE submission SET indexed_at = NULL WHERE indexed_at IS NOT NULL")


def _upgrade_sqlite() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE submission_tokens USING fts5"
        "(tokens, content='', detail='none', tokenize='unicode61 remove_diacritics 0')"
    )
    for table, acts in REFUSED.items():
        for act in acts:
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is never changed'); END"
            )


def _upgrade_postgresql() -> None:
    op.execute("ALTER TABLE submission_text ADD COLUMN tokens tsvector NOT NULL")
    op.execute("CREATE INDEX ix_submission_text_tokens ON submission_text USING gin (tokens)")
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is never changed', TG_TABLE_NAME; END $$"
    )
    for table, acts in REFUSED.items():
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE {' OR '.join(acts)} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table, acts in REFUSED.items():
            for act in acts:
                op.execute(f"DROP TRIGGER {table}_no_{act.lower()}")
        op.execute("DROP TABLE submission_tokens")
    else:
        for table in REFUSED:
            op.execute(f"DROP TRIGGER {table}_no_change ON {table}")
            op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
        op.execute("DROP FUNCTION refuse_change()")
    op.drop_table("submission_text")
