"""Who answered: organisations that were asked, senders checked, mail of ours that came back

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BOUNCES = "bounce_kind IN ('no_address', 'full', 'refused', 'unreachable', 'other')"
CHECKS = "sender_check IN ('unverified', 'verified', 'failed')"
MATCHES = (
    "organisation_by IN ('address', 'domain', 'name', 'subject', 'signature', 'first_letter', 'staff')"
)


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.Column("addresses", sa.JSON(), nullable=False),
        sa.Column("domains", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_organisation_consultation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("consultation_id", "name", name=op.f("uq_organisation_consultation_id_name")),
    )
    with op.batch_alter_table("submission") as batch:
        batch.add_column(sa.Column("silence", sa.String(), nullable=False, server_default=""))
        batch.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("organisation_by", sa.String(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_submission_organisation_id"), "organisation", ["organisation_id"], ["id"]
        )
        batch.create_check_constraint(op.f("ck_submission_organisation_by"), MATCHES)
        batch.create_index(op.f("ix_submission_organisation_id"), ["organisation_id"])
    with op.batch_alter_table("inbound_mail") as batch:
        batch.add_column(sa.Column("sender_check", sa.String(), nullable=False, server_default="unverified"))
        batch.create_check_constraint(op.f("ck_inbound_mail_sender_check"), CHECKS)
    with op.batch_alter_table("outbound_mail") as batch:
        batch.add_column(sa.Column("to_key", sa.String(), nullable=False, server_default=""))
        batch.add_column(sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("bounce_kind", sa.String(), nullable=True))
        batch.add_column(sa.Column("bounce_code", sa.String(), nullable=False, server_default=""))
        batch.add_column(sa.Column("bounce_words", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("bounce_mail_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_outbound_mail_bounce_mail_id"), "inbound_mail", ["bounce_mail_id"], ["id"]
        )
        batch.create_check_constraint(op.f("ck_outbound_mail_bounce_kind"), BOUNCES)
        batch.drop_index("ix_outbound_mail_to")
        batch.create_index("ix_outbound_mail_to", ["to_key", "created_at"])
        batch.create_index(op.f("ix_outbound_mail_bounce_mail_id"), ["bounce_mail_id"])
    op.execute("UPDATE outbound_mail SET to_key = lower(to_address)")


def downgrade() -> None:
    with op.batch_alter_table("outbound_mail") as batch:
        batch.drop_index(op.f("ix_outbound_mail_bounce_mail_id"))
        batch.drop_index("ix_outbound_mail_to")
        batch.create_index("ix_outbound_mail_to", ["to_address", "created_at"])
        batch.drop_constraint(op.f("ck_outbound_mail_bounce_kind"), type_="check")
        batch.drop_constraint(op.f("fk_outbound_mail_bounce_mail_id"), type_="foreignkey")
        for name in ("bounce_mail_id", "bounce_words", "bounce_code", "bounce_kind", "bounced_at", "to_key"):
            batch.drop_column(name)
    with op.batch_alter_table("inbound_mail") as batch:
        batch.drop_constraint(op.f("ck_inbound_mail_sender_check"), type_="check")
        batch.drop_column("sender_check")
    with op.batch_alter_table("submission") as batch:
        batch.drop_index(op.f("ix_submission_organisation_id"))
        batch.drop_constraint(op.f("ck_submission_organisation_by"), type_="check")
        batch.drop_constraint(op.f("fk_submission_organisation_id"), type_="foreignkey")
        for name in ("organisation_by", "organisation_id", "silence"):
            batch.drop_column(name)
    op.drop_table("organisation")
