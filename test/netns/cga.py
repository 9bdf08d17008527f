# SPDX-License-Identifier: BSD-2-Clause
"""Owns the tests' own view of identity: CGA (RFC 3972), signature and PHKT (RFC 4866).

Written from the protocol text alone and sharing nothing with the agent, so that a mistake
in one of the two shows as a disagreement.
"""
import hashlib
import hmac
import os

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

TYPE_TAG = bytes.fromhex("5f2705868d6c4c56a2469ebb9b2a2e13")  # RFC 4866 section 7
ZERO_TOKEN = bytes(8)


def sha1(*parts):
    return hashlib.sha1(b"".join(parts)).digest()


class Identity:
    """A key, a modifier and what they prove."""

    def __init__(self, key, modifier):
        self.key = key
        self.modifier = modifier
        self.spki = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    @classmethod
    def make(cls, bits=1024, exponent=65537):
        return cls(rsa.generate_private_key(exponent, bits), os.urandom(16))

    @classmethod
    def load(cls, pem, modifier):
        return cls(serialization.load_pem_private_key(pem, None), modifier)

    def pem(self):
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )

    def octets(self):
        """Length of the modulus, hence of a signature and of an encrypted PHKT."""
        return (self.key.key_size + 7) // 8

    def parameters(self, prefix, collisions=0):
        """The CGA Parameters structure, RFC 3972 section 3."""
        return self.modifier + prefix[:8] + bytes([collisions]) + self.spki

    def address(self, prefix, collisions=0, sec=0):
        """RFC 3972 section 4: Hash1 with Sec in the first three bits, u and g cleared."""
        iid = bytearray(sha1(self.parameters(prefix, collisions))[:8])
        iid[0] = iid[0] & 0x1C | sec << 5
        return prefix[:8] + bytes(iid)

    def sign(self, coa, dar, mh_data):
        """RSASSA-PKCS1-v1_5 with SHA-1 over tag | CoA | DAR | MH data, RFC 4866 section 4.5."""
        return self.key.sign(TYPE_TAG + coa + dar + mh_data, padding.PKCS1v15(), hashes.SHA1())

    def decrypt(self, ciphertext):
        """The PHKT of option 14; None stands for any padding failure."""
        try:
            return self.key.decrypt(ciphertext, padding.PKCS1v15())
        except ValueError:
            return None


def verify_address(address, parameters):
    """RFC 3972 section 5, Sec 0 to 2."""
    if len(parameters) < 25 or parameters[24] > 2 or parameters[16:24] != address[:8]:
        return False
    difference = bytes(a ^ b for a, b in zip(sha1(parameters)[:8], address[8:]))
    if difference[0] & 0x1C or any(difference[1:]):
        return False
    sec = address[8] >> 5
    return sec <= 2 and not any(sha1(parameters[:16], bytes(9), parameters[25:])[: 2 * sec])


def verify_signature(parameters, coa, dar, mh_data, signature):
    try:
        key = serialization.load_der_public_key(parameters[25:])
        key.verify(signature, TYPE_TAG + coa + dar + mh_data, padding.PKCS1v15(), hashes.SHA1())
        return True
    except Exception:  # pylint: disable=broad-except  # any failure is a failed proof
        return False


def kbm(home_token, careof_token=b""):
    """RFC 6275 section 5.2.5; without a care-of token it is the key of a de-registration."""
    return sha1(home_token, careof_token)


def authenticator(key, coa, correspondent, mh_data):
    """RFC 6275 section 6.2.7."""
    return hmac.new(key, coa + correspondent + mh_data, hashlib.sha1).digest()[:12]
