"""What changes of policies: an edition is added, none is ever changed."""

from pathlib import Path

from sqlmodel import Session, select

from matching import Policy, PolicyError
from matching.policy import DEFAULT_FILE, hash_text
from models.policy import StoredPolicy
from service.access import Actor
from service.audit import record
from service.errors import Conflict, FieldFault, InvalidInput

DEFAULT_NAME = "default"


def read_policy_text(text: str) -> Policy:
    """Read a policy, or say which field is wrong and what is accepted."""
    try:
        return Policy.parse(text)
    except PolicyError as error:
        raise InvalidInput([FieldFault(error.field, error.message)]) from None


def read_policy_file(path: Path) -> str:
    """Return the text of a policy file, or say why it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        fault = FieldFault(path.name, f"cannot be read: {error.strerror}", "a policy file (TOML)")
        raise InvalidInput([fault]) from None
    except UnicodeDecodeError:
        raise InvalidInput([FieldFault(path.name, "is not written in UTF-8", "UTF-8")]) from None
    read_policy_text(text)
    return text


def find_edition(session: Session, label: str) -> StoredPolicy:
    """Return the edition that is called `name/edition`, or say which there are."""
    rows = session.exec(select(StoredPolicy)).all()
    by_label = {f"{row.name}/{row.edition}": row for row in rows}
    if label not in by_label:
        accepted = ", ".join(sorted(by_label)) or "leave it out for the default"
        raise InvalidInput([FieldFault("policy", "is no edition that is known here", accepted)])
    return by_label[label]


def add_policy(session: Session, text: str, *, by: Actor) -> StoredPolicy:
    """Store a new edition of a policy, to the letter."""
    policy = read_policy_text(text)
    if policy.name == DEFAULT_NAME and text != DEFAULT_FILE.read_text(encoding="utf-8"):
        raise InvalidInput(
            [FieldFault("name", "is the name of the policy that comes with the program", "another")]
        )
    same = session.exec(
        select(StoredPolicy).where(
            StoredPolicy.name == policy.name, StoredPolicy.edition == policy.edition
        )
    ).one_or_none()
    if same is not None:
        if same.content == text:
            return same
        raise Conflict(
            f"Edition {policy.edition} of {policy.name} is there already and reads differently. "
            "Give the changed text a new edition."
        )
    row = StoredPolicy(
        name=policy.name, edition=policy.edition, content=text, content_hash=hash_text(text)
    )
    session.add(row)
    session.flush()
    code = f"{policy.name}/{policy.edition}"
    record(session, "policy:added", kind="policy", subject_id=row.id, code=code, by=by)
    return row


def default_policy(session: Session, *, by: Actor) -> StoredPolicy:
    """Return the policy that comes with the program, storing its edition when it is first used."""
    return add_policy(session, DEFAULT_FILE.read_text(encoding="utf-8"), by=by)
