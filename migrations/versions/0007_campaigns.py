"""What staff say of a campaign; keys of 64 bits to find copies by

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("similarity_band")
    op.create_table(
        "similarity_key",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("submission_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "submission_id", name="pk_similarity_key"),
        sqlite_with_rowid=False,
    )
    _find_anew()
    with op.batch_alter_table("campaign") as campaign:
        campaign.add_column(sa.Column("variants", sa.Integer(), nullable=False))
        campaign.add_column(sa.Column("state", sa.String(), nullable=False))
        campaign.add_column(sa.Column("version", sa.Integer(), nullable=False))
        campaign.add_column(sa.Column("decided_by_id", sa.Integer(), nullable=True))
        campaign.add_column(sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
        campaign.create_check_constraint("state", "state IN ('found', 'confirmed', 'rejected')")
        campaign.create_foreign_key("fk_campaign_decided_by_id", "user", ["decided_by_id"], ["id"])
        campaign.drop_index("ix_campaign_consultation_id")
        campaign.create_index("ix_campaign_size", ["consultation_id", "size", "id"])


def _find_anew() -> None:
    """Forget the campaigns, which nobody could say anything of yet: the worker finds them again."""
    op.execute("UPDATE submission SET campaign_id = NULL, clustered_at = NULL")
    op.execute("DELETE FROM campaign")


def downgrade() -> None:
    _find_anew()
    with op.batch_alter_table("campaign") as campaign:
        campaign.drop_index("ix_campaign_size")
        campaign.create_index("ix_campaign_consultation_id", ["consultation_id"])
        campaign.drop_constraint("fk_campaign_decided_by_id", type_="foreignkey")
        campaign.drop_constraint("state", type_="check")
        for name in ("decided_at", "decided_by_id", "version", "state", "variants"):
            campaign.drop_column(name)
    op.drop_table("similarity_key")
    op.create_table(
        "similarity_band",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("band", sa.String(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name="fk_similarity_band_consultation_id"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_similarity_band_submission_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("consultation_id", "band", "submission_id", name="pk_similarity_band"),
    )
    op.create_index("ix_similarity_band_submission_id", "similarity_band", ["submission_id"])
