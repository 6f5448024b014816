"""Acceptance in bulk, and its audit

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KINDS = "kind IN ('reference', 'campaign', 'score')"
OUTCOMES = "outcome IN ('waiting', 'agreed', 'differed', 'lapsed')"


def upgrade() -> None:
    op.create_table(
        "bulk_acceptance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("threshold", sa.Double(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reached_id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_by_name", sa.String(), nullable=False),
        sa.Column("taken_back", sa.Integer(), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_bulk_acceptance_kind")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name="fk_bulk_acceptance_consultation_id"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name="fk_bulk_acceptance_by_id"),
        sa.ForeignKeyConstraint(["undone_by_id"], ["user.id"], name="fk_bulk_acceptance_undone_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_bulk_acceptance"),
    )
    op.create_index("ix_bulk_acceptance_consultation", "bulk_acceptance", ["consultation_id", "id"])
    op.create_index("ix_bulk_acceptance_unfinished", "bulk_acceptance", ["finished_at"])
    op.create_table(
        "bulk_item",
        sa.Column("acceptance_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["acceptance_id"],
            ["bulk_acceptance.id"],
            name="fk_bulk_item_acceptance_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name="fk_bulk_item_comment_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("acceptance_id", "comment_id", name="pk_bulk_item"),
    )
    op.create_index("ix_bulk_item_comment", "bulk_item", ["comment_id"])
    op.create_table(
        "audit_sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("acceptance_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("floor", sa.Double(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_measure_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("ck_audit_sample_kind")),
        sa.CheckConstraint(OUTCOMES, name=op.f("ck_audit_sample_outcome")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name="fk_audit_sample_consultation_id"
        ),
        sa.ForeignKeyConstraint(
            ["acceptance_id"],
            ["bulk_acceptance.id"],
            name="fk_audit_sample_acceptance_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name="fk_audit_sample_comment_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name="fk_audit_sample_measure_id"),
        sa.ForeignKeyConstraint(
            ["decided_measure_id"], ["measure.id"], name="fk_audit_sample_decided_measure_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_audit_sample"),
    )
    op.create_index(
        "ix_audit_sample_decided", "audit_sample", ["consultation_id", "kind", "outcome", "decided_at"]
    )
    op.create_index("ix_audit_sample_comment", "audit_sample", ["comment_id"])
    op.create_index("ix_audit_sample_acceptance", "audit_sample", ["acceptance_id"])


def downgrade() -> None:
    op.drop_table("audit_sample")
    op.drop_table("bulk_item")
    op.drop_table("bulk_acceptance")
