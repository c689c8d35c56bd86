"""Coaches, quotas and bonds; first weeks of a slot; its hours of support become totals."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LINKS = {
    "coach_pilot": ("coach", "pilot"),
    "quota_pilot": ("quota", "pilot"),
    "quota_slot": ("quota", "slot"),
    "bond_candidate": ("bond", "candidate"),
}


def upgrade() -> None:
    _create_noun(
        "coach",
        sa.Column("label", sa.String(length=200), nullable=True),
        _codes("status", "rule_status", "active", "withdrawn"),
        sa.Column("kinds", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("weekly_hours", sa.Float(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
    )
    _create_noun(
        "quota",
        sa.Column("title", sa.String(length=200), nullable=False),
        _codes("status", "rule_status", "active", "withdrawn"),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("if_open", sa.Boolean(), nullable=False),
        sa.Column("group_name", sa.String(length=40), nullable=True),
    )
    _create_noun(
        "bond",
        _codes("status", "rule_status", "active", "withdrawn"),
        _codes("kind", "bond_kind", "together", "apart"),
        _codes("within", "bond_within", "slot", "pilot"),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
    )
    for name, ends in LINKS.items():
        _create_link(name, *ends)
    with op.batch_alter_table("slot", schema=None) as batch_op:
        batch_op.add_column(sa.Column("first_weeks", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("first_weeks_factor", sa.Float(), nullable=True))
    # What was told for one person is told for all seats from now on, and means the same.
    _change_hours(lambda hours, seats: hours * seats)


def downgrade() -> None:
    _change_hours(lambda hours, seats: hours / seats)
    # By hand: a batch would copy the table, and others refer to its rows.
    op.execute("ALTER TABLE slot DROP COLUMN first_weeks_factor")
    op.execute("ALTER TABLE slot DROP COLUMN first_weeks")
    for name in (*reversed(LINKS), "bond", "quota", "coach"):
        op.drop_table(name)


def _change_hours(change: Callable[[float, int], float]) -> None:
    slot = sa.table(
        "slot",
        sa.column("id", sa.Uuid()),
        sa.column("version", sa.Integer()),
        sa.column("seats", sa.Integer()),
        sa.column("support", sa.JSON(none_as_null=True)),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(slot)).all():
        support = [_with_hours(item, row.seats, change) for item in row.support]
        if support != row.support:
            connection.execute(
                sa.update(slot)
                .where(slot.c.id == row.id)
                .values(support=support, version=row.version + 1)
            )


def _with_hours(
    item: dict[str, Any], seats: int, change: Callable[[float, int], float]
) -> dict[str, Any]:
    hours = item.get("weekly_hours")
    return item if hours is None else {**item, "weekly_hours": change(hours, seats)}


def _codes(name: str, constraint: str, *codes: str) -> sa.Column[str]:
    kind = sa.Enum(*codes, name=constraint, native_enum=False, create_constraint=True, length=40)
    return sa.Column(name, kind, nullable=False)


def _versioned() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
    ]


def _create_noun(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        name,
        *_versioned(),
        sa.Column("code", sa.String(length=40), nullable=False),
        *columns,
        _to_office(name),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("office_id", "code", name=op.f(f"uq_{name}_office_id_code")),
    )
    _create_indexes(name, "office_id")


def _create_link(name: str, one: str, other: str) -> None:
    columns = [f"{one}_id", f"{other}_id"]
    op.create_table(
        name,
        *_versioned(),
        *(sa.Column(column, sa.Uuid(), nullable=False) for column in columns),
        _to_office(name),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}_{table}")
            )
            for column, table in zip(columns, (one, other), strict=True)
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(*columns, name=op.f(f"uq_{name}_{'_'.join(columns)}")),
    )
    _create_indexes(name, "office_id", *columns)


def _to_office(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["office_id"], ["office.id"], name=op.f(f"fk_{name}_office_id_office")
    )


def _create_indexes(name: str, *columns: str) -> None:
    with op.batch_alter_table(name, schema=None) as batch_op:
        for column in columns:
            batch_op.create_index(batch_op.f(f"ix_{name}_{column}"), [column], unique=False)
