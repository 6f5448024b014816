"""Where a comment speaks for a suggestion, what people call a measure, what is to be read again

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("suggestion") as suggestion:
        suggestion.add_column(sa.Column("spans", sa.JSON(), nullable=False, server_default="[]"))
        suggestion.drop_column("matched")
    with op.batch_alter_table("measure") as measure:
        measure.add_column(sa.Column("keywords", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("comment") as comment:
        comment.add_column(sa.Column("flag", sa.String(), nullable=True))
        comment.create_check_constraint("flag", "flag IN ('general', 'none')")
    with op.batch_alter_table("consultation") as consultation:
        consultation.add_column(sa.Column("reread_after_id", sa.Integer(), nullable=True))
    with op.batch_alter_table("suggestion") as suggestion:
        suggestion.alter_column("spans", server_default=None)
    with op.batch_alter_table("measure") as measure:
        measure.alter_column("keywords", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("consultation") as consultation:
        consultation.drop_column("reread_after_id")
    with op.batch_alter_table("comment") as comment:
        comment.drop_constraint("flag", type_="check")
        comment.drop_column("flag")
    with op.batch_alter_table("measure") as measure:
        measure.drop_column("keywords")
    with op.batch_alter_table("suggestion") as suggestion:
        suggestion.add_column(sa.Column("matched", sa.JSON(), nullable=False, server_default="[]"))
        suggestion.drop_column("spans")
