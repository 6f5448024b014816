"""first schema

Revision ID: 0001
Revises: 
"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table('audit_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('entity', sa.String(), nullable=False),
    sa.Column('entity_id', sa.Integer(), nullable=True),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index('ix_audit_entry_entity', ['entity', 'entity_id', 'id'], unique=False)

    op.create_table('consultation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('notice', sa.Text(), nullable=False),
    sa.Column('preamble', sa.Text(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('opens_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('timezone', sa.String(), nullable=False),
    sa.Column('short_term_reason', sa.String(), nullable=False),
    sa.Column('mailbox', sa.String(), nullable=False),
    sa.Column('subject_word', sa.String(), nullable=False),
    sa.Column('contact_name', sa.String(), nullable=False),
    sa.Column('contact_phone', sa.String(), nullable=False),
    sa.Column('source_name', sa.String(), nullable=False),
    sa.Column('source_sha256', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('draft', 'open', 'closed', 'archived')", name=op.f('ck_consultation_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consultation')),
    sa.UniqueConstraint('slug', name=op.f('uq_consultation_slug'))
    )
    op.create_table('mail_folder',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('uidvalidity', sa.BigInteger(), nullable=False),
    sa.Column('last_uid', sa.BigInteger(), nullable=False),
    sa.Column('polled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lease_owner', sa.String(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('retry_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_folder')),
    sa.UniqueConstraint('account', 'name', name=op.f('uq_mail_folder_account_name'))
    )
    op.create_table('user',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('password_hash', sa.String(), nullable=False),
    sa.Column('session_key', sa.String(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('retry_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('signed_in_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("role IN ('viewer', 'handler', 'drafter', 'admin')", name=op.f('ck_user_role')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user')),
    sa.UniqueConstraint('name', name=op.f('uq_user_name'))
    )
    op.create_table('campaign',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('representative_id', sa.Integer(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_campaign_consultation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign'))
    )
    with op.batch_alter_table('campaign', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_campaign_consultation_id'), ['consultation_id'], unique=False)

    op.create_table('measure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('path', sa.String(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('carries_out_id', sa.Integer(), nullable=True),
    sa.Column('lead_agencies', sa.JSON(), nullable=False),
    sa.Column('responsible_agencies', sa.JSON(), nullable=False),
    sa.CheckConstraint("kind IN ('whole', 'part', 'task', 'action', 'measure', 'safeguard', 'general', 'aim', 'annex_item')", name=op.f('ck_measure_kind')),
    sa.ForeignKeyConstraint(['carries_out_id'], ['measure.id'], name=op.f('fk_measure_carries_out_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_measure_consultation_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['parent_id'], ['measure.id'], name=op.f('fk_measure_parent_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_measure')),
    sa.UniqueConstraint('consultation_id', 'path', name=op.f('uq_measure_consultation_id_path'))
    )
    with op.batch_alter_table('measure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_measure_consultation_id_position'), ['consultation_id', 'position'], unique=False)

    op.create_table('reply_template',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_reply_template_consultation_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reply_template')),
    sa.UniqueConstraint('consultation_id', 'name', name=op.f('uq_reply_template_consultation_id_name'))
    )
    op.create_table('submission',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('receipt', sa.String(), nullable=False),
    sa.Column('nonce', sa.String(), nullable=True),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('stored_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('late_minutes', sa.Integer(), nullable=False),
    sa.Column('respondent', sa.String(), nullable=False),
    sa.Column('organisation', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('phone', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('own_text', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('fingerprint', sa.String(), nullable=False),
    sa.Column('doubtful', sa.Boolean(), nullable=False),
    sa.Column('no_opinion', sa.Boolean(), nullable=False),
    sa.Column('warnings', sa.JSON(), nullable=False),
    sa.Column('spam_reason', sa.String(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=True),
    sa.Column('follows_id', sa.Integer(), nullable=True),
    sa.Column('entered_by_id', sa.Integer(), nullable=True),
    sa.Column('indexed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('clustered_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("channel IN ('mail', 'web', 'letter', 'phone')", name=op.f('ck_submission_channel')),
    sa.CheckConstraint("kind IN ('person', 'company', 'agency', 'institution', 'unknown')", name=op.f('ck_submission_kind')),
    sa.CheckConstraint("state IN ('received', 'triaged', 'answered', 'spam', 'withdrawn')", name=op.f('ck_submission_state')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_submission_campaign_id')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_submission_consultation_id')),
    sa.ForeignKeyConstraint(['entered_by_id'], ['user.id'], name=op.f('fk_submission_entered_by_id')),
    sa.ForeignKeyConstraint(['follows_id'], ['submission.id'], name=op.f('fk_submission_follows_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_submission')),
    sa.UniqueConstraint('nonce', name=op.f('uq_submission_nonce')),
    sa.UniqueConstraint('receipt', name=op.f('uq_submission_receipt'))
    )
    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_submission_campaign_id'), ['campaign_id'], unique=False)
        batch_op.create_index('ix_submission_channel', ['consultation_id', 'channel', 'received_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_submission_follows_id'), ['follows_id'], unique=False)
        batch_op.create_index('ix_submission_queue', ['consultation_id', 'state', 'received_at', 'id'], unique=False)
        batch_op.create_index('ix_submission_received', ['consultation_id', 'received_at', 'id'], unique=False)
        batch_op.create_index('ix_submission_to_cluster', ['clustered_at'], unique=False)
        batch_op.create_index('ix_submission_to_index', ['indexed_at'], unique=False)

    op.create_table('attachment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('submission_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('filename', sa.String(), nullable=False),
    sa.Column('media_type', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('text_status', sa.String(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.CheckConstraint("text_status IN ('ok', 'empty', 'encrypted', 'too_large', 'failed', 'unsupported')", name=op.f('ck_attachment_text_status')),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_attachment_submission_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment')),
    sa.UniqueConstraint('submission_id', 'position', name=op.f('uq_attachment_submission_id_position'))
    )
    op.create_table('inbound_mail',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=True),
    sa.Column('submission_id', sa.Integer(), nullable=True),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('stored_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('junk', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('silence', sa.String(), nullable=False),
    sa.Column('detail', sa.String(), nullable=False),
    sa.Column('wanted', sa.Boolean(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('retry_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('message_id', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('from_name', sa.String(), nullable=False),
    sa.Column('from_address', sa.String(), nullable=False),
    sa.Column('warnings', sa.JSON(), nullable=False),
    sa.CheckConstraint("state IN ('fetched', 'ingested', 'ignored', 'held')", name=op.f('ck_inbound_mail_state')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_inbound_mail_consultation_id')),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_inbound_mail_submission_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inbound_mail')),
    sa.UniqueConstraint('sha256', name=op.f('uq_inbound_mail_sha256'))
    )
    with op.batch_alter_table('inbound_mail', schema=None) as batch_op:
        batch_op.create_index('ix_inbound_mail_due', ['state', 'retry_at'], unique=False)
        batch_op.create_index('ix_inbound_mail_held', ['consultation_id', 'state', 'id'], unique=False)
        batch_op.create_index('ix_inbound_mail_message_id', ['message_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_inbound_mail_submission_id'), ['submission_id'], unique=False)

    op.create_table('outbound_mail',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('submission_id', sa.Integer(), nullable=True),
    sa.Column('template_id', sa.Integer(), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('to_address', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('message_id', sa.String(), nullable=False),
    sa.Column('in_reply_to', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('retry_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('queued', 'sending', 'sent', 'uncertain', 'failed', 'cancelled')", name=op.f('ck_outbound_mail_state')),
    sa.ForeignKeyConstraint(['author_id'], ['user.id'], name=op.f('fk_outbound_mail_author_id')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_outbound_mail_consultation_id')),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_outbound_mail_submission_id')),
    sa.ForeignKeyConstraint(['template_id'], ['reply_template.id'], name=op.f('fk_outbound_mail_template_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbound_mail')),
    sa.UniqueConstraint('message_id', name=op.f('uq_outbound_mail_message_id'))
    )
    with op.batch_alter_table('outbound_mail', schema=None) as batch_op:
        batch_op.create_index('ix_outbound_mail_due', ['state', 'retry_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_outbound_mail_submission_id'), ['submission_id'], unique=False)
        batch_op.create_index('ix_outbound_mail_to', ['to_address', 'created_at'], unique=False)
        batch_op.create_index('uq_outbound_mail_acknowledgement', ['submission_id'], unique=True, sqlite_where=sa.text("kind = 'acknowledgement'"), postgresql_where=sa.text("kind = 'acknowledgement'"))

    op.create_table('similarity_band',
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('band', sa.String(), nullable=False),
    sa.Column('submission_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_similarity_band_consultation_id')),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_similarity_band_submission_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('consultation_id', 'band', 'submission_id', name=op.f('pk_similarity_band'))
    )
    with op.batch_alter_table('similarity_band', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_similarity_band_submission_id'), ['submission_id'], unique=False)

    op.create_table('comment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('submission_id', sa.Integer(), nullable=False),
    sa.Column('attachment_id', sa.Integer(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('start', sa.Integer(), nullable=True),
    sa.Column('end', sa.Integer(), nullable=True),
    sa.Column('excerpt', sa.Text(), nullable=False),
    sa.Column('original', sa.Text(), nullable=False),
    sa.Column('proposal', sa.Text(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('chosen_measure_id', sa.Integer(), nullable=True),
    sa.Column('top_measure_id', sa.Integer(), nullable=True),
    sa.Column('measure_id', sa.Integer(), nullable=True),
    sa.Column('assigned_by_id', sa.Integer(), nullable=True),
    sa.Column('assigned_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('dismissed_reason', sa.String(), nullable=False),
    sa.Column('disposition', sa.String(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('revised_text', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('disposed_by_id', sa.Integer(), nullable=True),
    sa.Column('disposed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('confidence', sa.Double(), nullable=True),
    sa.Column('ambiguous', sa.Boolean(), nullable=False),
    sa.CheckConstraint("disposition IN ('accepted', 'partly_accepted', 'not_accepted', 'explained', 'noted')", name=op.f('ck_comment_disposition')),
    sa.CheckConstraint("state IN ('new', 'suggested', 'assigned', 'disposed', 'dismissed')", name=op.f('ck_comment_state')),
    sa.ForeignKeyConstraint(['assigned_by_id'], ['user.id'], name=op.f('fk_comment_assigned_by_id')),
    sa.ForeignKeyConstraint(['attachment_id'], ['attachment.id'], name=op.f('fk_comment_attachment_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['chosen_measure_id'], ['measure.id'], name=op.f('fk_comment_chosen_measure_id')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_comment_consultation_id')),
    sa.ForeignKeyConstraint(['disposed_by_id'], ['user.id'], name=op.f('fk_comment_disposed_by_id')),
    sa.ForeignKeyConstraint(['measure_id'], ['measure.id'], name=op.f('fk_comment_measure_id')),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_comment_submission_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['top_measure_id'], ['measure.id'], name=op.f('fk_comment_top_measure_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comment'))
    )
    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.create_index('ix_comment_measure', ['consultation_id', 'measure_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_comment_measure_id'), ['measure_id'], unique=False)
        batch_op.create_index('ix_comment_state', ['consultation_id', 'state', 'id'], unique=False)
        batch_op.create_index('ix_comment_submission', ['submission_id', 'position'], unique=False)
        batch_op.create_index('ix_comment_top', ['top_measure_id'], unique=False)

    op.create_table('mail_location',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('folder_id', sa.Integer(), nullable=False),
    sa.Column('uidvalidity', sa.BigInteger(), nullable=False),
    sa.Column('uid', sa.BigInteger(), nullable=False),
    sa.Column('mail_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['folder_id'], ['mail_folder.id'], name=op.f('fk_mail_location_folder_id')),
    sa.ForeignKeyConstraint(['mail_id'], ['inbound_mail.id'], name=op.f('fk_mail_location_mail_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_location')),
    sa.UniqueConstraint('folder_id', 'uidvalidity', 'uid', name=op.f('uq_mail_location_folder_id_uidvalidity_uid'))
    )
    with op.batch_alter_table('mail_location', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mail_location_mail_id'), ['mail_id'], unique=False)

    op.create_table('raw_mail',
    sa.Column('mail_id', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['mail_id'], ['inbound_mail.id'], name=op.f('fk_raw_mail_mail_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('mail_id', name=op.f('pk_raw_mail'))
    )
    op.create_table('suggestion',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comment_id', sa.Integer(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('measure_id', sa.Integer(), nullable=False),
    sa.Column('score', sa.Double(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('matched', sa.JSON(), nullable=False),
    sa.Column('model_version', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_suggestion_comment_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['measure_id'], ['measure.id'], name=op.f('fk_suggestion_measure_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suggestion')),
    sa.UniqueConstraint('comment_id', 'rank', name=op.f('uq_suggestion_comment_id_rank'))
    )



def downgrade() -> None:

    op.drop_table('suggestion')
    op.drop_table('raw_mail')
    with op.batch_alter_table('mail_location', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_mail_location_mail_id'))

    op.drop_table('mail_location')
    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.drop_index('ix_comment_top')
        batch_op.drop_index('ix_comment_submission')
        batch_op.drop_index('ix_comment_state')
        batch_op.drop_index(batch_op.f('ix_comment_measure_id'))
        batch_op.drop_index('ix_comment_measure')

    op.drop_table('comment')
    with op.batch_alter_table('similarity_band', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_similarity_band_submission_id'))

    op.drop_table('similarity_band')
    with op.batch_alter_table('outbound_mail', schema=None) as batch_op:
        batch_op.drop_index('uq_outbound_mail_acknowledgement', sqlite_where=sa.text("kind = 'acknowledgement'"), postgresql_where=sa.text("kind = 'acknowledgement'"))
        batch_op.drop_index('ix_outbound_mail_to')
        batch_op.drop_index(batch_op.f('ix_outbound_mail_submission_id'))
        batch_op.drop_index('ix_outbound_mail_due')

    op.drop_table('outbound_mail')
    with op.batch_alter_table('inbound_mail', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_inbound_mail_submission_id'))
        batch_op.drop_index('ix_inbound_mail_message_id')
        batch_op.drop_index('ix_inbound_mail_held')
        batch_op.drop_index('ix_inbound_mail_due')

    op.drop_table('inbound_mail')
    op.drop_table('attachment')
    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.drop_index('ix_submission_to_index')
        batch_op.drop_index('ix_submission_to_cluster')
        batch_op.drop_index('ix_submission_received')
        batch_op.drop_index('ix_submission_queue')
        batch_op.drop_index(batch_op.f('ix_submission_follows_id'))
        batch_op.drop_index('ix_submission_channel')
        batch_op.drop_index(batch_op.f('ix_submission_campaign_id'))

    op.drop_table('submission')
    op.drop_table('reply_template')
    with op.batch_alter_table('measure', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_measure_consultation_id_position'))

    op.drop_table('measure')
    with op.batch_alter_table('campaign', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_campaign_consultation_id'))

    op.drop_table('campaign')
    op.drop_table('user')
    op.drop_table('mail_folder')
    op.drop_table('consultation')
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_entry_entity')

    op.drop_table('audit_entry')

