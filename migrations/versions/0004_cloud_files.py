"""Files that a letter only links to: where they lie and until when

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: SQLite rebuilding the table would unhook the comments that were taken from files.
    for name in ("link", "expires"):
        op.add_column("attachment", sa.Column(name, sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    for name in ("expires", "link"):
        op.drop_column("attachment", name)
