"""A policy as stored: its text, signed off by people, versioned and never changed afterwards."""

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field

from models.base import Rooted


class StoredPolicy(Rooted, table=True):
    """One version of the policy; `content` is the readable TOML file, to the letter."""

    __tablename__ = "policy"
    __table_args__ = (UniqueConstraint("office_id", "name", "edition"),)

    name: str = Field(max_length=80)
    edition: int
    content: str = Field(sa_type=Text)
    content_hash: str = Field(max_length=64)
