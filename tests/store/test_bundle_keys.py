"""The keys of bundles in a data folder."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from app.authoring.signing import Signer, Trusted, public_pem
from app.errors import AppError, RefusedError, StorageError
from app.store.bundle_keys import PRIVATE, TRUSTED, BundleKeys

# RFC 8032, 7.1, test 1.
SECRET = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"


def test_the_keys_are_those_of_rfc_8032():
    signer = Signer(Ed25519PrivateKey.from_private_bytes(SECRET))
    assert signer.public.public_bytes_raw().hex() == PUBLIC
    assert Signer.read(signer.pem()).id == signer.id


def test_a_site_that_only_imports_holds_no_private_key(tmp_path):
    keys, other = BundleKeys(tmp_path), Signer.new()
    keys.trust(public_pem(other.public), other.id)
    assert set(keys.trusted().keys) == {other.id}
    assert not (tmp_path / PRIVATE).exists()
    with pytest.raises(RefusedError, match="rules keys make"):
        keys.signer()


def test_the_private_key_is_readable_by_its_user_only_and_never_told(tmp_path):
    made = BundleKeys(tmp_path).make()
    assert (tmp_path / PRIVATE).stat().st_mode & 0o777 == 0o600
    assert "PRIVATE" not in repr(made)
    assert made.private.private_bytes_raw().hex() not in repr(made)
    assert BundleKeys(tmp_path).signer().id == made.id


def test_a_key_is_not_made_twice_and_rotation_keeps_trusting_the_old_one(tmp_path):
    keys = BundleKeys(tmp_path)
    first = keys.make()
    with pytest.raises(AppError, match="--rotate"):
        keys.make()
    assert keys.signer().id == first.id
    second = keys.make(rotate=True)
    assert keys.signer().id == second.id != first.id
    assert set(keys.trusted().keys) == {first.id, second.id}


def other_kinds():
    curve = generate_private_key(SECP256R1())
    yield curve.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    yield curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    yield Signer.new().pem()
    yield b""
    yield b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"


def test_only_public_ed25519_keys_are_trusted(tmp_path):
    for pem in other_kinds():
        with pytest.raises(AppError, match="no public Ed25519 key"):
            BundleKeys(tmp_path).trust(pem)
    assert BundleKeys(tmp_path).trusted().keys == {}


def test_a_key_with_another_id_is_not_the_one_that_was_told(tmp_path):
    with pytest.raises(AppError, match="another id"):
        BundleKeys(tmp_path).trust(public_pem(Signer.new().public), Signer.new().id)
    assert BundleKeys(tmp_path).trusted().keys == {}


def test_a_broken_file_among_the_trusted_ones_is_said(tmp_path):
    keys = BundleKeys(tmp_path)
    keys.make()
    (tmp_path / TRUSTED / "broken.pem").write_text("nothing")
    with pytest.raises(StorageError, match="broken"):
        keys.trusted()
    (tmp_path / PRIVATE).write_text("nothing")
    with pytest.raises(StorageError, match="no private Ed25519 key"):
        keys.signer()


def test_the_name_of_a_file_makes_no_id(tmp_path):
    keys, one, two = BundleKeys(tmp_path), Signer.new(), Signer.new()
    keys.trust(public_pem(one.public))
    (tmp_path / TRUSTED / f"{one.id}.pem").write_bytes(public_pem(two.public))
    assert set(keys.trusted().keys) == {two.id}


@pytest.mark.parametrize("signature", ["", "00", "zz", "0" * 128])
def test_what_is_no_signature_holds_nothing(signature):
    signer = Signer.new()
    trusted = Trusted.of([signer.public])
    assert trusted.holds(signer.id, signer.sign(b"content"), b"content")
    assert not trusted.holds(signer.id, signer.sign(b"content"), b"contenu")
    assert not trusted.holds(signer.id, signature, b"content")
