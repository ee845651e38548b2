"""The keys of bundles in the data folder: the private one of a site that exports, the public ones that it trusts."""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.authoring.signing import Signer, Trusted, key_id, public_pem, read_public
from app.errors import AppError, RefusedError, StorageError

PRIVATE = "bundle-signing.pem"
TRUSTED = "bundle-keys"


class BundleKeys:
    """Read anew each time: a key that was trusted or withdrawn counts from the next bundle on."""

    def __init__(self, folder: Path) -> None:
        self._private = folder / PRIVATE
        self._trusted = folder / TRUSTED

    def signer(self) -> Signer:
        """The key that this site signs with. Raises RefusedError 409 where none was made, StorageError for a broken one."""
        try:
            return Signer.read(self._private.read_bytes())
        except FileNotFoundError:
            raise RefusedError(
                "no-signing-key", "this site has no key to sign with: `ivig-cds rules keys make`"
            ) from None
        except (OSError, ValueError):
            raise StorageError(f"{self._private} cannot be used: it is no private Ed25519 key") from None

    def trusted(self) -> Trusted:
        """Every key whose bundles are taken. Raises StorageError for a file that is none: it may be the one that matters."""
        return Trusted.of(map(_public, self._trusted.glob("*.pem")))

    def make(self, *, rotate: bool = False) -> Signer:
        """A new private key; its public one is trusted here. Raises AppError for a second one without ``rotate``.

        The key before is written over: from then on nothing can be signed with it, and what it signed is still taken
        until it is withdrawn.
        """
        if self._private.exists() and not rotate:
            raise AppError("this site has a key to sign with; --rotate puts another in its place")
        made = Signer.new()
        self.trust(public_pem(made.public))
        _written(self._private, made.pem(), replace=rotate)
        return made

    def trust(self, pem: bytes, expected: str | None = None) -> str:
        """Take bundles of this key from now on; gives its id.

        ``expected`` is the id as its owner tells it. Raises AppError for what is no public key, or another one.
        """
        try:
            key = read_public(pem)
        except ValueError:
            raise AppError("the file holds no public Ed25519 key in PEM form") from None
        if expected is not None and expected != key_id(key):
            raise AppError("the key in the file has another id: it is not the one you were told of")
        _written(self._trusted / f"{key_id(key)}.pem", public_pem(key), replace=True)
        return key_id(key)

    def withdraw(self, id_: str) -> None:
        """Take no bundle of this key any more; what was imported stays. Raises AppError for a key not trusted."""
        found = [path for path in self._trusted.glob("*.pem") if key_id(_public(path)) == id_]
        if not found:
            raise AppError("no trusted key has this id")
        for path in found:
            path.unlink()


def _public(path: Path) -> Ed25519PublicKey:
    try:
        return read_public(path.read_bytes())
    except (OSError, ValueError):
        raise StorageError(f"{path} is no public Ed25519 key") from None


def _written(path: Path, content: bytes, *, replace: bool) -> None:
    """Whole or not at all, readable by this user only. Without ``replace`` a file that appeared meanwhile is kept."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, draft = mkstemp(prefix=f".{path.name}.", dir=path.parent)  # made with mode 0600
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            Path(draft).replace(path)
            return
        try:
            os.link(draft, path)
        finally:
            with suppress(FileNotFoundError):
                Path(draft).unlink()
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}") from None
