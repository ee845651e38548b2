"""Ed25519 keys of bundles: who exports holds a private one, who imports needs public ones only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

PURPOSE = b"ivig-cds bundle 2\0"
"""Signed with every bundle, so that no signature made for anything else is one of a bundle."""
LARGEST_FILE = 4096


def key_id(key: Ed25519PublicKey) -> str:
    """A short name for a public key: read it out to the other site before the key is trusted."""
    return sha256(b"ivig-cds bundle key\0" + key.public_bytes_raw()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key, and the id by which those who trust it know it."""

    private: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def new(cls) -> "Signer":
        """A key that nobody had before."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def read(cls, pem: bytes) -> "Signer":
        """Raises ValueError for what is no private Ed25519 key."""
        try:
            found = load_pem_private_key(pem[:LARGEST_FILE], None)
        except (TypeError, UnsupportedAlgorithm):
            raise ValueError("no private key without a password") from None
        if not isinstance(found, Ed25519PrivateKey):
            raise ValueError("no Ed25519 key")  # noqa: TRY004 - the file is wrong, not the caller
        return cls(found)

    @property
    def public(self) -> Ed25519PublicKey:
        return self.private.public_key()

    @property
    def id(self) -> str:
        return key_id(self.public)

    def pem(self) -> bytes:
        """The private key as it is kept."""
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, content: bytes) -> str:
        """The signature of a bundle's payload, in hexadecimal."""
        return self.private.sign(PURPOSE + content).hex()


@dataclass(frozen=True, slots=True)
class Trusted:
    """The public keys whose bundles are taken, by id. Several hold at once while one takes over from another."""

    keys: Mapping[str, Ed25519PublicKey]

    @classmethod
    def of(cls, keys: Iterable[Ed25519PublicKey]) -> "Trusted":
        """An id is worked out from its key, never read from a file's name."""
        return cls({key_id(key): key for key in keys})

    def holds(self, key: str, signature: str, content: bytes) -> bool:
        """Whether the trusted key of that id signed this content. Raises KeyError for an id that is not trusted."""
        try:
            self.keys[key].verify(bytes.fromhex(signature), PURPOSE + content)
        except (InvalidSignature, ValueError):
            return False
        return True


def public_pem(key: Ed25519PublicKey) -> bytes:
    """A public key as it is handed on."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def read_public(pem: bytes) -> Ed25519PublicKey:
    """Raises ValueError for what is no public Ed25519 key, a private one above all."""
    if b"PRIVATE" in pem:
        raise ValueError("a private key: it stays where it was made")
    try:
        found = load_pem_public_key(pem[:LARGEST_FILE])
    except UnsupportedAlgorithm:
        raise ValueError("no Ed25519 key") from None
    if not isinstance(found, Ed25519PublicKey):
        raise ValueError("no Ed25519 key")  # noqa: TRY004 - the file is wrong, not the caller
    return found
