"""Signs of life, what the operator was told, and what the mail server holds

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("alive_since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_heartbeat"),
    )
    op.create_table(
        "watch",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("alarms", sa.JSON(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("quiet_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_watch"),
    )
    with op.batch_alter_table("mail_folder") as batch_op:
        batch_op.add_column(sa.Column("server_count", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("fault", sa.String(), server_default="", nullable=False))
    # Only the rows that are there needed it; the models set their own.
    with op.batch_alter_table("mail_folder") as batch_op:
        batch_op.alter_column("fault", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("mail_folder") as batch_op:
        batch_op.drop_column("fault")
        batch_op.drop_column("server_count")
    op.drop_table("watch")
    op.drop_table("heartbeat")
