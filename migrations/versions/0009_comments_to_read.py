"""An index for the comments that the machine has not read yet, which it asks for every second

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_comment_unread", "comment", ["state", "id"])


def downgrade() -> None:
    op.drop_index("ix_comment_unread", "comment")
