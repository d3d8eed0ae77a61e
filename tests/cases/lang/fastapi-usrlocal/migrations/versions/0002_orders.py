"""orders"""
import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'


def upgrade():
    op.create_table('orders', sa.Column('id', sa.Integer, primary_key=True), sa.Column('email', sa.String(80)), sa.Column('note', sa.String(80)))


def downgrade():
    op.drop_table('orders')
